"""The picture of a flow as Mermaid text, made from the flow itself, so it cannot tell another story.

Pure; it writes no file.
"""

import re

from ivr.flow import (
    EmitNode,
    Flow,
    GatherNode,
    GoNode,
    HangupNode,
    LookUpNode,
    Node,
    PlayNode,
    QueueNode,
    RecordNode,
    exits,
)

WAYS = {
    "then": "",
    "digits": "đủ số",
    "no_input": "im lặng",
    "no_match": "phím lạ",
    "give_up": "quá số lần",
    "spoken": "đã nói",
    "silent": "không nói",
    "failed": "hỏng",
    "answered": "đã nói chuyện",
    "unanswered": "không ai nghe",
    "found": "thấy",
    "not_found": "không thấy",
    "ok": "xong",
    "else": "không thì",
}
"""What the ways out are called in the picture; keys and facts are called by themselves."""


def mermaid(flow: Flow) -> str:
    """A Mermaid flowchart of the whole flow, read from top to bottom."""
    lines = ["flowchart TD", f"  %% {flow.version}", f"  start((gọi đến)) --> {_id(flow.start)}"]
    for name, node in flow.nodes.items():
        opening, closing = _shape(node)
        lines.append(f'  {_id(name)}{opening}"{name}<br/>{_caption(node)}"{closing}')
        for way, leads in exits(node):
            label = WAYS.get(way, f"phím {way}" if len(way) == 1 else way).replace("#", "#35;")
            settles = [f"{n} = {v}" for n, v in leads.values] + [
                f"{n} = {'có' if v else 'không'}" for n, v in leads.facts
            ]
            label = "<br/>".join(filter(None, (label, *settles)))
            lines.append(
                f'  {_id(name)} -->|"{label}"| {_id(leads.go)}' if label else f"  {_id(name)} --> {_id(leads.go)}"
            )
        if isinstance(node, RecordNode):
            lines.append(f'  {_id(name)} -.->|"gác máy khi đang nói"| {_id(node.on_hangup)}')
    return "\n".join(lines) + "\n"


def _id(name: str) -> str:
    # "end" and other words are Mermaid's own, and a hyphen before ">" is an arrow.
    return "n_" + re.sub(r"[^a-z0-9]", "_", name)


def _shape(node: Node) -> tuple[str, str]:
    match node:
        case GoNode():
            return "{", "}"
        case GatherNode():
            return "[/", "/]"
        case HangupNode():
            return "([", "])"
        case QueueNode():
            return "[[", "]]"
    return "[", "]"


def _caption(node: Node) -> str:
    match node:
        case PlayNode() | HangupNode() | GatherNode():
            return " ".join(part.name if part.kind == "prompt" else f"‹{part.name}›" for part in node.say)
        case RecordNode():
            return f"ghi âm {node.name}, tối đa {node.max_seconds:g} giây"
        case QueueNode():
            return f"hàng đợi {node.name}"
        case LookUpNode():
            return f"tra phiếu ‹{node.code}›"
        case EmitNode():
            return f"báo: {node.name}"
        case GoNode():
            return "?"
