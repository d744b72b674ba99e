"""What a caller who keys a code is told, at every stage of a ticket, as values and facts of the flow and as words."""

from datetime import date

import pytest

from hotline1022.base import outbox
from hotline1022.base.access import MACHINE, Actor, Role
from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.db import Database
from hotline1022.base.ledger import Ledger
from hotline1022.base.spool import Spool
from hotline1022.live import Stage
from hotline1022.product import Hotline
from ivr.flow import Flow
from ivr.prompt_book import load_book
from ivr.recordings import recorded
from ivr.rehearse import rehearse
from ivr.shelf import SHIPPED_FLOW, examine
from tests.conftest import StillClock
from tests.tickets.conftest import HOA, LAN, Hands, approver, officer
from tickets.desk import Desk
from tickets.handling import Handling
from tickets.model import Report
from tickets.rules import StandingRules

COMMUNE = "xa-29869"
OFFICER, HEAD = officer(COMMUNE), approver(COMMUNE)
CITIZEN = Actor(name="citizen", role=Role.CITIZEN)


@pytest.fixture
def hands(database: Database, clock: StillClock) -> Hands:
    """The desk and the moves on one database."""
    rules = StandingRules()
    return Hands(Handling(database, clock, rules, outbox.add), Desk(database, clock, rules, outbox.add))


@pytest.fixture
def product(database: Database, clock: StillClock, hands: Hands, tmp_path_factory: pytest.TempPathFactory) -> Hotline:
    """What the line asks."""
    folder = tmp_path_factory.mktemp("spoken")
    return Hotline(
        clock=clock,
        ledger=Ledger(database, Spool(folder / "spool")),
        desk=hands.desk,
        rules=StandingRules(),
        stage=Stage(),
        flow=lambda: pytest.fail("no flow is asked for"),
        sounds=folder,
        playable=frozenset(),
        always_open=True,
        silence_means_recorded=True,
    )


@pytest.fixture(scope="module")
def flow() -> Flow:
    """The shipped menu."""
    book = load_book()
    found, findings = examine(SHIPPED_FLOW, book, recorded(book))
    assert found is not None, findings
    return found


async def opened(hands: Hands, clock: StillClock, key: str = "1", topic: str = "giao-thong") -> str:
    report = Report(source_key=f"call:{key}:report", taken_at=clock.now(), topic=topic, place="29869")
    return (await hands.desk.open(report)).code


async def at_work(hands: Hands, clock: StillClock, key: str = "1") -> str:
    code = await opened(hands, clock, key)
    await hands.move(code, LAN, "classify", topic="giao-thong", place="29869")
    await hands.move(code, LAN, "route")
    await hands.move(code, OFFICER, "accept")
    return code


async def spoken(product: Hotline, flow: Flow, code: str) -> str:
    """The sentence about the ticket that the shipped menu makes of a look-up, as words."""
    found, values, facts = await product.look_up(code)
    assert found
    told = [f"{name}={value}" for name, value in values.items()] + [
        f"+{name}" for name, holds in facts.items() if holds
    ]
    script = f"facts open-now operators-ready\nsilence\nkeys 4\nkeys {code}#\nticket found {' '.join(told)}\nsilence\n"
    heard = rehearse(flow, load_book(), script, "call").splitlines()
    (line,) = [line for line in heard if "Phiếu của quý vị" in line]
    return line.removeprefix("TỔNG ĐÀI: ").replace("‹", "").replace("›", "")


async def test_each_stage_on_the_way_is_told_with_its_agency_and_due_date(
    hands: Hands, product: Hotline, flow: Flow, clock: StillClock
) -> None:
    code = await opened(hands, clock)
    steps: list[tuple[Actor, dict[str, str], str]] = [
        (LAN, {"name": "classify", "topic": "giao-thong", "place": "29869"}, "đã được phân loại."),
        (LAN, {"name": "route"}, "đã được chuyển đến cơ quan xử lý."),
        (OFFICER, {"name": "accept"}, "đã được cơ quan xử lý tiếp nhận."),
        (OFFICER, {"name": "work"}, "đang được xử lý."),
        (OFFICER, {"name": "draft", "text": "Đã thay đèn."}, "đang được xử lý."),
    ]
    for actor, said, stage in steps:
        ticket = await hands.move(code, actor, **said)
        words = await spoken(product, flow, code)
        assert words.startswith(f"Phiếu của quý vị {stage} Cơ quan phụ trách là Ủy ban nhân dân phường Cao Lãnh")
        assert "Hạn trả lời là thứ" in words, said
        _, values, facts = await product.look_up(code)
        assert values["due"] == ticket.due.astimezone(CIVIL_ZONE).date().isoformat()
        assert facts == {"due-known": True, "overdue": False, "ticket-answered": False}


