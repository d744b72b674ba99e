"""What the line tells the others. Facts only; nothing here knows what a ticket or a transcript makes of them."""

from typing import Literal

from pydantic import AwareDatetime

from hotline1022.base.events import Event

Side = Literal["caller", "operator"]

OutgoingOutcome = Literal[
    "answered", "machine", "busy", "no-answer", "rejected", "invalid-number", "failed", "unknown"
]  # fmt: skip
"""How a call of ours ended. ``failed``: the line could not bring it there; ``unknown``: nobody saw its end, so it counts as made."""


OperatorCallOutcome = OutgoingOutcome | Literal["cancelled", "no-telephone"]
"""The same of a call that an operator made. ``cancelled``: by the operator; ``no-telephone``: their own page did not take it."""


class CallArrived(Event):
    """Somebody rings the hotline. ``number`` is E.164, None when hidden; ``flow`` is the version of the menu that they hear."""

    call: str
    number: str | None
    flow: str


class ConsentRecorded(Event):
    """What the caller decided about recording, at which wording of the notice. ``key`` is None when they said nothing."""

    call: str
    recorded: bool
    key: str | None
    text_version: str


class ReportTaken(Event):
    """The caller has left a matter with the hotline and was given ``code`` for it, or would have been.

    ``source`` is its natural key: the same matter told twice has the same one. ``menu`` is the key that chose the topic, "0" for none.
    ``spoken``: the matter is in the call's recording; otherwise somebody must call back. ``code`` is None when none could be told.
    """

    call: str
    source: str
    number: str | None
    menu: str
    urgent: bool
    appointment: bool
    spoken: bool
    code: str | None


class CallEnded(Event):
    """The caller's channel is gone. ``cause`` is Asterisk's or the reason why we believe so; ``result`` is the menu's last word.

    ``recorded``: recordings of it may exist and are to be finished. ``operator_from``: seconds of the recording after which an operator
    speaks on its right side, which before that holds our own prompts; None when none did. ``menu`` is the key that chose the topic.
    ``reported``: the caller left a matter, so that somebody has it."""

    call: str
    began_at: AwareDatetime
    cause: str
    result: str
    recorded: bool
    operator_from: float | None = None
    number: str | None = None
    menu: str | None = None
    queued_at: AwareDatetime | None = None
    """When the caller was given to the operators; None when never."""
    unqueued_at: AwareDatetime | None = None
    """When the queue gave the caller back because nobody answered; None for whoever was answered, or hung up while waiting."""
    answered_at: AwareDatetime | None = None
    """When an operator answered; None when none did."""
    reported: bool = False


class RecordingReady(Event):
    """The call's recording is complete: two channels, the caller on the left; ``path`` is relative to the recordings folder."""

    call: str
    path: str
    sha256: str
    seconds: float
    operator_from: float | None = None


class RecordingLost(Event):
    """A call that was to be recorded has no usable recording; ``reason`` is a Vietnamese sentence."""

    call: str
    reason: str


class OutgoingAnswerGiven(Event):
    """Somebody whom we rang has answered a question of the flow (version ``flow``) with a key; ``comment`` was spoken."""

    attempt: str
    call: str
    question: str
    answer: str
    flow: str


class OutgoingCallEnded(Event):
    """A call of ours is over. ``cause`` is by ITU-T Q.850, 0 where none was told; ``result`` is the flow's last word.

    ``recorded``: something was said that is to be made a recording of."""

    attempt: str
    call: str
    began_at: AwareDatetime
    answered_at: AwareDatetime | None
    outcome: OutgoingOutcome
    cause: int
    result: str | None
    answers: tuple[OutgoingAnswerGiven, ...]
    """What was answered in it, as far as this run of the service knows: each was told by itself too."""
    recorded: bool
    operator_from: float | None = None


class OperatorCallEnded(Event):
    """A call that an operator made is over. ``number`` is E.164; ``cause`` is by ITU-T Q.850, 0 where none was told."""

    call: str
    number: str
    began_at: AwareDatetime
    answered_at: AwareDatetime | None
    outcome: OperatorCallOutcome
    cause: int
