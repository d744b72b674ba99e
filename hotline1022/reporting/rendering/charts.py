"""Charts for documents on paper: columns, bars and lines, drawn once as shapes and written as SVG or as a picture.

Every length is in points of a page. Figures are those of the table that the chart points at; none is computed here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from math import ceil, log10
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from hotline1022.reporting import written
from hotline1022.reporting.report import Chart, Kind, Table

WIDTH, HEIGHT = 460.0, 230.0
COLOURS = ("#1f5c99", "#d98032", "#4c8c4a", "#8c4c6b")
"""Told apart in grey too."""
FONTS = ("Tinos-Regular.ttf", "DejaVuSerif.ttf", "DejaVuSans.ttf")
_INK, _RULE = "#222222", "#cccccc"
_LEFT, _TOP, _SIZE = 46.0, 26.0, 9.0
_MOST_LETTERS = 44
_SCALE = 3
"""Pixels of a picture for a point."""


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str
    width: float = 0.6


@dataclass(frozen=True, slots=True)
class Words:
    """Words at the foot of which ``x``, ``y`` lies."""

    x: float
    y: float
    text: str
    anchor: Literal["start", "middle", "end"] = "start"
    size: float = _SIZE


Shape = Box | Line | Words


@dataclass(frozen=True)
class Drawn:
    """A chart as shapes on a page of ``height`` points."""

    shapes: tuple[Shape, ...]
    height: float


def draw(chart: Chart, table: Table) -> Drawn | None:
    """The shapes of a chart; None where there is nothing to draw."""
    rows = table.rows[: chart.rows]
    labels = [_short(str(row[chart.label])) for row in rows]
    series = [[_figure(row[at]) for row in rows] for at in chart.series]
    if not any(value is not None for each in series for value in each):
        return None
    kind = table.columns[chart.series[0]].kind
    names = [table.columns[at].title for at in chart.series]
    if chart.kind == "bar":
        return _bars(labels, series, names, kind)
    return _upright(labels, series, names, kind, lines=chart.kind == "line")


def svg(drawn: Drawn, title: str) -> str:
    """The shapes as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {drawn.height:.0f}" width="{WIDTH:.0f}pt" '
        f'height="{drawn.height:.0f}pt" role="img" aria-label="{escape(title)}" font-family="Tinos">'
    ]
    for shape in drawn.shapes:
        match shape:
            case Box(x, y, width, height, colour):
                parts.append(
                    f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
                )
            case Line(x1, y1, x2, y2, colour, width):
                parts.append(
                    f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'
                )
            case Words(x, y, text, anchor, size):
                parts.append(
                    f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{_INK}">{escape(text)}</text>'
                )
    return "".join((*parts, "</svg>"))


def png(drawn: Drawn) -> bytes:
    """The shapes as a picture."""
    picture = Image.new("RGB", (int(WIDTH * _SCALE), int(drawn.height * _SCALE)), "white")
    pen = ImageDraw.Draw(picture)
    for shape in drawn.shapes:
        match shape:
            case Box(x, y, width, height, colour):
                pen.rectangle([x * _SCALE, y * _SCALE, (x + width) * _SCALE, (y + height) * _SCALE], fill=colour)
            case Line(x1, y1, x2, y2, colour, width):
                ends = [x1 * _SCALE, y1 * _SCALE, x2 * _SCALE, y2 * _SCALE]
                pen.line(ends, fill=colour, width=max(1, round(width * _SCALE)))
            case Words(x, y, text, anchor, size):
                at = {"start": "ls", "middle": "ms", "end": "rs"}[anchor]
                pen.text((x * _SCALE, y * _SCALE), text, fill=_INK, font=_font(size * _SCALE), anchor=at)
    made = BytesIO()
    picture.save(made, "PNG", optimize=True)
    return made.getvalue()


