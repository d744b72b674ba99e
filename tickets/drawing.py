"""The picture of a ticket's life, made from the table of stages and moves itself, so it tells no other story. Pure; it writes no file."""

from collections.abc import Iterable

from hotline1022.base.access import AGENCY_ROLES, ROLE_NAMES, Role
from tickets.model import Stage
from tickets.stages import MOVES, STAGE_NAMES, Move, told_as

FIRST, ENDS = Stage.RECEIVED, (Stage.CLOSED, Stage.REFERRED)

PARTY_NAMES = {
    "lead": "cơ quan chủ trì",
    "cooperating": "cơ quan phối hợp",
    "any": "cơ quan chủ trì hoặc phối hợp",
    "owing": "cơ quan phải gửi thư xin lỗi",
}
"""Of which agency an officer or approver must be, as people read it."""


def mermaid() -> str:
    """A Mermaid state diagram: an arrow for each pair of stages that moves join. Moves that leave the stage as it is are not drawn."""
    lines = ["stateDiagram-v2"]
    lines += [f'  state "{STAGE_NAMES[stage]}" as {stage.name.lower()}' for stage in Stage]
    lines.append(f"  [*] --> {FIRST.name.lower()}")
    for source in Stage:
        for target in Stage:
            joined = [move.title for move in MOVES if source in move.sources and move.target is target]
            if joined:
                label = "<br/>".join(dict.fromkeys(joined))
                lines.append(f"  {source.name.lower()} --> {target.name.lower()}: {label}")
    lines += [f"  {stage.name.lower()} --> [*]" for stage in ENDS]
    return "\n".join(lines) + "\n"


def markdown() -> str:
    """Two Markdown tables: every stage with what the citizen hears of it, and every move with its stages and its makers."""
    stages = [
        (f"`{stage}`", name, STAGE_NAMES[told_as(stage)] if told_as(stage) is not stage else "như vậy")
        for stage, name in STAGE_NAMES.items()
    ]
    moves = [(f"`{move.name}`", move.title, _sources(move), _target(move), makers(move)) for move in MOVES]
    return "\n".join(
        [
            *_table(("Bước", "Tên", "Người dân nghe là"), stages),
            "",
            *_table(("Việc", "Tên", "Từ bước", "Đến bước", "Ai được làm"), moves),
            "",
        ]
    )


def makers(move: Move) -> str:
    """Who may make a move, as people read it."""
    names = [ROLE_NAMES[role] for role in Role if role in move.roles and role not in AGENCY_ROLES]
    # "lãnh đạo cơ quan của cơ quan chủ trì" would say the agency twice.
    of_agency = [
        ROLE_NAMES[role].removesuffix(" cơ quan") for role in Role if role in move.roles and role in AGENCY_ROLES
    ]
    if of_agency:
        names.append(f"{', '.join(of_agency)} của {PARTY_NAMES[move.party]}")
    return "; ".join(names)


def _sources(move: Move) -> str:
    if set(move.sources) == set(Stage):
        return "mọi bước"
    return ", ".join(STAGE_NAMES[stage] for stage in move.sources)


def _target(move: Move) -> str:
    return "giữ nguyên" if move.target is None else STAGE_NAMES[move.target]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_row(heads), _row(("---",) * len(heads)), *map(_row, rows)]


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"
