"""What somebody must say to make the moves of a letter of apology. Values only; what they do is written in ``tickets.acts.letters``."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from tickets.letters.model import LetterCause
from tickets.move_request import MoveRequest, Reason, Words


class LetterMove(MoveRequest):
    """What every move of a letter carries: which one, where the ticket has several that the move could mean."""

    letter: int | None = Field(default=None, ge=1, le=2**53)


class AskLetter(MoveRequest):
    """The hotline's leader asks for a letter that no breach has made owed; ``agency`` is the ticket's unless said."""

    move: Literal["ask-letter"]
    cause: Literal[LetterCause.DAMAGE, LetterCause.LOW_SCORE] = LetterCause.DAMAGE
    agency: Annotated[str, StringConstraints(max_length=64)] | None = None
    reason: Reason


class DraftLetter(LetterMove):
    """The letter to be signed: ``text``, or what the template makes of the ticket."""

    move: Literal["draft-letter"]
    text: Words | None = None


class SendBackLetter(LetterMove):
    """The letter must be changed."""

    move: Literal["send-back-letter"]
    reason: Reason


class ApproveLetter(LetterMove):
    """The head of the agency signs the letter; it gets its number."""

    move: Literal["approve-letter"]


class SendLetter(LetterMove):
    """The letter is on its way to the citizen, or in their hands."""

    move: Literal["send-letter"]
    how: Literal["post", "email", "app", "zalo", "sms", "person"]


class WaiveLetter(LetterMove):
    """The letter is not to be sent after all."""

    move: Literal["waive-letter"]
    reason: Reason
