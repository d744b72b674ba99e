"""Reads the dashboards' files and asks what they ask, as Grafana 11 does: variables and macros are put in by its rules. No test lives here.

Rules followed: ``$__timeFilter(c)`` becomes ``c BETWEEN ... AND ...``; a variable with several values becomes a list of quoted ones in SQL
and one in brackets for PromQL; ``$__rate_interval`` is at least four scrapes; a variable's first answer is chosen, "all" where it may be.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hotline1022.base.clock import CIVIL_ZONE

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "docker" / "grafana"
SCRAPE_SECONDS = 60
"""As far apart as the samples of ``minutes``; in service it is 30."""
POINTS = 1000
"""About as many as Grafana asks for across a panel."""

Values = Mapping[str, str | list[str]]
"""What is chosen of each variable; a list where several may be."""
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class Query:
    """One target of one panel."""

    board: str
    panel: str
    kind: str
    """The source: ``prometheus`` or ``grafana-postgresql-datasource``."""
    text: str
    instant: bool
    step: float | None

    @property
    def name(self) -> str:
        """For test ids and messages."""
        return f"{self.board}: {self.panel}"


def files() -> dict[str, dict[str, Any]]:
    """Each dashboard by the name of its file."""
    return {
        path.name: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((FOLDER / "dashboards").glob("*.json"))
    }


def panels(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Its panels that show something."""
    yield from (panel for panel in board["panels"] if panel["type"] != "row")


def queries(board: Mapping[str, Any]) -> Iterator[Query]:
    """Everything that its panels ask."""
    for panel in panels(board):
        for target in panel["targets"]:
            kind = target["datasource"]["type"]
            yield Query(
                board=board["title"],
                panel=panel["title"],
                kind=kind,
                text=target["rawSql"] if "rawSql" in target else target["expr"],
                instant=bool(target.get("instant")),
                step=_length(panel["interval"]).total_seconds() if "interval" in panel else None,
            )


def span(board: Mapping[str, Any], now: datetime) -> tuple[datetime, datetime]:
    """What is looked at when the dashboard opens."""
    return _instant(board["time"]["from"], now, end=False), _instant(board["time"]["to"], now, end=True)


def chosen(board: Mapping[str, Any], now: datetime, answer: Callable[[str], list[tuple[str, ...]]]) -> Values:
    """What Grafana chooses by itself. ``answer`` runs a variable's SELECT; a variable without an answer raises ValueError."""
    values: dict[str, str | list[str]] = {}
    for variable in board["templating"]["list"]:
        found = [row[0] for row in answer(as_sql(variable["query"], values, *span(board, now)))]
        if not found:
            raise ValueError(f"nothing to choose for ${variable['name']}")
        values[variable["name"]] = found if variable["includeAll"] else found[0]
    return values


def as_sql(text: str, values: Values, begin: datetime, end: datetime) -> str:
    """The statement that reaches PostgreSQL. Raises ValueError for something that was not put in."""
    first, last = (f"'{each.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'" for each in (begin, end))
    text = re.sub(r"\$__timeFilter\(([^)]+)\)", rf"\1 BETWEEN {first} AND {last}", text)
    text = text.replace("$__timeFrom()", first).replace("$__timeTo()", last)
    for name, value in values.items():
        written = ",".join(_quoted(each) for each in value) if isinstance(value, list) else value.replace("'", "''")
        text = re.sub(rf"\$(\{{{name}\}}|{name}\b)", lambda _, written=written: written, text)  # type: ignore[misc]
    return _complete(text)


def as_promql(text: str, values: Values, begin: datetime, end: datetime, step: float | None) -> tuple[str, float]:
    """The expression that reaches Prometheus, and the seconds between its points. Raises ValueError as ``as_sql``."""
    length = (end - begin).total_seconds()
    interval = max(length / POINTS, step or 0, SCRAPE_SECONDS)
    rate = max(interval + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS)
    for name, seconds in (("$__rate_interval", rate), ("$__interval", interval), ("$__range", length)):
        text = text.replace(name, f"{round(seconds)}s")
    for name, value in values.items():
        written = f"({'|'.join(map(re.escape, value))})" if isinstance(value, list) else value
        text = re.sub(rf"\$(\{{{name}\}}|{name}\b)", lambda _, written=written: written, text)  # type: ignore[misc]
    return _complete(text), interval


def _complete(text: str) -> str:
    if "$" in text:
        raise ValueError(f"something was not put in: {text}")
    return text


def _quoted(value: str) -> str:
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def _length(written: str) -> timedelta:
    return timedelta(**{_UNITS[written[-1]]: int(written[:-1])})


def _instant(written: str, now: datetime, *, end: bool) -> datetime:
    """``now-30d/d`` and its like, in the dashboards' own time zone."""
    match = re.fullmatch(r"now(?:-(\d+)([mhdwM]))?(?:/([dM]))?", written)
    if match is None:
        raise ValueError(written)
    amount, unit, whole = match.groups()
    at = now.astimezone(CIVIL_ZONE)
    if unit == "M":
        months = at.year * 12 + at.month - 1 - int(amount)
        at = at.replace(year=months // 12, month=months % 12 + 1, day=1)
    elif unit:
        at -= _length(amount + unit)
    if whole and not end:
        at = at.replace(day=1 if whole == "M" else at.day, hour=0, minute=0, second=0, microsecond=0)
    return at
