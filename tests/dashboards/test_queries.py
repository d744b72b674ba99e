"""Claims about what the dashboards ask: every panel and every variable is answered on a busy day, by Prometheus and by PostgreSQL."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.dashboards import grafana
from tests.dashboards.busy_day import NOW
from tests.dashboards.prometheus import Prometheus
from tests.dashboards.reader import Reader

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(600)]

BOARDS = grafana.files()


def choose(reader: Reader) -> Callable[[str], list[tuple[Any, ...]]]:
    return lambda select: reader.ask(select).rows


@pytest.mark.parametrize("name", BOARDS)
def test_every_panel_asked_of_postgresql_is_answered(name: str, reader: Reader) -> None:
    board = BOARDS[name]
    values, (begin, end) = grafana.chosen(board, NOW, choose(reader)), grafana.span(board, NOW)
    wrong, times = [], []
    for query in grafana.queries(board):
        if query.kind == "prometheus":
            continue
        answer = reader.ask(grafana.as_sql(query.text, values, begin, end))
        times.append((answer.seconds, query.name))
        if answer.is_empty:
            wrong.append(f"{query.name}: nothing")
        wrong += [f"{query.name}: nothing in {column}" for column in answer.dead_columns()]
    for seconds, panel in sorted(times, reverse=True)[:2]:
        sys.stdout.write(f"{1000 * seconds:.1f} ms  {panel}\n")
    assert wrong == []


@pytest.mark.parametrize("name", BOARDS)
def test_every_panel_asked_of_prometheus_is_answered(name: str, reader: Reader, prometheus: Prometheus) -> None:
    board = BOARDS[name]
    values, (begin, end) = grafana.chosen(board, NOW, choose(reader)), grafana.span(board, NOW)
    wrong = []
    for query in grafana.queries(board):
        if query.kind != "prometheus":
            continue
        expression, step = grafana.as_promql(query.text, values, begin, end, query.step)
        course = None if query.instant else (begin, end, step)
        answer = prometheus.query_range(expression, *course) if course else prometheus.query(expression, end)
        if answer.is_empty:
            wrong.append(f"{query.name}: nothing")
    assert wrong == []
