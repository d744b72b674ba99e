"""The scores of a period: as they are now, or as they were signed off with what has changed since; and the tickets behind a count."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Protocol

from pydantic import BeforeValidator, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, Invalid, NotFound
from hotline1022.base.http.paging import Page, PageQuery, cursor_of, read_cursor
from hotline1022.base.http.routes import Told
from surveys.model import Mode
from surveys.points import SURVEY_COUNTS, Point
from surveys.scores import store
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.figures import View, agency_figures, changed_since
from surveys.scores.model import COUNT_TITLES, SCORED_MODES, AgencyFigures
from surveys.scores.period import Period, read_period
from surveys.scores.shown import Contribution, Correction, Scores, SignedOff
from surveys.scores.weights import StandingWeights, WeightsVersion


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


WrittenPeriod = Annotated[str, StringConstraints(min_length=1, max_length=10)]
Modes = Annotated[tuple[Mode, ...], BeforeValidator(_as_list), Field(min_length=1, max_length=3)]
Agency = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class ScoreQuery(Told):
    """Which period, and how it is to be read."""

    period: WrittenPeriod = Field(description="2026-11, 2026-Q3, 2026-H1 hoặc 2026")
    agency: Agency | None = Field(default=None, description="chỉ một cơ quan")
    mode: Modes = Field(default=SCORED_MODES, description="cách hỏi được tính: ivr, link, operator; ghi được nhiều lần")
    line: bool = Field(default=False, description="gộp cơ quan đã sáp nhập vào cơ quan kế thừa hiện nay")
    shrunk: bool = Field(default=False, description="kèm tỷ lệ hài lòng đã kéo về mức chung (Bayes thực nghiệm)")

    @property
    def plain(self) -> bool:
        """Whether this is how periods are signed off."""
        return set(self.mode) == set(SCORED_MODES) and not self.line and not self.shrunk


class ContributionQuery(PageQuery):
    """The tickets of which count."""

    period: WrittenPeriod
    name: Annotated[str, StringConstraints(max_length=32)] = Field(
        description="tên số đếm, như on_time, answered, mark-1"
    )
    mode: Modes = SCORED_MODES
    line: bool = False


class Agencies(Protocol):
    """What scores may ask about agencies."""

    def knows(self, code: str) -> bool:
        """Whether an agency of this code is, or was."""
        ...

    def name_of(self, code: str) -> str:
        """What people read for a code."""
        ...

    def line_of(self, code: str, day: date) -> frozenset[str]:
        """An agency and those that it stands for on ``day``."""
        ...

    def heirs(self, day: date) -> Mapping[str, str]:
        """Each agency that has ended by ``day``, and who stands for it."""
        ...


class Scoreboard:
    """Reads scores. Methods raise DatabaseAway, and Invalid for a period that is none."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        weights: StandingWeights,
        agencies: Agencies,
        dossiers: StandingDossiers | None = None,
    ) -> None:
        self._database, self._clock, self._weights, self.agencies = database, clock, weights, agencies
        self._dossiers = dossiers or StandingDossiers()

    async def scores(self, query: ScoreQuery, actor: Actor) -> Scores:
        """The agencies of a period, the best first. Every worker may see them; corrections only whom they concern."""
        async with self._database.reading() as connection:
            return await self.scores_seen(connection, query, actor)

    async def scores_seen(self, connection: AsyncConnection, query: ScoreQuery, actor: Actor) -> Scores:
        """As ``scores``, at the moment that ``connection`` sees: for whoever tells other figures beside."""
        period = read_period(query.period)
        if query.agency is not None and not self.agencies.knows(query.agency):
            raise NotFound("Không có cơ quan nào mang mã này")
        counts = await self._counts(connection, period)
        signed = await store.sign_off_of(connection, period.name)
        corrections = await store.corrections_of(connection, period.name)
        version = self.version_for(period) if signed is None else WeightsVersion.model_validate(signed["weights"])
        also = (query.agency,) if query.agency else ()
        shown = self._figures(counts if signed is None else _read_counts(signed), version, query, also)
        since = {}
        if signed is not None:
            frozen = frozen_figures(signed)
            now = self._figures(counts, version, ScoreQuery(period=query.period), tuple(frozen))
            since = {each.agency: told for each in now if (told := changed_since(frozen.get(each.agency), each))}
            if query.plain:
                # Word for word what was signed; an agency that was asked for and has nothing in it is told so.
                shown = (*frozen.values(), *(each for each in shown if each.agency not in frozen))
        if query.agency is not None:
            shown = tuple(each for each in shown if each.agency == query.agency)
            since = {code: told for code, told in since.items() if code == query.agency}
        return Scores(
            period=period.name,
            title=period.title,
            over=self._clock.now() >= period.ends,
            modes=query.mode,
            weights=version.version,
            weights_basis=version.basis,
            fewest_answers=version.fewest_answers,
            line=query.line,
            signed_off=None if signed is None else SignedOff(by=signed["signed_by"], at=signed["signed_at"]),
            scores=shown,
            since=tuple(since.values()),
            corrections=self.shown_corrections(corrections, actor),
        )

    async def tickets(self, agency: str, query: ContributionQuery, actor: Actor) -> Page[Contribution]:
        """The tickets behind a count. Agencies see those of their own, and never who answered a survey.

        Raises NotFound, Forbidden or Invalid.
        """
        period, today = read_period(query.period), self._clock.now().astimezone(CIVIL_ZONE).date()
        if query.name not in COUNT_TITLES:
            known = ", ".join(f"{name} ({title})" for name, title in COUNT_TITLES.items())
            raise Invalid("Không có số đếm nào tên như vậy", remedy=f"các tên: {known}", field="name")
        if not self.agencies.knows(agency):
            raise NotFound("Không có cơ quan nào mang mã này")
        agencies = self.agencies.line_of(agency, today) if query.line else frozenset({agency})
        if actor.role not in HOTLINE_ROLES:
            self._check(agencies, query.name, actor, today)
        asked = query.name in SURVEY_COUNTS
        modes = query.mode if asked else ("", *(query.mode if query.name == "dissatisfied_or_late" else ()))
        if actor.role not in HOTLINE_ROLES:
            modes = ("",)
        after = None if query.cursor is None else _read_place(query.cursor)
        async with self._database.reading() as connection:
            rows = await store.tickets_of(
                connection,
                agencies=agencies,
                months=period.months,
                name=query.name,
                modes=modes,
                after=after,
                limit=query.limit,
            )
        items = tuple(Contribution.model_validate({**row, "mode": row["mode"] or None}) for row in rows)
        more = None
        if len(rows) >= query.limit:
            last = rows[-1]
            place = "/".join(last[column] for column in ("month", "code", "agency", "mode"))
            more = cursor_of(period.ends, place)
        return Page(items=items, next=more)

    def version_for(self, period: Period) -> WeightsVersion:
        """The weights that a period is scored with."""
        return self._weights.current.on(period.starts)

    async def plain_figures(
        self, connection: AsyncConnection, period: Period, version: WeightsVersion
    ) -> tuple[dict[Point, int], tuple[AgencyFigures, ...]]:
        """The counts of now and the figures that follow from them, as periods are signed off."""
        counts = await self._counts(connection, period)
        return counts, self._figures(counts, version, ScoreQuery(period=period.name), ())

    async def _counts(self, connection: AsyncConnection, period: Period) -> dict[Point, int]:
        totals = await store.totals_of(connection, period.name, period.months)
        return totals | self._dossiers.counts(period.name, period.months)

    def shown_corrections(self, rows: Sequence[Mapping[str, Any]], actor: Actor) -> tuple[Correction, ...]:
        """Those that ``actor`` may read: the hotline all, an agency those of its own line and what was accepted of others."""
        today = self._clock.now().astimezone(CIVIL_ZONE).date()
        own = self.agencies.line_of(actor.agency, today) if actor.agency else frozenset()
        mine = [row for row in rows if actor.role in HOTLINE_ROLES or row["agency"] in own or row["accepted"]]
        return tuple(self.correction(row) for row in mine)

    def correction(self, row: Mapping[str, Any]) -> Correction:
        """A row as people read it."""
        return Correction.model_validate({**row, "agency_name": self.agencies.name_of(row["agency"])})

    def _figures(
        self, counts: Mapping[Point, int], version: WeightsVersion, query: ScoreQuery, also: tuple[str, ...]
    ) -> tuple[AgencyFigures, ...]:
        heirs = self.agencies.heirs(self._clock.now().astimezone(CIVIL_ZONE).date()) if query.line else None
        view = View(query.mode, heirs, query.shrunk)
        return agency_figures(counts, version.weights, view, self.agencies.name_of, also)

    def _check(self, agencies: frozenset[str], name: str, actor: Actor, today: date) -> None:
        own = self.agencies.line_of(actor.agency, today) if actor.role in AGENCY_ROLES and actor.agency else frozenset()
        if not agencies <= own:
            raise Forbidden("Chỉ xem được phiếu của cơ quan mình", remedy="xem bảng điểm chung, không kèm phiếu")
        if name in SURVEY_COUNTS:
            raise Forbidden(
                "Cơ quan không được biết ai đã trả lời khảo sát, như đã hứa với người dân",
                remedy="hỏi tổng đài nếu cần phúc tra",
            )


def frozen_figures(signed: Mapping[str, Any]) -> dict[str, AgencyFigures]:
    """The figures that a period was signed off with, in their order."""
    return {each["agency"]: AgencyFigures.model_validate(each) for each in signed["figures"]}


def written_counts(counts: Mapping[Point, int]) -> list[list[Any]]:
    """Counts as they are frozen."""
    return [[*point, amount] for point, amount in sorted(counts.items())]


def _read_counts(signed: Mapping[str, Any]) -> dict[Point, int]:
    return {Point(agency, month, name, mode): amount for agency, month, name, mode, amount in signed["counts"]}


def _read_place(cursor: str) -> tuple[str, str, str, str]:
    parts = read_cursor(cursor)[1].split("/")
    if len(parts) != 4:
        raise Invalid("Con trỏ trang không dùng được", remedy="lấy lại từ trang đầu", field="cursor")
    return parts[0], parts[1], parts[2], parts[3]
