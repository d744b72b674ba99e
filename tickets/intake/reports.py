"""Reports that come in through an app: taken once, told, added to, reopened. Rules decide; an app only reaches its own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel

from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from hotline1022.base.http.routes import CivilInstant, Upload
from tickets import stages, store
from tickets.clocks import reopen_until
from tickets.code import read_code
from tickets.desk import Desk, Opening
from tickets.handling import Handling
from tickets.intake.forms import AppReport
from tickets.model import Consent, Report, Stage, Text, Ticket
from tickets.moves import AnyMove, Inform, Reopen, Resume
from tickets.photos.model import Photo, Shot
from tickets.photos.store import photos_of
from tickets.photos.studio import Studio
from tickets.reading import read
from tickets.rules import StandingRules
from tickets.sight import came_through, source_of
from tickets.stages import TOLD

READING = "/tra-cuu"
"""The public page on which a citizen reads one ticket, by its code and the last digits of the telephone number."""

TRIES = 3
"""How often a ticket is looked at again that an official moves in the same moment."""

SAME = timedelta(minutes=10)
"""How long the same words count as sent again because no answer came."""


class ReportStatus(BaseModel):
    """What the citizen of a report may be told."""

    code: str
    stage: Stage
    stage_name: str
    agency: str | None
    """The code of the agency; None where that is nobody's business."""
    agency_name: str | None
    due: CivilInstant | None
    """When the answer is due; None when it has been given, is not owed, or its clock stands."""
    explanation: str | None
    """Why then, in one Vietnamese sentence."""
    guidance: str | None
    """Where a complaint or denunciation belongs, which the hotline does not handle."""
    question: str | None
    """What the agency waits for the citizen to answer."""
    answer: str | None
    """The answer or the refusal, once the citizen is to know it."""
    may_add: bool
    """Whether ``/information`` is taken now."""
    reopen_until: CivilInstant | None
    """Until when ``/reopen`` is taken; None when it is not."""
    photos: int
    """How many photos the ticket has from the citizen."""
    reading: str
    """The path of the public page on which the citizen reads the same, by code and telephone number."""


@dataclass(frozen=True)
class _Own:
    """A ticket of an app with what was written about it, and about the one that answers for it."""

    ticket: Ticket
    texts: tuple[Text, ...]
    photos: tuple[Photo, ...]


