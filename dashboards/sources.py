"""Where a panel's figures come from: Prometheus for what happens now, SQL on the reporting views for what is signed. No panel is here."""

from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import prometheus
from grafana_foundation_sdk.models.dashboard import DataSourceRef

PROMETHEUS = DataSourceRef(type_val="prometheus", uid="hotline-prometheus")
POSTGRESQL = DataSourceRef(type_val="grafana-postgresql-datasource", uid="hotline-postgresql")
"""Both are made by ``docker/grafana/provisioning/datasources``."""


@dataclass(frozen=True, kw_only=True)
class Sql(Dataquery):
    """A query of Grafana's PostgreSQL source. The SDK has no model of it; the keys are those that Grafana 11 writes."""

    text: str
    shape: Literal["table", "time_series"]
    ref_id: str

    def to_json(self) -> dict[str, object]:
        """As Grafana keeps it."""
        return {
            "datasource": POSTGRESQL,
            "editorMode": "code",
            "format": self.shape,
            "rawQuery": True,
            "rawSql": self.text,
            "refId": self.ref_id,
        }


def rows(text: str, ref_id: str = "A") -> Sql:
    """A table of what the SELECT gives."""
    return Sql(text=_tidy(text), shape="table", ref_id=ref_id)


def over_time(text: str, ref_id: str = "A") -> Sql:
    """A line for each column but ``time``."""
    return Sql(text=_tidy(text), shape="time_series", ref_id=ref_id)


def now(expression: str, legend: str = "", ref_id: str = "A") -> prometheus.Dataquery:
    """The value at the end of the time that is looked at. ``legend`` may name labels: ``{{agency}}``."""
    return prometheus.Dataquery(
        expr=_tidy(expression),
        instant=True,
        range_val=False,
        legend_format=legend or None,
        ref_id=ref_id,
        datasource=PROMETHEUS,
        editor_mode=prometheus.QueryEditorMode.CODE,
    )


def line(expression: str, legend: str = "", ref_id: str = "A") -> prometheus.Dataquery:
    """The course of an expression."""
    return prometheus.Dataquery(
        expr=_tidy(expression),
        instant=False,
        range_val=True,
        legend_format=legend or None,
        ref_id=ref_id,
        datasource=PROMETHEUS,
        editor_mode=prometheus.QueryEditorMode.CODE,
    )


def _tidy(text: str) -> str:
    """The text as lines without their common margin."""
    lines = [each.rstrip() for each in text.strip("\n").splitlines()]
    margin = min((len(each) - len(each.lstrip()) for each in lines[1:] if each.strip()), default=0)
    return "\n".join([lines[0].strip(), *(each[margin:] for each in lines[1:])]).strip()
