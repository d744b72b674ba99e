"""The kinds of panels that the dashboards use, one function each. What is shown, the dashboards say; where, ``board``."""

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import barchart, bargauge, common, stat, table, timeseries
from grafana_foundation_sdk.models.dashboard import (
    DashboardFieldConfigSourceOverrides,
    DataSourceRef,
    DynamicConfigValue,
    FieldColor,
    FieldColorModeId,
    FieldConfig,
    FieldConfigSource,
    GridPos,
    MatcherConfig,
    Panel,
    Threshold,
    ThresholdsConfig,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)

from dashboards.sources import POSTGRESQL, PROMETHEUS, Sql

GREEN, AMBER, RED, BLUE = "green", "orange", "red", "blue"
NOTHING = "chưa có"
"""Shown where there is no figure: no calls, so no service level. Never 0."""

Limits = Sequence[tuple[float | None, str]]
"""A colour from a value on; the first begins at None."""


def rising(amber: float, red: float) -> Limits:
    """The more, the worse."""
    return [(None, GREEN), (amber, AMBER), (red, RED)]


def falling(amber: float, green: float) -> Limits:
    """The less, the worse: red below ``amber``, green from ``green`` on."""
    return [(None, RED), (amber, AMBER), (green, GREEN)]


PLAIN: Limits = [(None, BLUE)]
"""A figure that is neither good nor bad."""
YES_NO: Limits = [(None, RED), (1, GREEN)]


def number(
    title: str,
    description: str,
    query: Dataquery,
    *,
    unit: str,
    limits: Limits,
    size: tuple[int, int] = (4, 4),
    decimals: int | None = None,
) -> Panel:
    """One figure, large."""
    config = _config(unit, limits, decimals)
    return _panel("stat", title, description, [query], size=size, config=config, options=_one_figure())


def yes_or_no(
    title: str, description: str, query: Dataquery, *, yes: str, no: str, size: tuple[int, int] = (4, 4)
) -> Panel:
    """A 1 or 0 as a word: green or red."""
    config = _config("none", YES_NO)
    config.defaults.mappings = [
        ValueMap(options={"1": ValueMappingResult(text=yes, index=0), "0": ValueMappingResult(text=no, index=1)})
    ]
    return _panel("stat", title, description, [query], size=size, config=config, options=_one_figure())


def lines(
    title: str,
    description: str,
    queries: Sequence[Dataquery],
    *,
    unit: str,
    size: tuple[int, int] = (12, 8),
    bars: bool = False,
    stacked: bool = False,
    limits: Limits = PLAIN,
    step: str | None = None,
    renamed: Mapping[str, str] | None = None,
) -> Panel:
    """Courses over time. ``renamed``: what a series is called to people, by its own name; ``step``: the least time between points."""
    config = _config(unit, limits)
    config.defaults.color = FieldColor(mode=FieldColorModeId.PALETTE_CLASSIC)
    config.defaults.custom = timeseries.FieldConfig(
        draw_style=common.GraphDrawStyle.BARS if bars else common.GraphDrawStyle.LINE,
        fill_opacity=70 if bars else 10,
        line_width=1,
        show_points=common.VisibilityMode.NEVER,
        span_nulls=False,
        stacking=common.StackingConfig(mode=common.StackingMode.NORMAL if stacked else common.StackingMode.NONE),
    )
    config.overrides = [_override(name, "displayName", called) for name, called in (renamed or {}).items()]
    panel = _panel(
        "timeseries",
        title,
        description,
        queries,
        size=size,
        config=config,
        options=timeseries.Options(
            legend=_legend(),
            tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING),
        ),
    )
    panel.interval = step
    return panel


def bars(
    title: str,
    description: str,
    query: Sql,
    *,
    unit: str,
    x: str,
    size: tuple[int, int] = (12, 8),
    stacked: bool = False,
) -> Panel:
    """A bar for each row of a SELECT, named by its column ``x``; the other columns are its lengths."""
    config = _config(unit, PLAIN)
    config.defaults.color = FieldColor(mode=FieldColorModeId.PALETTE_CLASSIC)
    config.defaults.custom = barchart.FieldConfig(fill_opacity=80, line_width=0)
    return _panel(
        "barchart",
        title,
        description,
        [query],
        size=size,
        config=config,
        options=barchart.Options(
            x_field=x,
            orientation=common.VizOrientation.AUTO,
            stacking=common.StackingMode.NORMAL if stacked else common.StackingMode.NONE,
            show_value=common.VisibilityMode.AUTO,
            legend=_legend(),
            tooltip=common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.NONE),
        ),
    )