class Reports:
    """The tickets of apps. Methods raise DatabaseAway, and NotFound for a ticket that did not come in with the actor's key."""

    def __init__(
        self, database: Database, clock: Clock, rules: StandingRules, *, desk: Desk, handling: Handling, studio: Studio
    ) -> None:
        self._database, self._clock, self._rules = database, clock, rules
        self._desk, self._handling, self._studio = desk, handling, studio

    async def send(self, form: AppReport, uploads: Sequence[Upload], actor: Actor, idempotency_key: str) -> Opening:
        """The ticket of what a citizen sent through an app: a new one, or the one that this key opened for the same content.

        Raises Invalid for a topic or place that nobody knows and for what is no picture, and Refused when the key was used
        for another content.
        """
        self.check(form.topic, form.place)
        consent = Consent(recording=False, processing=form.consent, notice=form.notice, at=self._clock.now())
        report = Report.model_validate(
            form.model_dump(exclude={"consent", "notice"})
            | {
                "source_key": source_key(actor, idempotency_key),
                "source_digest": fingerprint(form, uploads),
                "taken_at": self._clock.now(),
                "consent": consent,
            }
        )
        return await self.take(report, uploads)

    async def take(self, report: Report, uploads: Sequence[Upload] = ()) -> Opening:
        """The ticket of ``report`` with its photos."""
        async with self._studio.taken(uploads) as photos:
            return await self._desk.take(report, photos=photos)

    async def status(self, code: str, actor: Actor) -> ReportStatus:
        """Where a report stands."""
        own = await self._own(code, actor)
        told = await self._desk.told(own.ticket.code)
        if told is None:
            raise NotFound(f"Không có phiếu {own.ticket.code}")
        ticket, topics = own.ticket, self._rules.current.topics
        return ReportStatus(
            **told.model_dump(include={"code", "stage", "stage_name", "agency", "agency_name", "due", "explanation"}),
            guidance=topics.topic(ticket.topic).referral if topics.is_referred(ticket.topic) else None,
            question=question_of(ticket, own.texts),
            answer=answer_of(ticket, own.texts),
            may_add=may(ticket, "inform", "resume"),
            reopen_until=self._reopen_until(ticket),
            photos=sum(photo.author in (Role.CITIZEN, actor.name) for photo in own.photos),
            reading=READING,
        )

    async def add(self, code: str, text: str, uploads: Sequence[Upload], actor: Actor) -> ReportStatus:
        """Keep what the citizen adds; an agency that waited for it goes on. The same again, sent because no answer came, is kept once.

        Raises Refused when nothing can be added any more.
        """
        async with self._studio.taken(uploads) as photos:
            for _ in range(TRIES):
                own = await self._own(code, actor)
                if self._is_there(own, text, photos, actor):
                    break
                if not may(own.ticket, "inform", "resume"):
                    raise Refused(
                        "Phiếu đã được trả lời nên không bổ sung được",
                        remedy="đề nghị mở lại nếu chưa giải quyết xong, hoặc gửi phản ánh mới",
                    )
                waiting = own.ticket.stage is Stage.WAITING
                move = Resume(move="resume", text=text) if waiting else Inform(move="inform", text=text)
                if await self._moved(own.ticket, move, photos, actor):
                    break
            else:
                raise _busy()
        return await self.status(code, actor)

    async def reopen(self, code: str, reason: str, uploads: Sequence[Upload], actor: Actor) -> ReportStatus:
        """Have the matter taken up again. Raises Refused when it is not answered yet or the time is over, with the last day."""
        async with self._studio.taken(uploads) as photos:
            for _ in range(TRIES):
                ticket = (await self._own(code, actor)).ticket
                if not may(ticket, "reopen"):
                    raise Refused("Phiếu chưa được trả lời nên chưa mở lại được", remedy="bổ sung thông tin cho phiếu")
                if ticket.told_at is not None and self._reopen_until(ticket) is None:
                    until = reopen_until(ticket.told_at, self._rules.current.policy_on(ticket.taken_at))
                    raise Refused(
                        f"Đã hết thời gian đề nghị mở lại, đến {until.astimezone(CIVIL_ZONE):%d/%m/%Y}",
                        remedy="gửi phản ánh mới",
                    )
                if await self._moved(ticket, Reopen(move="reopen", reason=reason), photos, actor):
                    break
            else:
                raise _busy()
        return await self.status(code, actor)

    def check(self, topic: str | None, place: str | None) -> None:
        """That a sender's codes are known. Raises Invalid: whoever sends codes can choose another one."""
        rules = self._rules.current
        if topic is not None and topic not in rules.topics.codes:
            raise Invalid("Không có lĩnh vực nào mang mã này", remedy="chọn mã trong danh mục lĩnh vực", field="topic")
        if place is not None and place not in rules.localities.communes:
            raise Invalid("Không có xã, phường nào mang mã này", remedy="chọn mã xã, phường ngày nay", field="place")

    async def _own(self, code: str, actor: Actor) -> _Own:
        code = read_code(code)
        async with self._database.reading() as connection:
            found = await read(connection, self._rules.current, store.tickets.c.code == code, limit=1)
            if not found or not came_through(actor, found[0].source_key):
                raise NotFound(f"Không có phiếu {code}")
            texts = await store.texts_of(connection, code)
            if found[0].duplicate_of is not None:
                texts += await store.texts_of(connection, found[0].duplicate_of)
            return _Own(found[0], texts, await photos_of(connection, code))

    async def _moved(self, ticket: Ticket, move: AnyMove, photos: Sequence[Shot], actor: Actor) -> bool:
        """Make a move of the ticket that was looked at; False when it could not be made of it any more."""
        try:
            await self._handling.make(ticket.code, move, actor, version=ticket.version, photos=photos)
        except Refused:
            # Why is not told from here: the sentence may name a stage that is no business of the citizen's.
            return False
        return True

    def _is_there(self, own: _Own, body: str, photos: Sequence[Shot], actor: Actor) -> bool:
        """Whether the app has just sent the same words with the same pictures."""
        since = self._clock.now() - SAME
        sent = [text for text in own.texts if text.code == own.ticket.code and text.at > since]
        known = {photo.sha256 for photo in own.photos}
        words = any((text.kind, text.author, text.body) == ("information", actor.name, body) for text in sent)
        return words and all(photo.sha256 in known for photo in photos)

    def _reopen_until(self, ticket: Ticket) -> datetime | None:
        if ticket.told_at is None or not may(ticket, "reopen"):
            return None
        until = reopen_until(ticket.told_at, self._rules.current.policy_on(ticket.taken_at))
        return until if self._clock.now() <= until else None


def may(ticket: Ticket, *moves: str) -> bool:
    """Whether an app may make one of these moves where the ticket stands."""
    return any(move.name in moves for move in stages.allowed(ticket.stage, Role.APP))


def _busy() -> Refused:
    return Refused("Phiếu đang được cán bộ cập nhật", remedy="xin gửi lại sau ít phút")


def source_key(actor: Actor, idempotency_key: str) -> str:
    """The natural key of what came in with an app's key under a name that the app chose."""
    if actor.key is None:
        raise RuntimeError("an app without a key sent a report")
    return f"{source_of(actor.key)}{idempotency_key}"


def fingerprint(form: BaseModel, uploads: Sequence[Upload] = ()) -> str:
    """What a form and its files say, in 64 characters: the same again has the same one, as JSON or as a form."""
    whole = hashlib.sha256(form.model_dump_json().encode())
    for upload in uploads:
        whole.update(hashlib.sha256(upload.data).digest())
    return whole.hexdigest()


def question_of(ticket: Ticket, texts: Sequence[Text]) -> str | None:
    """What the citizen is asked now."""
    asked = [text.body for text in texts if text.code == ticket.code and text.kind == "question"]
    return asked[-1] if asked and ticket.stage is Stage.WAITING else None


def answer_of(ticket: Ticket, texts: Sequence[Text]) -> str | None:
    """What the citizen has been told."""
    told = [text.body for text in texts if text.id == ticket.answer]
    return told[0] if told and ticket.stage in TOLD else None
