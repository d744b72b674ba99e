"""What somebody must say to make each move of ``tickets.stages``. Values only; what a move does is written in ``tickets.acts``."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from tickets.appointments.moves import Book, CancelVisit, ConfirmVisit, MissedVisit, MoveVisit, Visited, VisitedPartly
from tickets.letters.moves import ApproveLetter, AskLetter, DraftLetter, SendBackLetter, SendLetter, WaiveLetter
from tickets.model import TicketCode
from tickets.move_request import MoveRequest, Reason, Words

Amount = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,3}(wd|wh|wm|h)$")]


class Classify(MoveRequest):
    """Topic and place are confirmed; routing and deadlines follow from them."""

    move: Literal["classify"]
    topic: str
    place: str | None = None
    urgent: bool | None = None
    summary: Words | None = None
    address: Annotated[str, StringConstraints(max_length=500)] | None = None
    reason: Reason = "Điện thoại viên xác nhận lĩnh vực và nơi xảy ra."


class AnswerAtOnce(MoveRequest):
    """The operator answers while the citizen is on the line: level 1, nothing goes to an agency."""

    move: Literal["answer-at-once"]
    text: Words
    topic: str | None = None
    place: str | None = None
    summary: Words | None = None


class Route(MoveRequest):
    """To the agency that the rules choose, or to another one with the reason."""

    move: Literal["route"]
    agency: str | None = None
    reason: Reason | None = None


class Recall(MoveRequest):
    """The hotline takes the ticket back from an agency."""

    move: Literal["recall"]
    reason: Reason


class UndoRoute(MoveRequest):
    """It went to the wrong agency a moment ago, and nobody there has taken it."""

    move: Literal["undo-route"]


class Refuse(MoveRequest):
    """Not to be handled: ``guidance`` is what the citizen can do instead."""

    move: Literal["refuse"]
    reason: Reason
    guidance: Words


class Merge(MoveRequest):
    """The same matter as ticket ``into``."""

    move: Literal["merge"]
    into: TicketCode
    reason: Reason = "Cùng một việc với phiếu chính."


class Separate(MoveRequest):
    """Not the same matter after all."""

    move: Literal["separate"]
    reason: Reason


class Divert(MoveRequest):
    """A complaint or denunciation: not the hotline's; the citizen is told where it belongs, who they are is sealed."""

    move: Literal["divert"]
    kind: Literal["complaint", "denunciation"]
    reason: Reason = "Nội dung là khiếu nại, tố cáo, không xử lý qua tổng đài."


class Restore(MoveRequest):
    """It was no complaint or denunciation."""

    move: Literal["restore"]
    topic: str
    reason: Reason


class Raise(MoveRequest):
    """To the province's leaders: level 3."""

    move: Literal["raise"]
    reason: Reason


class Accept(MoveRequest):
    """The matter is the agency's own."""

    move: Literal["accept"]


class Return(MoveRequest):
    """The matter is not the agency's own; ``agency`` is whose it may be."""

    move: Literal["return"]
    reason: Reason
    agency: str | None = None


class Work(MoveRequest):
    """Work has begun."""

    move: Literal["work"]


class Assign(MoveRequest):
    """Somebody of the agency works on it; None is nobody in particular."""

    move: Literal["assign"]
    account: int | None = Field(ge=1, le=2**31 - 1)


class AskCitizen(MoveRequest):
    """The agency cannot go on without an answer of the citizen; its clock stands meanwhile."""

    move: Literal["ask-citizen"]
    question: Words


class Resume(MoveRequest):
    """The citizen has answered with ``text``, or the work goes on without."""

    move: Literal["resume"]
    text: Words | None = None


class Draft(MoveRequest):
    """The answer, to be signed."""

    move: Literal["draft"]
    text: Words


class SendBack(MoveRequest):
    """The draft must be changed."""

    move: Literal["send-back"]
    reason: Reason