def levels(
    title: str,
    description: str,
    query: Dataquery,
    *,
    unit: str,
    limits: Limits,
    size: tuple[int, int] = (12, 8),
    renamed: Mapping[str, str] | None = None,
) -> Panel:
    """Several figures of one kind, one below the other."""
    config = _config(unit, limits)
    config.overrides = [_override(name, "displayName", called) for name, called in (renamed or {}).items()]
    return _panel(
        "bargauge",
        title,
        description,
        [query],
        size=size,
        config=config,
        options=bargauge.Options(
            display_mode=common.BarGaugeDisplayMode.BASIC,
            value_mode=common.BarGaugeValueMode.COLOR,
            orientation=common.VizOrientation.HORIZONTAL,
            reduce_options=_last(),
        ),
    )


def listing(
    title: str,
    description: str,
    query: Dataquery,
    *,
    units: Mapping[str, str] | None = None,
    coloured: Mapping[str, Limits] | None = None,
    size: tuple[int, int] = (24, 9),
) -> Panel:
    """A table. ``units`` and ``coloured`` are by the column's title."""
    config = _config("none", PLAIN)
    config.defaults.custom = common.TableFieldOptions(
        align=common.FieldTextAlignment.AUTO, filterable=True, cell_options=common.TableAutoCellOptions()
    )
    config.overrides = [_override(name, "unit", unit) for name, unit in (units or {}).items()]
    for name, limits in (coloured or {}).items():
        config.overrides.append(
            DashboardFieldConfigSourceOverrides(
                matcher=MatcherConfig(id_val="byName", options=name),
                properties=[
                    DynamicConfigValue(id_val="thresholds", value=_thresholds(limits)),
                    DynamicConfigValue(id_val="custom.cellOptions", value=common.TableColorTextCellOptions()),
                ],
            )
        )
    return _panel(
        "table",
        title,
        description,
        [query],
        size=size,
        config=config,
        options=table.Options(show_header=True, cell_height=common.TableCellHeight.SM),
    )


def shaded(title: str, description: str, query: Sql, *, unit: str, size: tuple[int, int] = (24, 9)) -> Panel:
    """A table whose figures colour their cells, from pale to strong: a heat map of two kinds, neither of which is time."""
    config = _config(unit, PLAIN)
    config.defaults.color = FieldColor(mode=FieldColorModeId.CONTINUOUS_BL_PU)
    config.defaults.custom = common.TableFieldOptions(
        align=common.FieldTextAlignment.CENTER,
        cell_options=common.TableColoredBackgroundCellOptions(mode=common.TableCellBackgroundDisplayMode.BASIC),
    )
    return _panel(
        "table",
        title,
        description,
        [query],
        size=size,
        config=config,
        options=table.Options(show_header=True, cell_height=common.TableCellHeight.SM),
    )


def _panel(
    kind: str,
    title: str,
    description: str,
    queries: Sequence[Dataquery],
    *,
    size: tuple[int, int],
    config: FieldConfigSource,
    options: object,
) -> Panel:
    width, height = size
    return Panel(
        type_val=kind,
        title=title,
        description=description,
        datasource=_source(queries),
        targets=list(queries),
        grid_pos=GridPos(w=width, h=height),
        field_config=config,
        options=options,
    )


def _source(queries: Sequence[Dataquery]) -> DataSourceRef:
    """The one source that a panel asks. Raises ValueError for two."""
    (is_sql,) = {isinstance(query, Sql) for query in queries}
    return POSTGRESQL if is_sql else PROMETHEUS


def _one_figure() -> stat.Options:
    return stat.Options(
        graph_mode=common.BigValueGraphMode.NONE,
        color_mode=common.BigValueColorMode.VALUE,
        justify_mode=common.BigValueJustifyMode.AUTO,
        text_mode=common.BigValueTextMode.AUTO,
        reduce_options=_last(),
        orientation=common.VizOrientation.AUTO,
    )


def _config(unit: str, limits: Limits, decimals: int | None = None) -> FieldConfigSource:
    defaults = FieldConfig(
        unit=unit,
        decimals=decimals,
        no_value=NOTHING,
        color=FieldColor(mode=FieldColorModeId.THRESHOLDS),
        thresholds=_thresholds(limits),
    )
    return FieldConfigSource(defaults=defaults, overrides=[])


def _thresholds(limits: Limits) -> ThresholdsConfig:
    return ThresholdsConfig(
        mode=ThresholdsMode.ABSOLUTE, steps=[Threshold(value=value, color=colour) for value, colour in limits]
    )


def _override(name: str, what: str, value: object) -> DashboardFieldConfigSourceOverrides:
    return DashboardFieldConfigSourceOverrides(
        matcher=MatcherConfig(id_val="byName", options=name), properties=[DynamicConfigValue(id_val=what, value=value)]
    )


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions(values=False, calcs=["lastNotNull"], fields="")


def _legend() -> common.VizLegendOptions:
    return common.VizLegendOptions(
        display_mode=common.LegendDisplayMode.LIST, placement=common.LegendPlacement.BOTTOM, show_legend=True, calcs=[]
    )
