"""Freezes a period, and keeps the trail of what is said against it afterwards. What was signed is never changed."""

from typing import Annotated, Any

import structlog
from pydantic import StringConstraints

from hotline1022.base.access import Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, NotFound, Refused
from hotline1022.base.http.routes import Told
from hotline1022.base.ids import new_id
from surveys.scores import store
from surveys.scores.period import read_period
from surveys.scores.scoreboard import Agency, Scoreboard, ScoreQuery, frozen_figures, written_counts
from surveys.scores.shown import Correction, Scores
from surveys.scores.weights import WeightsVersion

log = structlog.get_logger()

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class AskedCorrection(Told):
    """What an agency says against its figures."""

    agency: Agency | None = None
    """One that the asker's own has succeeded; None is their own."""
    reason: Words
    evidence: Words


class Decision(Told):
    """What the hotline's leader decides about it."""

    accept: bool
    answer: Words


class SignOff:
    """Signs periods off. Methods raise DatabaseAway, and Invalid for a period that is none."""

    def __init__(self, database: Database, clock: Clock, board: Scoreboard) -> None:
        self._database, self._clock, self._board = database, clock, board

    async def sign(self, period_name: str, actor: Actor) -> Scores:
        """Freeze a period with the figures and the weights of now. Raises Refused before it is over, and the second time."""
        period, now = read_period(period_name), self._clock.now()
        if now < period.ends:
            last = f"{period.ends.astimezone(CIVIL_ZONE):%d/%m/%Y}"
            raise Refused(f"Chưa hết {period.title} nên chưa chốt được", remedy=f"chốt từ ngày {last}")
        version = self._board.version_for(period)
        async with self._database.transaction() as connection:
            counts, figures = await self._board.plain_figures(connection, period, version)
            values = {
                "period": period.name,
                "signed_by": actor.name,
                "signed_at": now,
                "weights": version.model_dump(mode="json"),
                "counts": written_counts(counts),
                "figures": [each.model_dump(mode="json") for each in figures],
            }
            if not await store.add_sign_off(connection, values):
                raise Refused(
                    f"Điểm {period.title} đã được chốt", remedy="thay đổi sau khi chốt đi theo đề nghị đính chính"
                )
        log.info("scores_signed_off", period=period.name, agencies=len(figures), weights=version.version)
        return await self._board.scores(ScoreQuery(period=period.name), actor)

    async def ask_correction(self, period_name: str, asked: AskedCorrection, actor: Actor) -> Correction:
        """Keep what an agency says against its figures. Raises Refused before they are signed off: until then the journal corrects them."""
        period = read_period(period_name)
        agency, today = asked.agency or actor.agency, self._clock.now().astimezone(CIVIL_ZONE).date()
        if actor.agency is None or agency not in self._board.agencies.line_of(actor.agency, today):
            raise Forbidden("Chỉ đề nghị đính chính được điểm của cơ quan mình hoặc của cơ quan mình kế thừa")
        async with self._database.transaction() as connection:
            if await store.sign_off_of(connection, period.name) is None:
                raise Refused(
                    f"Điểm {period.title} chưa chốt nên chưa cần đính chính",
                    remedy="số liệu còn theo nhật ký phiếu từng ngày",
                )
            values: dict[str, Any] = {
                "id": new_id(),
                "period": period.name,
                "agency": agency,
                "asked_by": actor.name,
                "asked_at": self._clock.now(),
                "reason": asked.reason,
                "evidence": asked.evidence,
            }
            await store.add_correction(connection, values)
            kept = await store.correction_of(connection, period.name, values["id"])
        log.info("score_correction_asked", period=period.name, agency=agency)
        return self._board.correction(kept or values)

    async def decide(self, period_name: str, correction: str, decision: Decision, actor: Actor) -> Correction:
        """Accept or decline, once. An accepted one keeps both figures: those that were signed, and those of now."""
        period = read_period(period_name)
        async with self._database.transaction() as connection:
            asked = await store.correction_of(connection, period.name, correction)
            signed = await store.sign_off_of(connection, period.name)
            if asked is None or signed is None:
                raise NotFound("Không có đề nghị đính chính này")
            if asked["decided_at"] is not None:
                raise Refused("Đề nghị này đã được quyết định", remedy="cơ quan gửi đề nghị mới nếu có bằng chứng mới")
            values: dict[str, Any] = {
                "decided_by": actor.name,
                "decided_at": self._clock.now(),
                "accepted": decision.accept,
                "answer": decision.answer,
            }
            if decision.accept:
                version = WeightsVersion.model_validate(signed["weights"])
                _, figures = await self._board.plain_figures(connection, period, version)
                before = frozen_figures(signed).get(asked["agency"])
                after = next((each for each in figures if each.agency == asked["agency"]), None)
                values |= {
                    "before": before.model_dump(mode="json") if before else None,
                    "after": after.model_dump(mode="json") if after else None,
                }
            await store.decide_correction(connection, correction, values)
        log.info("score_correction_decided", period=period.name, agency=asked["agency"], accepted=decision.accept)
        return self._board.correction({**asked, **values})
