"""The reporting views: what reports, dashboards and open data are computed from, in one place, on PostgreSQL and SQLite.

Views hold no data and are made anew at every upgrade, after the revisions: a changed view needs a new (empty) revision and nothing
else. Nothing here reads a citizen's number, name, words or address: no view has such a column. Days, months and hours are civil
ones of Vietnam (UTC+7 all year); instants stay in UTC; flags are 0 or 1; lengths are seconds. ``docs/reporting.md`` explains each.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, inspect

from hotline1022.migrations.view_texts import VIEWS

READERS = "hotline_reports"
"""A PostgreSQL role without log-in. If it exists it may read the views and nothing else: make Grafana's role a member of it."""


@dataclass(frozen=True)
class Dialect:
    """How one database writes what the two write differently; ``{name}`` in a view's text."""

    day: str
    """The civil day of the instant ``{0}``; so with month and hour."""
    month: str
    hour: str
    weekday: str
    """1 for Monday to 7 for Sunday."""
    seconds: str
    """Seconds from ``{0}`` to ``{1}``."""
    words: str
    """The words of a transcript ``t`` as rows ``word``."""
    confidence: str
    doubt: str
    at_most_one: str
    at_least_zero: str


POSTGRESQL = Dialect(
    day="({0} AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
    month="to_char({0} AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM')",
    hour="extract(hour FROM {0} AT TIME ZONE 'Asia/Ho_Chi_Minh')::int",
    weekday="extract(isodow FROM {0} AT TIME ZONE 'Asia/Ho_Chi_Minh')::int",
    seconds="extract(epoch FROM {1} - {0})::float",
    words="json_array_elements(t.words) AS word",
    confidence="(word ->> 'conf')::float",
    doubt="(word ->> 'doubtful')",
    at_most_one="least(1.0, {0})",
    at_least_zero="greatest(0.0, {0})",
)

SQLITE = Dialect(
    day="date({0}, '+7 hours')",
    month="strftime('%Y-%m', {0}, '+7 hours')",
    hour="CAST(strftime('%H', {0}, '+7 hours') AS INTEGER)",
    weekday="((CAST(strftime('%w', {0}, '+7 hours') AS INTEGER) + 6) % 7 + 1)",
    seconds="((julianday({1}) - julianday({0})) * 86400.0)",
    words="json_each(t.words) AS word",
    confidence="json_extract(word.value, '$.conf')",
    doubt="json_extract(word.value, '$.doubtful')",
    at_most_one="min(1.0, {0})",
    at_least_zero="max(0.0, {0})",
)


def drop(connection: Connection) -> None:
    """Take the views away, so that no table is held by one while the revisions run."""
    for name in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def create(connection: Connection) -> None:
    """Make the views, and let ``READERS`` read them where that role exists. A schema that has not got so far yet has none."""
    if not inspect(connection).has_table("report_names"):
        return
    is_sqlite = connection.dialect.name == "sqlite"
    for name, text in written(SQLITE if is_sqlite else POSTGRESQL).items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {text}")
    if is_sqlite:
        return
    if connection.exec_driver_sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{READERS}'").first():  # noqa: S608 - a constant
        connection.exec_driver_sql(f"GRANT SELECT ON {', '.join(VIEWS)}, report_names TO {READERS}")


def written(dialect: Dialect) -> Mapping[str, str]:
    """Each view's SELECT in a dialect, in the order in which they can be made."""
    return {name: _spelled(text, dialect) for name, text in VIEWS.items()}


def _spelled(text: str, dialect: Dialect) -> str:
    """``{day:c.arrived_at}`` becomes the dialect's words for the civil day of that column; a second argument follows a semicolon."""
    parts = text.split("{")
    found = [parts[0]]
    for part in parts[1:]:
        call, _, rest = part.partition("}")
        name, _, arguments = call.partition(":")
        found.append(getattr(dialect, name).format(*arguments.split(";")) + rest)
    return "".join(found)
