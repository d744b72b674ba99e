"""Agencies' scores over HTTP. Routes only."""

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, Role
from hotline1022.base.http.paging import Page
from hotline1022.base.http.routes import Call, Reply, Route, Told
from surveys.scores.scoreboard import ContributionQuery, Scoreboard, ScoreQuery
from surveys.scores.shown import Contribution, Correction, Scores
from surveys.scores.sign_off import AskedCorrection, Decision, SignOff

WORKERS = HOTLINE_ROLES | AGENCY_ROLES
SIGNERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})
TAG = "Điểm cơ quan"
PERIOD = {"period": "[0-9A-Za-z-]{4,8}"}


def routes(board: Scoreboard, signing: SignOff) -> list[Route]:
    """The routes for the hotline's and the agencies' people."""

    async def shown(call: Call[ScoreQuery, None]) -> Scores:
        return await board.scores(call.query, call.by)

    async def tickets(call: Call[ContributionQuery, None]) -> Page[Contribution]:
        return await board.tickets(call.path["agency"], call.query, call.by)

    async def sign(call: Call[Told, None]) -> Reply:
        return Reply(await signing.sign(call.path["period"], call.by), status=201)

    async def correct(call: Call[Told, AskedCorrection]) -> Reply:
        return Reply(await signing.ask_correction(call.path["period"], call.body, call.by), status=201)

    async def decide(call: Call[Told, Decision]) -> Correction:
        return await signing.decide(call.path["period"], call.path["correction"], call.body, call.by)

    return [
        Route(
            "GET", "/api/scores", shown, "Điểm và xếp hạng các cơ quan của một kỳ", TAG, WORKERS, {200: Scores}, query=ScoreQuery,
            description="Kỳ đã chốt thì trả số liệu đã chốt, kèm những gì đã thay đổi sau khi chốt.",
        ),
        Route(
            "GET", "/api/scores/{agency}/tickets", tickets, "Các phiếu làm nên một số đếm", TAG, WORKERS,
            {200: Page[Contribution]}, query=ContributionQuery, parameters={"agency": "[a-z0-9-]{1,64}"},
            description="Cơ quan chỉ xem được phiếu của mình và không xem được ai đã trả lời khảo sát.",
        ),
        Route(
            "POST", "/api/scores/{period}/sign-off", sign, "Chốt điểm của một kỳ đã hết", TAG, SIGNERS, {201: Scores},
            parameters=PERIOD,
        ),
        Route(
            "POST", "/api/scores/{period}/corrections", correct, "Đề nghị đính chính điểm đã chốt", TAG,
            frozenset({Role.APPROVER}), {201: Correction}, parameters=PERIOD, body=AskedCorrection,
        ),
        Route(
            "POST", "/api/scores/{period}/corrections/{correction}/decision", decide, "Quyết định về một đề nghị đính chính",
            TAG, SIGNERS, {200: Correction}, parameters=PERIOD | {"correction": "[0-9a-f-]{36}"}, body=Decision,
        ),
    ]  # fmt: skip
