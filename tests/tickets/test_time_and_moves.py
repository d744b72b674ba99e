"""Where time and moves meet: what a move does to a clock that is late, stands, or was thought to have ended."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from hotline1022.base.db import Database
from hotline1022.base.errors import Refused
from tests.tickets.conftest import HOA, LAN, Hands, Recorded, StillClock
from tests.tickets.test_life import COMMUNE, HEAD, OFFICER, answered, opened, routed
from tests.tickets.test_timers import civil
from tickets.agencies import Agencies
from tickets.events import DeadlineBreached, DeadlineWarned, TicketEscalated
from tickets.model import HOTLINE, Deadline, Stage, Ticket
from tickets.policies import EscalationChains, Policies
from tickets.rules import Rules, StandingRules
from tickets.timers import Timers


@pytest.fixture
def timers(database: Database, still_clock: StillClock, standing: StandingRules, recorded: Recorded) -> Timers:
    """The timers of the same tickets."""
    return Timers(database, still_clock, standing, recorded)


def told(
    recorded: Recorded, kind: type[DeadlineBreached | DeadlineWarned | TicketEscalated], clock: str
) -> list[datetime]:
    """When events of one kind about one clock happened."""
    return [event.at for event in recorded.events if isinstance(event, kind) and event.clock == clock]


async def found(hands: Hands, code: str) -> Ticket:
    """The ticket as it stands."""
    ticket = await hands.desk.find(code)
    assert ticket is not None
    return ticket


async def drafted(hands: Hands) -> tuple[str, Deadline]:
    """A ticket whose answer waits for the signature, and the promise of its answer."""
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    ticket = await hands.move(code, OFFICER, "draft", text="Đã thay bóng đèn.")
    return code, ticket.deadline("answer")


async def test_a_late_answer_is_a_breach_even_when_it_is_signed_before_anybody_looks_at_the_clock(
    hands: Hands, still_clock: StillClock, recorded: Recorded
) -> None:
    code, answer = await drafted(hands)
    still_clock.instant = answer.due + timedelta(hours=3)  # the service stood still meanwhile
    ticket = await hands.move(code, HEAD, "approve")
    assert ticket.deadline("answer").breached_at == answer.due
    assert told(recorded, DeadlineBreached, "answer") == [answer.due]
    assert ticket.deadline("apology_sent").running
    journal = [(entry.what, entry.at) for entry in await hands.desk.history(code)]
    assert journal.index(("breached", answer.due)) < journal.index(("approve", still_clock.now()))


async def test_a_signature_ends_the_chain_and_an_objection_takes_it_up_where_it_stood(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code, answer = await drafted(hands)
    still_clock.instant = answer.due + timedelta(days=3)  # Monday: the head has been told, and at its end the centre
    await timers.tick()
    before = len(told(recorded, TicketEscalated, "answer"))
    assert before == 2
    await hands.move(code, HEAD, "approve")
    still_clock.advance(days=1)
    await timers.tick()
    assert len(told(recorded, TicketEscalated, "answer")) == before
    await hands.move(code, HOA, "object", reason="Chưa trả lời vào việc.")
    still_clock.advance(days=30)
    await timers.tick()
    assert told(recorded, TicketEscalated, "answer")[before:] == [civil("12-02T17:00")]


async def test_an_answer_that_is_sent_back_is_warned_of_before_it_is_late(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code, answer = await drafted(hands)
    await hands.move(code, HEAD, "approve")
    await hands.move(code, HOA, "object", reason="Chưa trả lời vào việc.")
    still_clock.instant = answer.due - timedelta(minutes=1)
    await timers.tick()
    assert len(told(recorded, DeadlineWarned, "answer")) == 1
    assert told(recorded, DeadlineBreached, "answer") == []


async def test_the_chain_stands_while_the_citizen_is_asked(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await routed(hands)
    due = (await hands.move(code, OFFICER, "accept")).due
    still_clock.instant = civil(
        "11-30T08:00"
    )  # half an hour of work after the breach of Friday, the head has been told
    await timers.tick()
    await hands.move(code, OFFICER, "ask-citizen", question="Trụ đèn số mấy?")
    still_clock.instant = civil("12-03T08:00")
    await timers.tick()
    assert told(recorded, TicketEscalated, "answer") == [civil("11-30T07:30")]
    ticket = await hands.move(code, OFFICER, "resume", text="Trụ số 7.")
    assert ticket.deadline("answer").due == due
    step_at = ticket.deadline("answer").step_at
    assert step_at is not None
    assert step_at > still_clock.now()
    still_clock.advance(days=30)
    await timers.tick()
    assert all(
        at <= civil("11-30T08:00") or at > civil("12-03T08:00") for at in told(recorded, TicketEscalated, "answer")
    )
    assert len(told(recorded, TicketEscalated, "answer")) == 3


async def test_a_citizen_may_have_a_ticket_reopened_until_the_end_of_the_fifteenth_day(
    hands: Hands, still_clock: StillClock
) -> None:
    code = await routed(hands)
    still_clock.instant = civil("11-24T06:00")  # in UTC it is still the 23rd
    await answered(hands, code)
    still_clock.instant = civil("12-10T00:00")
    with pytest.raises(Refused, match="trong 15 ngày sau khi trả lời, đến 09/12/2026"):
        await hands.move(code, LAN, "reopen", reason="Chưa xong.")
    still_clock.instant = civil("12-09T23:59")
    assert (await hands.move(code, LAN, "reopen", reason="Chưa xong.")).stage == Stage.REOPENED


async def test_what_is_late_while_it_lies_with_the_hotline_is_the_hotlines_lateness(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    untouched = (await opened(hands, "untouched")).code
    returned = await routed(hands, "returned")
    await hands.move(returned, OFFICER, "return", reason="Đường này của Sở Xây dựng.")
    still_clock.advance(days=20)
    await timers.tick()
    for code in (untouched, returned):
        answer = (await found(hands, code)).deadline("answer")
        assert (answer.party, answer.breached_at) == (HOTLINE, civil("11-27T17:00"))
    raised = [event for event in recorded.events if isinstance(event, TicketEscalated) and event.clock == "answer"]
    assert {event.to for event in raised} == {"hotline_leader", "ttpvhcc"}
    assert "progress" not in {each.clock for each in (await found(hands, untouched)).deadlines}
    await hands.move(untouched, LAN, "classify", topic="giao-thong", place="29869")
    ticket = await hands.move(untouched, LAN, "route")
    assert ticket.deadline("answer").party == COMMUNE


async def test_agencies_that_were_asked_before_a_recall_make_no_matter_of_several(hands: Hands) -> None:
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    ticket = await hands.move(code, OFFICER, "ask-cooperation", agencies=["dien-luc"], reason="Cột điện.")
    assert ticket.deadline("answer").target == "15wd"
    await hands.move(code, HOA, "recall", reason="Nhầm cơ quan.")
    ticket = await hands.move(code, LAN, "route", agency="so-xay-dung", reason="đây là đường tỉnh")
    assert ticket.deadline("answer").target == "3wd"


def without(rules: Rules, *, links: int | None = None, agency: str | None = None, topic: str | None = None) -> Rules:
    """The rules after somebody has taken something out of the files."""
    if links is not None:
        policy = rules.policies.policies[0]
        chain = EscalationChains(agency=policy.escalation.agency[:links])
        shorter = policy.model_copy(update={"escalation": chain})
        rules = replace(rules, policies=Policies(version=2, policies=(shorter,)))
    if agency is not None:
        left = tuple(each for each in rules.agencies.agencies if each.code != agency)
        rules = replace(rules, agencies=Agencies(version=2, agencies=left))
    if topic is not None:
        topics = tuple(each for each in rules.topics.topics if each.code != topic)
        rules = replace(rules, topics=rules.topics.model_copy(update={"topics": topics}))
    return rules


@pytest.mark.parametrize("gone", [{"links": 0}, {"agency": COMMUNE}, {"topic": "giao-thong"}])
async def test_time_goes_on_for_tickets_that_name_what_is_in_no_file_any_more(
    hands: Hands, database: Database, still_clock: StillClock, recorded: Recorded, gone: dict[str, object]
) -> None:
    code = await routed(hands)
    due = (await hands.move(code, OFFICER, "accept")).due
    changed = StandingRules()
    timers = Timers(database, still_clock, changed, recorded)
    still_clock.instant = due + timedelta(minutes=1)
    await timers.tick()
    changed.current = without(changed.current, **gone)  # type: ignore[arg-type]
    still_clock.advance(days=30)
    await timers.tick()
    still_clock.advance(days=30)
    assert await timers.tick() == 0
    assert told(recorded, DeadlineBreached, "progress") != []


async def test_one_ticket_that_no_rule_fits_any_more_does_not_stop_the_time_of_the_others(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = await routed(hands, "broken"), await routed(hands, "sound")
    still_clock.advance(days=20)
    monkeypatch.setattr("tickets.timers.BATCH", 1)
    tell = Rules.calendar_for
    monkeypatch.setattr(
        "tickets.change.Change.calendar_of",
        lambda change, deadline: (
            None
            if change.code == broken
            else tell(change.rules, deadline.clock, deadline.party, change.policy, urgent=change["urgent"])
        ),
    )
    await timers.tick()
    assert {event.code for event in recorded.events if isinstance(event, DeadlineBreached)} == {sound}
    monkeypatch.undo()
    await timers.tick()
    assert {event.code for event in recorded.events if isinstance(event, DeadlineBreached)} == {sound, broken}
