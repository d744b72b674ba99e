"""What it takes until every panel of every board has its answer, as Grafana asks when the board opens. Whom to ask is the caller's."""

from collections.abc import Callable
from datetime import datetime

from bench.figures import percentile, table
from tests.dashboards import grafana
from tests.dashboards.reader import Reader

Ask = Callable[[grafana.Query, grafana.Values, datetime, datetime], float]
"""Asks one query with the values chosen and the time looked at; returns seconds."""


def measure(url: str, now: datetime, *, prometheus: bool, ask: Ask, times: int) -> None:
    """Print a line for each board with queries of this kind. The first of ``times`` is told apart: nothing is in memory then."""
    reader, rows = Reader(url.replace("+asyncpg", "")), []
    for board in grafana.files().values():
        values = grafana.chosen(board, now, lambda select: reader.ask(select).rows)
        span = grafana.span(board, now)
        asked = [query for query in grafana.queries(board) if (query.kind == "prometheus") == prometheus]
        if asked:
            took = [(query.panel, [ask(query, values, *span) for _ in range(times)]) for query in asked]
            first, later = (
                sum(each[0] for _, each in took),
                [(percentile(each[1:], 0.5), panel) for panel, each in took],
            )
            figures = (first, percentile([seconds for seconds, _ in later], 0.5), max(later)[0])
            rows.append((board["title"], str(len(asked)), *(f"{1000 * each:.1f}" for each in figures), max(later)[1]))
    reader.close()
    source = "Prometheus" if prometheus else "SQL"
    head = ("board", f"queries, {source}", "first, all together, ms", "p50, ms", "slowest, ms", "which")
    print(table(head, rows), "\n", flush=True)


def sql(reader: Reader) -> Ask:
    """Asks PostgreSQL."""
    return lambda query, values, begin, end: reader.ask(grafana.as_sql(query.text, values, begin, end)).seconds