class Approve(MoveRequest):
    """The head of the agency signs the answer."""

    move: Literal["approve"]


class Progress(MoveRequest):
    """How far the work is; the citizen may read it."""

    move: Literal["progress"]
    text: Words


class AskExtension(MoveRequest):
    """More time, once, before the answer is due."""

    move: Literal["ask-extension"]
    amount: Amount
    reason: Reason


class GrantExtension(MoveRequest):
    """The asked extension is granted."""

    move: Literal["grant-extension"]


class DeclineExtension(MoveRequest):
    """The asked extension is not granted."""

    move: Literal["decline-extension"]
    reason: Reason


class AskCooperation(MoveRequest):
    """Other agencies are asked to help the one that answers; each has its own clock."""

    move: Literal["ask-cooperation"]
    agencies: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)]
    reason: Reason


class Contribute(MoveRequest):
    """What a co-operating agency has to say."""

    move: Literal["contribute"]
    text: Words


class Object(MoveRequest):
    """The hotline finds the signed answer unfit for the citizen (Decision 31/2021/QĐ-TTg art. 46: returned before publication)."""

    move: Literal["object"]
    reason: Reason


class Tell(MoveRequest):
    """The citizen has been told the answer."""

    move: Literal["tell"]
    how: Literal["phone", "sms", "app", "page", "letter", "person"]


class Inform(MoveRequest):
    """The citizen adds something."""

    move: Literal["inform"]
    text: Words


class Survey(MoveRequest):
    """The citizen has been asked how satisfied they are, or could not be: ``disposition`` says which."""

    move: Literal["survey"]
    disposition: Annotated[str, StringConstraints(pattern=r"^[a-z_-]{2,32}$")]
    mode: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,16}$")] = "ivr"
    """By what means: ``ivr``, ``operator``, ``link``."""
    wording: Annotated[str, StringConstraints(max_length=80)] | None = None
    """The version of the words that were asked."""
    round: int = Field(default=0, ge=0)
    """Which answer of the ticket was asked about."""
    answers: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,16}$")], Annotated[int, Field(ge=1, le=5)]],
        Field(max_length=12),
    ] = Field(default_factory=dict)
    """Marks by question."""
    commented: bool = False


class Close(MoveRequest):
    """Nothing more is due."""

    move: Literal["close"]


class Reopen(MoveRequest):
    """The citizen says that it is not solved."""

    move: Literal["reopen"]
    reason: Reason
    of_round: int | None = Field(default=None, ge=0)
    """Which answer is not good enough; None: the one that they were told last."""


class Publish(MoveRequest):
    """Question and answer as the public reads them, written without personal data."""

    move: Literal["publish"]
    question: Words
    answer: Words


class Unpublish(MoveRequest):
    """The public no longer reads them."""

    move: Literal["unpublish"]
    reason: Reason


class Note(MoveRequest):
    """A remark among officials."""

    move: Literal["note"]
    text: Words


AnyMove = Annotated[
    Classify | AnswerAtOnce | Route | UndoRoute | Recall | Refuse | Merge | Separate | Divert | Restore | Raise
    | Accept | Return | Work | Assign | AskCitizen | Resume | Draft | SendBack | Approve | Progress
    | AskExtension | GrantExtension | DeclineExtension | AskCooperation | Contribute
    | Object | Tell | Inform | Survey | Close | Reopen | Publish | Unpublish | Note
    | AskLetter | DraftLetter | SendBackLetter | ApproveLetter | SendLetter | WaiveLetter
    | Book | ConfirmVisit | MoveVisit | Visited | VisitedPartly | MissedVisit | CancelVisit,
    Field(discriminator="move"),
]  # fmt: skip
"""Any move, told apart by its ``move``."""

REQUESTS: Mapping[str, type[MoveRequest]] = {
    get_args(model.model_fields["move"].annotation)[0]: model for model in get_args(get_args(AnyMove)[0])
}
"""What must be said for each move, by the move's name."""
