"""Preview and reading back over HTTP. Routes only; rules and sentences are pure rooms of their own."""

from typing import Annotated, Any

from pydantic import StringConstraints

from hotline1022.base.access import HOTLINE_ROLES, Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.http.routes import Call, Route, Told, WrittenInstant
from hotline1022.base.phone_numbers import e164
from tickets.dossier import Dossier
from tickets.model import Ticket
from tickets.rules import StandingRules
from tickets.sla import Target
from tickets.slips.preview import Preview, preview
from tickets.slips.reading_aloud import Address, Sentence, SlipText, read_back

TAG = "Phiếu"


Code = Annotated[str, StringConstraints(max_length=64)]


class SlipFacts(Told):
    """What decides about agency and deadlines."""

    topic: Code | None = None
    place: Code | None = None
    urgent: bool = False
    taken_at: WrittenInstant | None = None


class AddressQuery(Told):
    """How the citizen is addressed."""

    address: Address = "ong-ba"


class SlipForm(SlipFacts):
    """A slip that is still being written."""

    summary: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    street: Annotated[str, StringConstraints(max_length=500)] | None = None
    """House number, hamlet, street: what the ticket calls ``address``."""
    citizen_name: Annotated[str, StringConstraints(max_length=200)] | None = None
    anonymous: bool = False
    number: Annotated[str, StringConstraints(max_length=20)] | None = None
    address: Address = "ong-ba"


class ReadBack(Told):
    """A slip to be read aloud, sentence by sentence."""

    sentences: tuple[Sentence, ...]


def routes(dossier: Dossier, rules: StandingRules, clock: Clock) -> list[Route]:
    """The routes for the hotline's people."""

    def _preview(said: SlipFacts) -> Preview:
        facts = said.model_dump(include=set(SlipFacts.model_fields))
        return preview(rules.current, clock.now(), **facts)

    async def previewed(call: Call[Told, SlipFacts]) -> Preview:
        return _preview(call.body)

    async def of_ticket(call: Call[AddressQuery, None]) -> ReadBack:
        return told(await _slip(call.path["code"], call.by), call.query.address)

    async def of_form(call: Call[Told, SlipForm]) -> ReadBack:
        form, now = call.body, rules.current
        seen = _preview(form)
        slip = SlipText(
            summary=form.summary,
            topic_name=now.topics.name_of(form.topic) if form.topic else None,
            place_name=now.place_name(form.place),
            address=form.street,
            citizen_name=form.citizen_name,
            anonymous=form.anonymous,
            number=e164(form.number),
            agency_name=seen.agency_name if form.topic else None,
            due=next((each.due for each in seen.deadlines if each.promise == "answer"), None),
            by_the_hour=form.urgent,
            referral=seen.referral,
        )
        return told(slip, form.address)

    async def _slip(code: str, actor: Actor) -> SlipText:
        ticket = (await dossier.file(code, actor)).ticket
        topic = rules.current.topics
        answer = next((each for each in ticket.deadlines if each.clock == "answer" and each.running), None)
        return SlipText(
            **_words(ticket),
            due=answer.due if answer else None,
            by_the_hour=answer is not None and (ticket.urgent or _in_hours(answer.target)),
            referral=topic.topic(ticket.topic).referral if topic.is_referred(ticket.topic) else None,
        )

    def told(slip: SlipText, address: Address) -> ReadBack:
        today = clock.now().astimezone(CIVIL_ZONE).date()
        return ReadBack(sentences=read_back(slip, address, today=today))

    return [
        Route(
            "POST", "/api/tickets/preview", previewed, "Xem trước cơ quan và thời hạn", TAG, HOTLINE_ROLES, {200: Preview},
            body=SlipFacts, description="Không ghi gì cả.",
        ),
        Route(
            "GET", "/api/tickets/{code}/read-back", of_ticket, "Đọc lại phiếu cho người dân", TAG, HOTLINE_ROLES,
            {200: ReadBack}, parameters={"code": "[1-9][0-9]{7}"}, query=AddressQuery,
        ),
        Route(
            "POST", "/api/read-back", of_form, "Đọc lại phiếu đang viết", TAG, HOTLINE_ROLES, {200: ReadBack},
            body=SlipForm, description="Không ghi gì cả.",
        ),
    ]  # fmt: skip


def _words(ticket: Ticket) -> dict[str, Any]:
    names = ("summary", "topic_name", "place_name", "address", "citizen_name", "number", "agency_name", "anonymous")
    return {name: getattr(ticket, name) for name in names}


def _in_hours(target: str) -> bool:
    return target != "at" and Target.read(target).unit != "wd"
