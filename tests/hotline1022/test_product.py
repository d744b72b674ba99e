"""What the line is given of the rest of the hotline."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline1022.base import outbox
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.ledger import Ledger
from hotline1022.base.spool import Spool
from hotline1022.live import Stage
from hotline1022.product import Hotline
from ivr.model import Say
from telephony.events import CallArrived
from tests.conftest import StillClock
from tickets.desk import Desk
from tickets.model import Report
from tickets.rules import StandingRules


@pytest.fixture
def stage() -> Stage:
    """Where screens listen."""
    return Stage()


@pytest.fixture
def desk(database: Database, clock: StillClock) -> Desk:
    """A desk on an empty database."""
    return Desk(database, clock, StandingRules(), outbox.add)


@pytest.fixture
def product(database: Database, clock: StillClock, stage: Stage, desk: Desk, tmp_path: Path) -> Hotline:
    """The product with an empty database."""
    return Hotline(
        clock=clock,
        ledger=Ledger(database, Spool(tmp_path / "spool")),
        desk=desk,
        rules=StandingRules(),
        stage=stage,
        flow=lambda: pytest.fail("no flow is asked for"),
        sounds=Path("/sounds"),
        playable=frozenset({"menu", "digit-1", "agency-unknown"}),
        always_open=False,
        silence_means_recorded=True,
    )


async def test_a_ticket_is_found_by_its_code_with_what_may_be_said_of_it(
    product: Hotline, desk: Desk, clock: StillClock
) -> None:
    ticket = await desk.open(
        Report(source_key="call:1:report", taken_at=clock.now(), topic="ha-tang", place_words=None)
    )
    found, values, facts = await product.look_up(ticket.code)
    assert found
    assert set(values) == {"agency", "stage", "due"}
    assert facts == {"due-known": True, "overdue": False, "ticket-answered": False}
    assert datetime.fromisoformat(values["due"]).date() >= clock.now().date()


@pytest.mark.parametrize("typed", ["", "00000000", "12345678", "1234", "1" * 200])
async def test_a_code_that_is_none_is_simply_not_found(product: Hotline, typed: str) -> None:
    assert await product.look_up(typed) == (False, {}, {})


async def test_a_database_that_is_away_is_not_taken_for_a_missing_ticket(
    product: Hotline, desk: Desk, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_code: str) -> None:
        raise DatabaseAway("Cơ sở dữ liệu không trả lời")

    monkeypatch.setattr(desk, "told", away)
    with pytest.raises(DatabaseAway):
        await product.look_up("12345678")


async def test_codes_are_told_from_a_stock_and_none_is_told_when_it_is_empty(product: Hotline, desk: Desk) -> None:
    assert product.next_code() is None
    await desk.keep_codes_ahead(2)
    told = {product.next_code(), product.next_code()}
    assert len(told) == 2
    assert None not in told
    assert product.next_code() is None


def test_opening_hours_are_those_of_the_calendar(product: Hotline, clock: StillClock) -> None:
    always = {"silence-means-recorded": True, "announcement": False}
    assert product.facts() == {"open-now": True, **always}, "Monday 8 o'clock"
    clock.instant = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
    assert product.facts()["open-now"] is False, "Monday 3 o'clock in the night"


async def test_screens_see_of_a_number_its_last_three_digits(product: Hotline, stage: Stage, clock: StillClock) -> None:
    with stage.listening() as messages:
        await product.record(CallArrived(at=clock.now(), call="c", number="+84912345678", flow="f"))
    told = messages.get_nowait()
    assert "*** *** 678" in told
    assert "912345" not in told


def test_what_is_said_is_recordings_and_an_unknown_agency_is_spoken_generally(product: Hotline) -> None:
    said = (Say("prompt", "menu"), Say("digits", "11"), Say("agency", "so-la"))
    names = ["menu", "digit-1", "digit-1", "agency-unknown"]
    assert product.sounds(said) == [Path("/sounds") / name for name in names]


def test_an_announcement_is_a_fact_and_its_recording_is_played_in_the_prompt_s_place(
    product: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    say = (Say("prompt", "announcement"), Say("prompt", "menu"))
    assert [path.name for path in product.sounds(say)] == ["announcement", "menu"]
    monkeypatch.setattr(product, "_announced", lambda: "announcements/ab12")
    assert product.facts()["announcement"] is True
    assert product.sounds(say)[0].parts[-2:] == ("announcements", "ab12")
