"""The table of moves a ticket may make: the check and the list of allowed moves are read from it and nothing else."""

from dataclasses import dataclass

from hotline1022.base.errors import HotlineError
from tickets.model import Stage


@dataclass(frozen=True)
class Move:
    """``name`` leads from ``source`` to ``target`` and is made by ``owner``."""

    name: str
    source: Stage
    target: Stage
    owner: str


MOVES = (Move("classify", Stage.RECEIVED, Stage.CLASSIFIED, owner="hotline"),)

STAGE_NAMES = {Stage.RECEIVED: "đã tiếp nhận", Stage.CLASSIFIED: "đã phân loại"}
"""How a stage is called to people."""


def allowed(stage: Stage) -> tuple[Move, ...]:
    """The moves that lead away from ``stage``."""
    return tuple(move for move in MOVES if move.source is stage)


def after(stage: Stage, name: str) -> Stage:
    """The stage that move ``name`` leads to from ``stage``. Raises HotlineError for a move the table does not have."""
    for move in allowed(stage):
        if move.name == name:
            return move.target
    choices = ", ".join(move.name for move in allowed(stage)) or "không có bước nào"
    raise HotlineError(
        f"Phiếu ở bước “{STAGE_NAMES[stage]}” không thể thực hiện “{name}”", remedy=f"bước được phép: {choices}"
    )
