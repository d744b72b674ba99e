"""An agency that is merged away in the middle of a period: counts stay with who had the tickets, and can be read as one line."""

import pytest

from hotline1022.base.access import MACHINE
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden
from hotline1022.score_sources import AgencyNames, TicketJournal
from surveys.scores.recount import Recount
from surveys.scores.scoreboard import ContributionQuery, Scoreboard
from surveys.scores.sign_off import SignOff
from surveys.scores.weights import StandingWeights
from tests.scores.conftest import Counted
from tests.tickets.conftest import HOA, LAN, Hands, Recorded, StillClock, approver, officer
from tests.tickets.test_succession import ENDING, HEIR, given, hands, merging, timers  # noqa: F401 (fixtures)
from tests.tickets.test_timers import civil
from tickets.rules import StandingRules
from tickets.timers import Timers


@pytest.fixture
def counted(
    database: Database,
    still_clock: StillClock,
    recorded: Recorded,
    merging: StandingRules,  # noqa: F811
) -> Counted:
    """Counts under the rules in which the agency ends."""
    board = Scoreboard(database, still_clock, StandingWeights(), AgencyNames(merging))
    recount = Recount(database, still_clock, TicketJournal())
    return Counted(database, recorded, recount, board, SignOff(database, still_clock, board))


async def answer(hands: Hands, code: str, agency: str, mark: int) -> None:  # noqa: F811
    """The agency answers, and the citizen says how it was."""
    await hands.move(code, officer(agency), "draft", text="Đã vá mặt đường.")
    await hands.move(code, approver(agency), "approve")
    await hands.move(code, LAN, "tell", how="phone")
    answers = {"resolved": 1, "satisfaction": mark}
    await hands.move(code, MACHINE, "survey", disposition="completed", mode="ivr", answers=answers)


async def test_counts_stay_with_who_answered_and_the_line_is_read_together_on_request(
    hands: Hands,  # noqa: F811
    timers: Timers,  # noqa: F811
    still_clock: StillClock,
    counted: Counted,
) -> None:
    before, across, waiting = [await given(hands, key) for key in ("before", "across", "waiting")]
    await hands.move(before, officer(ENDING), "accept")
    await answer(hands, before, ENDING, 5)
    await hands.move(across, officer(ENDING), "accept")
    still_clock.instant = civil("11-26T00:01")
    await timers.tick()
    await answer(hands, across, HEIR, 1)
    await hands.move(waiting, officer(HEIR), "accept")
    mine, heirs = await counted.of(ENDING), await counted.of(HEIR)
    assert (mine["answered"], mine["mark-5"], mine["received"]) == (1, 1, 2), "two were accepted while it was there"
    assert (heirs["answered"], heirs["mark-1"], heirs["received"]) == (1, 1, 1), (
        "what was still to be accepted is the heir's"
    )
    apart = {each.agency: each for each in (await counted.scores()).scores}
    assert (apart[ENDING].n, apart[HEIR].n) == (1, 1)
    together = {each.agency: each for each in (await counted.scores(line=True)).scores}
    assert ENDING not in together
    assert (together[HEIR].n, together[HEIR].satisfied, together[HEIR].stands_for) == (2, 1, (ENDING,))
    query = ContributionQuery(period="2026-11", name="answered", line=True)
    page = await counted.board.tickets(HEIR, query, officer(HEIR))
    assert {each.code for each in page.items} == {before, across}
    with pytest.raises(Forbidden):
        await counted.board.tickets(HEIR, query, officer("dien-luc"))
    assert len((await counted.board.tickets(HEIR, query.model_copy(update={"line": False}), HOA)).items) == 1
