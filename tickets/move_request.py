"""What every move carries, and the kinds of words that people say with one. Values only; the moves themselves are in ``tickets.moves``."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]


class MoveRequest(BaseModel):
    """What every move carries."""

    model_config = ConfigDict(frozen=True, extra="forbid")
