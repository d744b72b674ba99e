"""Whole calls on the real Asterisk and the real service: what the citizen did, what they heard, what stands afterwards.

The citizens of ``rung`` ring at the same time; each test is a claim about one of them.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from ivr.prompt_book import load_book
from tests.ear import samples_of, seconds_of
from tests.hotline import LINE_LISTENS, MENU_WAITS, VOICE_HZ, Rung, RunningHotline, together
from transcription.store import transcripts

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(240)]

HOSTILE_NAME = "x'\"; ${SYSTEM(touch pwned)} ../../etc 🔥 Nguyễn Văn Đích-Danh"
"""A display name with everything that a shell, a path or a dialplan would trip over; line breaks cannot be sent by a telephone that
keeps to SIP, and ``tests/telephony/test_ami.py`` shows that AMI would refuse them."""


@pytest.fixture(scope="module")
def rung(hotline: RunningHotline) -> Mapping[str, Rung]:
    """The citizens, by what they did."""
    voice = hotline.voice
    says = (LINE_LISTENS, f"say {voice}", "silence 0.3", "keys #")
    citizens: dict[str, tuple[tuple[str, ...], str, str]] = {
        "speaks": ((MENU_WAITS, "keys 2", *says), "0912000001", ""),
        "hangs-up-speaking": ((MENU_WAITS, "keys 3", LINE_LISTENS, f"say {voice}", "hangup"), "0912000002", ""),
        "hangs-up-at-once": (("hear-silence 0.3", "hangup"), "0912000003", ""),
        "silent": ((), "0912000004", ""),
        "two-hundred-digits": ((MENU_WAITS, *["keys " + "7946138528" * 5] * 4), "0912000005", ""),
        "early-digits": (("keys 2", *says), "0912000006", ""),
        "by-info": (("info", MENU_WAITS, "keys 1", *says), "0912000007", ""),
        "hidden": ((MENU_WAITS, "keys 2", *says), "anonymous", ""),
        "hostile-name": ((MENU_WAITS, "keys 2", *says), "0912000008", HOSTILE_NAME),
    }
    found = together(*(hotline.ring(*script, number=number, name=name) for script, number, name in citizens.values()))
    return dict(zip(citizens, found, strict=True))


def number(local: str) -> str:
    """The number as the database writes it."""
    return f"+84{local[1:]}"


def test_a_spoken_report_becomes_a_ticket_under_the_code_that_the_caller_heard(
    hotline: RunningHotline, rung: Mapping[str, Rung]
) -> None:
    citizen = rung["speaks"]
    call = hotline.ended_call(number(citizen.number))
    ticket = hotline.ticket_of(call.id)
    assert ticket.code in citizen.digits.split()
    assert (ticket.topic, ticket.number, ticket.call) == ("ha-tang", number(citizen.number), call.id)
    assert hotline.event_of(call.id, "ReportTaken")["code"] == ticket.code
    assert citizen.prompts[:4] == ["greeting", "recording-notice", "other", "menu"]
    assert "received" in citizen.prompts


def test_a_call_is_written_down_from_arrival_to_end_with_what_the_caller_agreed_to(
    hotline: RunningHotline, rung: Mapping[str, Rung]
) -> None:
    call = hotline.ended_call(number(rung["speaks"].number))
    assert call.arrived_at < call.consent_at < call.ended_at
    assert (call.recorded, call.consent_key, call.result) == (True, None, "completed")
    assert call.consent_text == load_book()["recording-notice"].version
    assert call.cause.startswith("hangup-")
    names = [event.name for event in hotline.events_of(call.id)]
    for once in ("CallArrived", "ConsentRecorded", "ReportTaken", "TicketOpened", "CallEnded", "RecordingReady"):
        assert names.count(once) == 1


def test_the_recording_has_the_caller_on_the_left_and_the_hotline_on_the_right(
    hotline: RunningHotline, rung: Mapping[str, Rung]
) -> None:
    call = hotline.ended_call(number(rung["speaks"].number))
    recording = hotline.recording_of(call)
    assert seconds_of(recording, VOICE_HZ, channel=0) == pytest.approx(3.0, abs=0.4)
    assert seconds_of(recording, VOICE_HZ, channel=1) < 0.1
    left, right = (samples_of(recording, channel) for channel in (0, 1))
    assert len(left) == len(right)
    speaking = np.abs(left) > 3000
    assert np.abs(right[speaking]).mean() < 300, "what the caller says is not on the other side"
    said = (np.abs(right) > 3000).sum() / 8000
    assert said > 1.0, "what the caller heard is on the right"


def test_the_words_of_a_recorded_call_are_kept_with_the_side_that_said_them(
    hotline: RunningHotline, rung: Mapping[str, Rung]
) -> None:
    call = hotline.ended_call(number(rung["speaks"].number))

    def after_the_call() -> list[object]:
        return hotline.rows(select(transcripts).where(transcripts.c.call == call.id, transcripts.c.phase == "after"))

    (kept,) = hotline.until(after_the_call, "the transcript of the recording")
    assert 10 <= len(kept.words) <= 18, "three seconds of sound at five words a second"  # type: ignore[attr-defined]
    assert {word["leg"] for word in kept.words} == {"caller"}  # type: ignore[attr-defined]


def test_a_caller_who_hangs_up_while_speaking_leaves_a_ticket(
    hotline: RunningHotline, rung: Mapping[str, Rung]
) -> None:
    citizen = rung["hangs-up-speaking"]
    call = hotline.ended_call(number(citizen.number))
    ticket = hotline.ticket_of(call.id)
    assert ticket.topic == hotline_topic("3")
    assert seconds_of(hotline.recording_of(call), VOICE_HZ) > 2.5, "nothing that was said is lost"


def test_a_caller_who_hangs_up_at_once_leaves_a_call_and_no_ticket(
    hotline: RunningHotline, rung: Mapping[str, Rung]
) -> None:
    call = hotline.ended_call(number(rung["hangs-up-at-once"].number))
    hotline.settle(call.id)
    assert call.arrived_at is not None
    assert call.ended_at >= call.arrived_at
    assert hotline.tickets_of(call.id) == []


def test_a_silent_caller_is_asked_twice_and_leaves_no_ticket(hotline: RunningHotline, rung: Mapping[str, Rung]) -> None:
    citizen = rung["silent"]
    call = hotline.ended_call(number(citizen.number))
    hotline.settle(call.id)
    assert citizen.prompts.count("menu") == 2
    assert citizen.prompts[-1] == "nothing-said"
    assert hotline.tickets_of(call.id) == []


def test_two_hundred_digits_end_in_a_defined_result(hotline: RunningHotline, rung: Mapping[str, Rung]) -> None:
    citizen = rung["two-hundred-digits"]
    call = hotline.ended_call(number(citizen.number))
    assert citizen.phone.answered
    assert call.result != "broken"
    assert len(hotline.tickets_of(call.id)) <= 1


def test_keys_pressed_before_the_question_are_kept_for_it(hotline: RunningHotline, rung: Mapping[str, Rung]) -> None:
    citizen = rung["early-digits"]
    call = hotline.ended_call(number(citizen.number))
    assert hotline.ticket_of(call.id).topic == "ha-tang"
    assert "recording-notice" in citizen.prompts, "a key in hand does not skip the notice that the call is recorded"


def test_keys_sent_by_info_are_keys(hotline: RunningHotline, rung: Mapping[str, Rung]) -> None:
    call = hotline.ended_call(number(rung["by-info"].number))
    assert hotline.event_of(call.id, "ReportTaken")["menu"] == "1"
    assert hotline.ticket_of(call.id).topic == hotline_topic("1")


def test_a_hidden_number_is_served_and_stays_hidden(hotline: RunningHotline, rung: Mapping[str, Rung]) -> None:
    assert rung["hidden"].phone.answered
    call = hotline.ended_call(None)
    assert hotline.ticket_of(call.id).number is None


def test_a_hostile_name_reaches_no_log_no_path_and_no_program(
    hotline: RunningHotline, rung: Mapping[str, Rung]
) -> None:
    call = hotline.ended_call(number(rung["hostile-name"].number))
    assert hotline.ticket_of(call.id).code in rung["hostile-name"].digits.split()
    data = hotline.settings.data
    names = [str(path) for path in data.rglob("*")]
    assert not [name for name in names if any(part in name for part in ("pwned", "SYSTEM", "🔥", "Nguyễn", "passwd"))]
    assert not Path("pwned").exists()
    logs = [path for path in (*(data / "log").iterdir(), *(data / "asterisk" / "log").iterdir()) if path.is_file()]
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert "SYSTEM(" not in text, log
        assert "Đích-Danh" not in text, log


def test_no_log_holds_a_callers_number(hotline: RunningHotline, rung: Mapping[str, Rung]) -> None:
    for citizen in rung.values():
        hotline.ended_call(None if citizen.number == "anonymous" else number(citizen.number))
    assert "0912000" not in hotline.log
    assert "84912000" not in hotline.log


def test_nothing_of_a_call_is_left_behind(hotline: RunningHotline, rung: Mapping[str, Rung]) -> None:
    for citizen in rung.values():
        hotline.ended_call(None if citizen.number == "anonymous" else number(citizen.number))
    hotline.until(lambda: hotline.asterisk.channels() == [], "no channel is left in Asterisk")
    assert list((hotline.settings.data / "calls").glob("*.json")) == []
    hotline.until(
        lambda: not list((hotline.settings.data / "asterisk" / "spool" / "recording").iterdir()),
        "every recording stands on its shelf",
    )


def hotline_topic(key: str) -> str:
    """The topic that a key of the menu stands for, by the shipped rules."""
    from tickets.rules import StandingRules

    return StandingRules().current.topics.menu[key]
