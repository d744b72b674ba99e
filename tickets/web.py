"""The interface for those who work on tickets: lists, one ticket, its moves, its journal. Routes only; services decide."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.errors import Invalid
from hotline1022.base.http.paging import Page, PageQuery
from hotline1022.base.http.routes import Call, Reply, Route, Told, WrittenInstant
from hotline1022.base.phone_numbers import e164
from tickets.desk import Desk
from tickets.dossier import Dossier, Identity, TicketFile
from tickets.handling import Handling, MoveMade
from tickets.intake.reports import fingerprint
from tickets.model import Channel, JournalEntry, PlaceCandidate, Report, Ticket
from tickets.move_request import Reason, Words
from tickets.moves import AnyMove
from tickets.rules import StandingRules
from tickets.search.finding import Overdue, TicketQuery, TicketSearch
from tickets.stages import MOVES, STAGE_NAMES

WORKERS = HOTLINE_ROLES | AGENCY_ROLES
CODE = {"code": "[1-9][0-9]{7}"}
IDEMPOTENCY = {"Idempotency-Key": "[A-Za-z0-9._:-]{8,80}"}
TAG = "Phiếu"


class NewTicket(Told):
    """What an operator writes down for a citizen who did not use the telephone's menu."""

    channel: Channel
    summary: Words
    taken_at: WrittenInstant | None = None
    number: Annotated[str, StringConstraints(max_length=20)] | None = None
    citizen_name: Annotated[str, StringConstraints(max_length=200)] | None = None
    citizen_email: Annotated[str, StringConstraints(max_length=200)] | None = None
    business: bool = False
    anonymous: bool = False
    """The citizen does not want any agency to know who they are."""
    topic: str | None = None
    urgent: bool = False
    place: str | None = None
    place_words: Annotated[str, StringConstraints(max_length=2000)] | None = None
    address: Annotated[str, StringConstraints(max_length=500)] | None = None
    call: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")] | None = None
    """The call in which the citizen says it; its words and its recording belong to the ticket then."""


class MoveCall(Told):
    """A move, and the version of the ticket that was looked at when it was chosen."""

    version: int | None = Field(default=None, ge=1)
    move: AnyMove


class UnlockCall(Told):
    """Why somebody must know who reported."""

    reason: Reason


class StageTold(BaseModel):
    """A stage and its Vietnamese name."""

    stage: str
    name: str


class MoveTold(BaseModel):
    """A row of the table of moves."""

    name: str
    title: str
    sources: tuple[str, ...]
    target: str | None
    roles: tuple[str, ...]
    party: str
    letter: tuple[str, ...]
    """The states of a letter of apology that the move can be about; empty for moves about no letter."""
    visit: tuple[str, ...]
    """The states of the home appointment that the move can be about; empty for moves about none."""


class StageTable(BaseModel):
    """All stages and moves."""

    stages: tuple[StageTold, ...]
    moves: tuple[MoveTold, ...]


