"""Puts panels into a dashboard: rows, places on the grid, numbers, variables, the way to the other dashboards. No query is here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    Dashboard,
    DashboardCursorSync,
    DashboardDashboardTemplating,
    DashboardDashboardTime,
    DashboardLink,
    DashboardLinkType,
    GridPos,
    Panel,
    RowPanel,
    VariableModel,
    VariableRefresh,
    VariableType,
)

from dashboards.sources import POSTGRESQL

TAG = "tong-dai-1022"
WIDTH = 24
"""Columns of Grafana's grid."""


@dataclass(frozen=True)
class Row:
    """Panels under a heading, from the left, and below when a line is full."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, kw_only=True)
class Board:
    """A dashboard before it has a form. ``begin`` and ``end`` are what is looked at first, as Grafana writes it."""

    uid: str
    title: str
    description: str
    rows: Sequence[Row]
    begin: str
    end: str = "now"
    refresh: str = ""
    """How often the page asks anew; empty: when told to."""
    variables: Sequence[VariableModel] = field(default_factory=tuple)


def choice(name: str, label: str, select: str, *, several: bool = False) -> VariableModel:
    """A list to choose from, the answer of a SELECT: one column, or ``__value`` and ``__text``. ``several``: also all of them."""
    return VariableModel(
        type_val=VariableType.QUERY,
        name=name,
        label=label,
        query=select,
        datasource=POSTGRESQL,
        refresh=VariableRefresh.ON_TIME_RANGE_CHANGED,
        multi=several,
        include_all=several,
        allow_custom_value=False,
        regex="",
        auto=None,
        auto_min=None,
        auto_count=None,
    )


def made(board: Board) -> Dashboard:
    """The dashboard as Grafana has it. Raises ValueError for a panel that is wider than the grid."""
    placed: list[Panel | RowPanel] = []
    top = 0
    for row in board.rows:
        placed.append(
            RowPanel(title=row.title, id_val=len(placed) + 1, grid_pos=GridPos(x=0, y=top, w=WIDTH, h=1), panels=[])
        )
        top += 1
        left = tallest = 0
        for panel in row.panels:
            place = panel.grid_pos
            if place is None or place.w > WIDTH:
                raise ValueError(f"{board.uid}: {panel.title}")
            if left + place.w > WIDTH:
                top, left, tallest = top + tallest, 0, 0
            place.x, place.y = left, top
            panel.id_val = len(placed) + 1
            placed.append(panel)
            left, tallest = left + place.w, max(tallest, place.h)
        top += tallest
    return Dashboard(
        uid=board.uid,
        title=board.title,
        description=board.description,
        tags=[TAG],
        timezone="Asia/Ho_Chi_Minh",
        week_start="monday",
        editable=False,
        graph_tooltip=DashboardCursorSync.CROSSHAIR,
        time=DashboardDashboardTime(from_val=board.begin, to=board.end),
        refresh=board.refresh,
        panels=placed,
        templating=DashboardDashboardTemplating(list_val=list(board.variables)),
        links=[
            DashboardLink(
                title="Các bảng khác",
                type_val=DashboardLinkType.DASHBOARDS,
                icon="external link",
                tags=[TAG],
                as_dropdown=True,
            )
        ],
    )


def written(board: Board) -> str:
    """The dashboard's file."""
    return json.dumps(made(board), cls=JSONEncoder, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