async def test_an_answered_ticket_is_told_without_a_due_date(
    hands: Hands, product: Hotline, flow: Flow, clock: StillClock
) -> None:
    code = await at_work(hands, clock)
    await hands.move(code, OFFICER, "draft", text="Đã thay đèn.")
    await hands.move(code, HEAD, "approve")
    assert "đang được xử lý" in await spoken(product, flow, code), "signed, but the citizen has not been told yet"
    await hands.move(code, LAN, "tell", how="phone")
    words = await spoken(product, flow, code)
    assert words == "Phiếu của quý vị đã có trả lời. Cơ quan phụ trách là Ủy ban nhân dân phường Cao Lãnh"
    await hands.move(code, MACHINE, "survey", disposition="completed")
    assert await spoken(product, flow, code) == words
    await hands.move(code, HOA, "close")
    assert "đã kết thúc." in await spoken(product, flow, code)
    await hands.move(code, CITIZEN, "reopen", reason="Đèn lại tắt.")
    words = await spoken(product, flow, code)
    assert "đang được xử lý lại." in words
    assert "Hạn trả lời là" in words


async def test_what_the_operator_answered_at_once_was_answered_by_the_hotline(
    hands: Hands, product: Hotline, flow: Flow, clock: StillClock
) -> None:
    code = await opened(hands, clock)
    await hands.move(code, LAN, "answer-at-once", text="Mai có đội sửa.")
    words = await spoken(product, flow, code)
    assert words == "Phiếu của quý vị đã có trả lời. Cơ quan phụ trách là Tổng đài một không hai hai."


async def test_a_refused_ticket_is_being_worked_on_until_the_citizen_has_been_told(
    hands: Hands, product: Hotline, flow: Flow, clock: StillClock
) -> None:
    code = await opened(hands, clock)
    await hands.move(code, LAN, "refuse", reason="Việc đang ở toà.", guidance="Xin chờ phán quyết của toà.")
    words = await spoken(product, flow, code)
    assert "đang được xử lý." in words
    assert "Hạn trả lời" not in words
    await hands.move(code, LAN, "tell", how="phone")
    assert "đã có trả lời." in await spoken(product, flow, code)


async def test_while_the_citizen_is_asked_the_clock_stands_and_no_due_date_is_named(
    hands: Hands, product: Hotline, flow: Flow, clock: StillClock
) -> None:
    code = await at_work(hands, clock)
    await hands.move(code, OFFICER, "ask-citizen", question="Trụ đèn số mấy?")
    words = await spoken(product, flow, code)
    assert "đang chờ quý vị bổ sung thông tin." in words
    assert "Hạn trả lời" not in words
    clock.advance(days=30)
    assert (await product.look_up(code))[2]["overdue"] is False, "a clock that stands is not late"


async def test_a_merged_ticket_speaks_as_its_main_one_and_is_never_asked_its_question(
    hands: Hands, product: Hotline, flow: Flow, clock: StillClock
) -> None:
    main, other = await at_work(hands, clock, "main"), await opened(hands, clock, "other")
    await hands.move(main, OFFICER, "work")
    await hands.move(other, LAN, "merge", into=main)
    assert await spoken(product, flow, other) == await spoken(product, flow, main)
    await hands.move(main, OFFICER, "ask-citizen", question="Trụ đèn số mấy?")
    assert "đang chờ quý vị" in await spoken(product, flow, main)
    assert "đang được xử lý." in await spoken(product, flow, other)
    await hands.move(main, OFFICER, "resume")
    await hands.move(main, OFFICER, "draft", text="Đã thay đèn.")
    await hands.move(main, HEAD, "approve")
    await hands.move(main, LAN, "tell", how="phone")
    assert "đã có trả lời." in await spoken(product, flow, other)


async def test_of_a_sealed_ticket_nothing_is_told_but_that_it_was_shown_its_way(
    hands: Hands, product: Hotline, flow: Flow, clock: StillClock
) -> None:
    code = await opened(hands, clock)
    await hands.move(code, LAN, "divert", kind="denunciation")
    words = await spoken(product, flow, code)
    assert "đã được hướng dẫn gửi đến cơ quan có thẩm quyền." in words
    assert "Cao Lãnh" not in words
    assert "Hạn trả lời" not in words


async def test_a_due_date_that_has_passed_is_told_as_passed_with_an_apology(
    hands: Hands, product: Hotline, flow: Flow, clock: StillClock
) -> None:
    code = await at_work(hands, clock)
    ticket = await hands.desk.find(code)
    assert ticket is not None
    clock.instant = ticket.due
    assert "Hạn trả lời là" in await spoken(product, flow, code), "at the very instant it is still in time"
    clock.advance(days=40)
    _, values, facts = await product.look_up(code)
    assert facts == {"due-known": False, "overdue": True, "ticket-answered": False}
    assert date.fromisoformat(values["due"]) == ticket.due.astimezone(CIVIL_ZONE).date()
    words = await spoken(product, flow, code)
    assert "Phiếu này đã quá hạn trả lời từ thứ" in words
    assert "Chúng tôi xin lỗi quý vị vì sự chậm trễ." in words
    assert "Hạn trả lời là" not in words
