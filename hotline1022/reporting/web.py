"""Reports over HTTP: which there are, and each as a file. Routes only; the file is made outside of the event loop."""

import asyncio
from typing import Annotated

from pydantic import Field, StringConstraints

from hotline1022.base.access import AGENCY_ROLES, Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden
from hotline1022.base.http.routes import Call, Reply, Route, Told
from hotline1022.reporting import catalogue, reform_pack
from hotline1022.reporting.catalogue import Asked, Offer, PeriodKind
from hotline1022.reporting.sources import Sources
from surveys.scores.scoreboard import Scoreboard
from tickets.rules import StandingRules

READERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})
TAG = "Báo cáo"
ROLES = READERS | AGENCY_ROLES
ANY_FILE = "*/*"
"""Which media type it is, the query's format says."""
AT_ONCE = 1
"""Reports that are made at the same time: each takes a processor from calls and pages. Others wait for their turn."""


class ReportOffer(Told):
    """A report that the asker can have."""

    name: str
    title: str
    about: str
    period: str
    """How its period is written."""
    kinds: tuple[PeriodKind, ...]
    formats: tuple[str, ...]
    takes_agency: bool
    takes_place: bool


class ReportOffers(Told):
    """The reports that the asker can have."""

    reports: tuple[ReportOffer, ...]


class ReportQuery(Told):
    """Which period, as what kind of file, of whom."""

    period: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(
        description="2026-10, 2026-Q3, 2026-H2, 2026 hoặc tuần 2026-W47; mỗi báo cáo nhận những kỳ nào thì danh sách nói"
    )
    format: Annotated[str, StringConstraints(max_length=10)] = Field(
        default="xlsx", description="xlsx, docx, pdf, csv, json"
    )
    agency: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="mã cơ quan, với hồ sơ cải cách hành chính"
    )
    place: Annotated[str, StringConstraints(max_length=16)] | None = Field(
        default=None, description="mã xã, phường, với bản tin phát thanh"
    )


def routes(database: Database, clock: Clock, rules: StandingRules, board: Scoreboard) -> list[Route]:
    """The routes for the hotline's leaders, and for agencies to their own pack."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def listed(call: Call[Told, None]) -> ReportOffers:
        return ReportOffers(reports=tuple(_offer(each) for each in catalogue.OFFERS.values() if _may(call.by, each)))

    async def made(call: Call[ReportQuery, None]) -> Reply:
        offer, query = catalogue.offer_of(call.path["name"]), call.query
        if not _may(call.by, offer):
            raise Forbidden("Cơ quan chỉ xem được hồ sơ cải cách hành chính của mình")
        agency = query.agency
        if call.by.role in AGENCY_ROLES:
            if agency not in (None, call.by.agency):
                raise Forbidden("Cơ quan chỉ xem được hồ sơ cải cách hành chính của mình")
            agency = call.by.agency
        sources = Sources(database, clock, rules, board, call.by)
        async with turn:
            found = await catalogue.make(sources, offer.name, Asked(query.period, agency, query.place), query.format)
        return Reply(
            found.data,
            headers={"Content-Disposition": f'attachment; filename="{found.file_name}"', "Cache-Control": "no-store"},
            media_type=found.media_type,
        )

    return [
        Route("GET", "/api/reports", listed, "Các báo cáo có thể làm", TAG, ROLES, {200: ReportOffers}),
        Route(
            "GET", "/api/reports/{name}", made, "Một báo cáo dưới dạng tệp", TAG, ROLES, {200: ANY_FILE},
            parameters={"name": "[a-z-]{1,64}"}, query=ReportQuery, limit=(60, 60.0),
            description="Kỳ chưa hết thì số liệu là tạm tính, ghi rõ trong báo cáo; kỳ chưa đến bị từ chối. "
            "Dạng tệp theo tham số format; media type của câu trả lời theo đó. Cán bộ, lãnh đạo cơ quan chỉ lấy được cai-cach của mình.",
        ),
    ]  # fmt: skip


def _may(actor: Actor, offer: Offer) -> bool:
    return actor.role in READERS or offer.name == reform_pack.NAME


def _offer(each: Offer) -> ReportOffer:
    return ReportOffer(
        name=each.name,
        title=each.title,
        about=each.about,
        period=each.period,
        kinds=each.kinds,
        formats=each.formats,
        takes_agency=each.takes_agency,
        takes_place=each.takes_place,
    )