class PlaceQuery(Told):
    """Words in which a place is looked for."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class PlaceTold(BaseModel):
    """Communes of today that words may mean, best first, and the question that decides."""

    candidates: tuple[PlaceCandidate, ...]
    question: str | None


class Named(BaseModel):
    """A code and what people read for it."""

    code: str
    name: str


class Names(BaseModel):
    """What may be chosen."""

    topics: tuple[Named, ...]
    agencies: tuple[Named, ...]
    communes: tuple[Named, ...]


def routes(
    *, desk: Desk, handling: Handling, dossier: Dossier, search: TicketSearch, rules: StandingRules, clock: Clock
) -> list[Route]:
    """The routes for the hotline's and the agencies' people."""

    async def listed(call: Call[TicketQuery, None]) -> Page[Ticket]:
        return await search.page(call.query, call.by)

    async def late(_call: Call[Told, None]) -> Overdue:
        return await search.overdue()

    async def opened(call: Call[Told, NewTicket]) -> Reply:
        said = call.body
        number = e164(said.number)
        if said.number and number is None:
            raise Invalid("Số điện thoại không đúng dạng", remedy="viết như 0912345678", field="number")
        report = Report.model_validate(
            said.model_dump(exclude={"number", "taken_at"})
            | {
                "source_key": f"person:{call.by.name.encode().hex()[:80]}:{call.headers['Idempotency-Key']}",
                "source_digest": fingerprint(said),
                "number": number,
                "taken_at": min(said.taken_at or clock.now(), clock.now()),
            }
        )
        ticket = await desk.open(report)
        return Reply(await dossier.file(ticket.code, call.by), status=201)

    async def shown(call: Call[Told, None]) -> TicketFile:
        return await dossier.file(call.path["code"], call.by)

    async def moved(call: Call[Told, MoveCall]) -> MoveMade:
        return await handling.make(call.path["code"], call.body.move, call.by, version=call.body.version)

    async def told(call: Call[PageQuery, None]) -> Page[JournalEntry]:
        return await dossier.journal(call.path["code"], call.by, call.query)

    async def unlocked(call: Call[Told, UnlockCall]) -> Identity:
        return await dossier.unlock(call.path["code"], call.by, call.body.reason)

    async def stages(_call: Call[Told, None]) -> StageTable:
        return stage_table()

    async def place(call: Call[PlaceQuery, None]) -> PlaceTold:
        finding = rules.current.places.find(call.query.text)
        return PlaceTold(candidates=finding.candidates, question=finding.question)

    async def names(_call: Call[Told, None]) -> Names:
        now, today = rules.current, clock.now().astimezone(CIVIL_ZONE).date()
        return Names(
            topics=tuple(Named(code=each.code, name=each.name) for each in now.topics.topics),
            agencies=tuple(
                Named(code=each.code, name=each.name) for each in now.agencies.agencies if each.exists_on(today)
            ),
            communes=tuple(Named(code=each.code, name=each.name) for each in now.localities.communes.values()),
        )

    return [
        Route("GET", "/api/tickets", listed, "Liệt kê và tìm phiếu", TAG, WORKERS, {200: Page[Ticket]}, query=TicketQuery),
        Route(
            "POST", "/api/tickets", opened, "Ghi phiếu cho người dân", TAG, HOTLINE_ROLES, {201: TicketFile},
            body=NewTicket, headers=IDEMPOTENCY,
        ),
        Route("GET", "/api/tickets/{code}", shown, "Xem một phiếu", TAG, WORKERS, {200: TicketFile}, parameters=CODE),
        Route(
            "POST", "/api/tickets/{code}/moves", moved, "Chuyển bước một phiếu", TAG, WORKERS, {200: MoveMade},
            parameters=CODE, body=MoveCall,
        ),
        Route(
            "GET", "/api/tickets/{code}/journal", told, "Nhật ký của phiếu", TAG, WORKERS, {200: Page[JournalEntry]},
            parameters=CODE, query=PageQuery,
        ),
        Route(
            "POST", "/api/tickets/{code}/identity", unlocked, "Mở danh tính người báo, có lý do", TAG, WORKERS,
            {200: Identity}, parameters=CODE, body=UnlockCall,
        ),
        Route("GET", "/api/overdue", late, "Bao nhiêu câu trả lời đã quá hạn", TAG, HOTLINE_ROLES, {200: Overdue}),
        Route("GET", "/api/stages", stages, "Các bước và cách chuyển bước", TAG, WORKERS, {200: StageTable}),
        Route("GET", "/api/places", place, "Tìm xã, phường trong lời nói", TAG, WORKERS, {200: PlaceTold}, query=PlaceQuery),
        Route("GET", "/api/names", names, "Lĩnh vực, cơ quan, xã phường", TAG, WORKERS, {200: Names}),
    ]  # fmt: skip


def stage_table() -> StageTable:
    """The table of stages and moves as the interface tells it."""
    return StageTable(
        stages=tuple(StageTold(stage=stage, name=name) for stage, name in STAGE_NAMES.items()),
        moves=tuple(
            MoveTold(
                name=move.name,
                title=move.title,
                sources=move.sources,
                target=move.target,
                roles=tuple(sorted(move.roles)),
                party=move.party,
                letter=move.letter,
                visit=move.visit,
            )
            for move in MOVES
        ),
    )