def _upright(
    labels: Sequence[str], series: Sequence[Sequence[float | None]], names: Sequence[str], kind: Kind, *, lines: bool
) -> Drawn:
    top = _round_up(max(value or 0.0 for each in series for value in each), kind)
    floor, height = HEIGHT - 52.0, HEIGHT - 52.0 - _TOP
    shapes: list[Shape] = [*_legend(names), *_rules(top, kind, lambda share: floor - share * height)]
    step = (WIDTH - _LEFT - 6) / len(labels)
    for at, label in enumerate(labels):
        middle = _LEFT + (at + 0.5) * step
        shapes += _below(middle, floor, label, step)
        for which, each in enumerate(series):
            value, colour = each[at], COLOURS[which % len(COLOURS)]
            if value is None:
                continue
            y = floor - value / top * height
            if lines:
                before = each[at - 1] if at else None
                if before is not None:
                    shapes.append(Line(middle - step, floor - before / top * height, middle, y, colour, 1.6))
                shapes.append(Box(middle - 1.8, y - 1.8, 3.6, 3.6, colour))
                continue
            width = min(34.0, 0.8 * step / len(series))
            x = middle - width * len(series) / 2 + which * width
            shapes.append(Box(x, y, width * 0.92, floor - y, colour))
            if len(series) * len(labels) <= 24:
                shapes.append(Words(x + width * 0.46, y - 2, written.cell(value, kind), "middle", 7.5))
    return Drawn(tuple(shapes), HEIGHT)


def _bars(labels: Sequence[str], series: Sequence[Sequence[float | None]], names: Sequence[str], kind: Kind) -> Drawn:
    top = _round_up(max(value or 0.0 for each in series for value in each), kind)
    left, step = 190.0, 12.0 * len(series) + 6
    width = WIDTH - left - 50
    shapes: list[Shape] = _legend(names)
    for at, label in enumerate(labels):
        y = _TOP + at * step
        shapes.append(Words(left - 5, y + step / 2 + 2, label, "end", 8.5))
        for which, each in enumerate(series):
            value = each[at]
            if value is None:
                continue
            long = value / top * width
            shapes.append(Box(left, y + which * 12 + 1, long, 10, COLOURS[which % len(COLOURS)]))
            shapes.append(Words(left + long + 3, y + which * 12 + 9, written.cell(value, kind), "start", 8))
    return Drawn(tuple(shapes), _TOP + len(labels) * step + 8)


def _legend(names: Sequence[str]) -> list[Shape]:
    shapes: list[Shape] = []
    x = _LEFT
    for at, name in enumerate(names):
        shapes += [Box(x, 6, 8, 8, COLOURS[at % len(COLOURS)]), Words(x + 12, 13.5, name)]
        x += 26 + 4.6 * len(name)
    return shapes


def _rules(top: float, kind: Kind, height_of: Callable[[float], float]) -> list[Shape]:
    shapes: list[Shape] = []
    for quarter in range(5):
        y = height_of(quarter / 4)
        shapes += [
            Line(_LEFT, y, WIDTH - 6, y, _RULE),
            Words(_LEFT - 4, y + 3, written.cell(top * quarter / 4, kind), "end", 8),
        ]
    return shapes


def _below(middle: float, floor: float, label: str, step: float) -> list[Shape]:
    """A label in up to three lines under its column."""
    fits = max(4, int(step / 4.2))
    lines = [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if len(longer) <= fits or not lines[-1] else [lines[-1], word]
    return [Words(middle, floor + 11 + 10 * at, each, "middle", 8) for at, each in enumerate(lines[:4])]


def _round_up(value: float, kind: Kind) -> float:
    """The end of an axis: a round number that four steps divide well; of shares at most 1."""
    if kind is Kind.SHARE:
        return 1.0
    if value <= 4:
        return 4.0
    power = 10.0 ** int(log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= ceil(value))


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _short(label: str) -> str:
    return label if len(label) <= _MOST_LETTERS else f"{label[: _MOST_LETTERS - 1].rstrip()}…"


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, round(size))
        except OSError:
            continue
    return ImageFont.load_default(size)
