"""The picture of a flow as SVG: nodes in layers from the call's beginning, ways between them with their names. Pure.

Text is always escaped. It has no script, no style from outside and no link.
"""

import textwrap
from collections.abc import Mapping
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from ivr.draw import WAYS
from ivr.flow import EmitNode, Flow, GatherNode, GoNode, HangupNode, LookUpNode, Node, QueueNode, RecordNode, exits

WIDE, HIGH, ACROSS, DOWN, EDGE = 190, 62, 40, 84, 24
"""Pixels: of a box, between boxes, and around all."""

LETTERS = 25
"""Of a line in a box."""

_STYLE = (
    "text{font:13px sans-serif;fill:#1b1b1b}.s{font-size:11px;fill:#555}.b{fill:#fff;stroke:#444}"
    ".ask{fill:#e8f1fb}.queue{fill:#e7f5ea}.end{fill:#f1f1f1}.w{fill:none;stroke:#666}.back{stroke-dasharray:4 3}"
    ".h{fill:#666}.l{font-size:11px;fill:#333;paint-order:stroke;stroke:#fff;stroke-width:3px}"
)


def svg(flow: Flow) -> str:
    """The whole flow, read from top to bottom."""
    layers = _layers(flow)
    widest = max(map(len, layers))
    width = EDGE * 2 + widest * WIDE + (widest - 1) * ACROSS
    height = EDGE * 2 + len(layers) * HIGH + (len(layers) - 1) * DOWN
    places = {
        name: ((width - len(row) * WIDE - (len(row) - 1) * ACROSS) // 2 + at * (WIDE + ACROSS), EDGE + deep * (HIGH + DOWN))
        for deep, row in enumerate(layers)
        for at, name in enumerate(row)
    }  # fmt: skip
    title = escape(f"Sơ đồ kịch bản {flow.name}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{title}</title><style>{_STYLE}</style>",
        '<defs><marker id="h" markerWidth="8" markerHeight="8" refX="7" refY="3" orient="auto">'
        '<path class="h" d="M0 0L8 3L0 6z"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    parts += [line for name, node in flow.nodes.items() for line in _ways(name, node, places)]
    parts += [_box(name, node, places[name]) for name, node in flow.nodes.items()]
    return "".join([*parts, "</svg>"])


def _layers(flow: Flow) -> list[list[str]]:
    """The nodes by the fewest steps from the beginning; each row in the order that lets ways cross least from the row above."""
    depth = {flow.start: 0}
    ahead = [flow.start]
    while ahead:
        name = ahead.pop(0)
        for target in _targets(flow.nodes[name]):
            if target in flow.nodes and target not in depth:
                depth[target] = depth[name] + 1
                ahead.append(target)
    below = max(depth.values()) + 1
    rows: list[list[str]] = [[] for _ in range(below + 1)]
    for name in flow.nodes:
        rows[depth.get(name, below)].append(name)
    rows = [row for row in rows if row]
    for above, row in pairwise(rows):
        at = {name: place for place, name in enumerate(above)}
        middle = {
            name: [at[parent] for parent in above if name in _targets(flow.nodes[parent])] for name in row
        }  # fmt: skip
        row.sort(key=lambda name, middle=middle: sum(middle[name]) / len(middle[name]) if middle[name] else len(above))  # type: ignore[misc]
    return rows


def _targets(node: Node) -> list[str]:
    kept = [node.on_hangup] if isinstance(node, RecordNode) else []
    return [leads.go for _, leads in exits(node)] + kept


def _ways(name: str, node: Node, places: Mapping[str, tuple[int, int]]) -> list[str]:
    """One line for each target: ways that lead to the same node share it."""
    named: dict[str, list[str]] = {}
    for way, leads in exits(node):
        named.setdefault(leads.go, []).append(WAYS.get(way, f"phím {way}" if len(way) == 1 else way))
    if isinstance(node, RecordNode):
        named.setdefault(node.on_hangup, []).append("gác máy khi đang nói")
    lines = []
    for number, (target, words) in enumerate(named.items()):
        if target not in places:
            continue
        label = ", ".join(dict.fromkeys(filter(None, words)))
        lines.append(_line(places[name], places[target], label, number, len(named)))
    return lines


def _line(start: tuple[int, int], end: tuple[int, int], label: str, number: int, of: int) -> str:
    x = start[0] + WIDE * (number + 1) // (of + 1)
    if end[1] > start[1]:
        y, to_x, to_y = start[1] + HIGH, end[0] + WIDE // 2, end[1]
        path, back = f"M{x} {y}C{x} {y + DOWN // 2} {to_x} {to_y - DOWN // 2} {to_x} {to_y}", ""
        at_x, at_y = (x * 6 + to_x) // 7 - 3 * min(len(label), 34), y + 14 + 13 * (number % 3)
    else:  # upwards, or along the row: around the right side
        y, to_x, to_y = start[1] + HIGH // 2, end[0] + WIDE, end[1] + HIGH // 2
        out = max(start[0], end[0]) + WIDE + ACROSS - 8
        path, back = f"M{start[0] + WIDE} {y}C{out} {y} {out} {to_y} {to_x} {to_y}", " back"
        at_x, at_y = start[0] + WIDE + 4, y - 4 - 12 * (number % 2)
    told = f'<text class="l" x="{at_x}" y="{at_y}">{escape(_short(label, 34))}</text>' if label else ""
    return f'<path class="w{back}" marker-end="url(#h)" d="{path}"/>{told}'


def _box(name: str, node: Node, place: tuple[int, int]) -> str:
    x, y = place
    kind, what = _told(node)
    lines = textwrap.wrap(what, LETTERS + 3)[:2]
    words = "".join(
        f'<text class="s" x="{x + 8}" y="{y + 36 + 14 * at}">{escape(line)}</text>' for at, line in enumerate(lines)
    )
    shape = f'<rect class="b {kind}" x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="{20 if kind == "end" else 4}"/>'
    label = quoteattr(f"{name}: {what}")
    return f'<g role="img" aria-label={label}>{shape}<text x="{x + 8}" y="{y + 20}">{escape(_short(name, LETTERS))}</text>{words}</g>'


def _told(node: Node) -> tuple[str, str]:  # noqa: PLR0911 -- a table
    """How a node is drawn, and what it does."""
    match node:
        case GatherNode():
            return "ask", "hỏi phím" + (" (nhập số)" if node.digits else "")
        case RecordNode():
            return "ask", f"ghi âm, tối đa {node.max_seconds:g} giây"
        case QueueNode():
            return "queue", f"vào hàng đợi {node.name}"
        case HangupNode():
            return "end", "kết thúc"
        case LookUpNode():
            return "", "tra phiếu"
        case EmitNode():
            return "", f"báo: {node.name}"
        case GoNode():
            return "", "rẽ theo điều kiện"
    return "", "phát lời"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
