"""Claims about a single call on the shipped flow: keys, silence, recordings, hang-ups, failures."""

# Longer than 350 lines: each rule of the machine is one claim, and they are read side by side.

import json

import pytest

from ivr.flow import Flow
from ivr.model import (
    AwaitKey,
    CommandFailed,
    Emit,
    Emitted,
    FactsChanged,
    Hangup,
    HungUp,
    KeyPressed,
    LookedUp,
    LookUp,
    Play,
    PlayFinished,
    Queue,
    QueueLeft,
    Record,
    Recorded,
    Say,
    State,
    TimedOut,
)
from tests.ivr.calls import Call


def in_menu(flow: Flow, *facts: str) -> Call:
    """A call that hears the menu."""
    call = Call(flow, facts or ("open-now", "operators-ready"))
    call.listen("menu")
    return call


@pytest.mark.parametrize("key", ["1", "2", "3"])
def test_key_with_operators_on_duty_leads_to_the_queue(flow: Flow, key: str) -> None:
    call = in_menu(flow)
    call.press(key)
    call.answer(PlayFinished)
    assert call.commands == [Queue("hotline")]
    assert call.state.value("topic") == key


def test_key_2_without_operators_leads_to_a_voice_report_and_a_code_spoken_twice(flow: Flow) -> None:
    call = in_menu(flow, "open-now")
    call.press("2")
    assert call.said == ["no-operator"]
    call.listen("report")
    assert isinstance(call.commands[0], Record)
    call.answer(Recorded, 13.0, 12.0, "key")
    assert call.commands == [Emit("report", {"kind": "report", "recording": "report", "topic": "2", "urgent": "no"})]
    call.answer(Emitted, {"code": "20261233"})
    assert call.said == ["received", "code-is", "20261233", "code-again", "20261233", "closing"]
    assert call.commands[-1] == Hangup()
    assert call.state.result == "completed"


def test_queue_that_nobody_answers_leads_to_a_voice_report(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("3")
    call.answer(PlayFinished)
    call.answer(QueueLeft, "unanswered")
    call.listen("report")
    call.answer(Recorded, 13.0, 12.0, "silence")
    assert call.told[-1].values["topic"] == "3"


def test_operators_who_leave_while_the_caller_chooses_are_not_waited_for(flow: Flow) -> None:
    call = in_menu(flow)
    assert call.tell(FactsChanged({"operators-ready": False})) == []
    call.press("1")
    assert call.said == ["no-operator"]


def test_silence_twice_leads_to_a_person(flow: Flow) -> None:
    call = in_menu(flow)
    call.answer(TimedOut)
    assert call.said == ["not-heard", "menu"]
    call.answer(TimedOut)
    assert call.said == ["connecting"]
    assert call.state.value("topic") == "0"


def test_wrong_keys_twice_lead_to_a_person(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("7")
    assert call.said == ["wrong-key", "menu"]
    call.press("#")
    assert call.said == ["connecting"]


def test_star_repeats_the_menu_and_forgives_earlier_mistakes(flow: Flow) -> None:
    call = in_menu(flow)
    for _ in range(5):
        call.press("8")
        call.press("*")
        assert call.said == ["menu"]
        assert call.state.attempt == 0


def test_regular_caller_may_press_the_menu_key_during_the_greeting_but_hears_the_recording_notice(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.press("2")
    assert call.said == ["recording-notice"]
    call.answer(PlayFinished)
    assert call.told[-1].name == "consent", "the kept key ends the wait after the notice"
    call.answer(Emitted)
    assert call.said == ["no-operator"]
    assert call.state.value("topic") == "2"


def test_9_during_the_greeting_refuses_the_recording(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.press("9")
    assert call.told[-1].values["given"] == "no"
    assert "recording-allowed" not in call.state.true


def test_other_keys_do_not_cut_the_recording_notice_short(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.answer(PlayFinished)
    assert call.press("4*#0") == []
    call.press("9")
    assert call.told[-1].values["given"] == "no"


def test_consent_names_the_version_of_the_text_and_the_key(flow: Flow) -> None:
    silent, refused = Call(flow), Call(flow)
    silent.listen("agreed-by-silence")
    refused.press("9")
    version = silent.told[0].values["text"]
    assert version.startswith("recording-notice@")
    assert silent.told[0].values == {"given": "yes", "key": "", "text": version}
    assert refused.told[0].values == {"given": "no", "key": "9", "text": version}


def test_province_may_decide_that_silence_is_not_consent(flow: Flow) -> None:
    call = Call(flow, ("open-now", "not silence-means-recorded"))
    call.listen("question")
    assert call.said == ["recording-question"]
    call.answer(TimedOut)
    assert call.told[0].values["given"] == "no"
    assert call.told[0].values["text"].startswith("recording-question@")
    agreed = Call(flow, ("open-now", "not silence-means-recorded"))
    agreed.press("8")
    assert agreed.told[0].values == {**call.told[0].values, "given": "yes", "key": "8"}
    assert "recording-allowed" in agreed.state.true


def test_consent_that_cannot_be_stored_is_no_consent(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.listen("agreed-by-silence")
    call.answer(CommandFailed)
    assert "recording-allowed" not in call.state.true


def test_host_cannot_take_back_a_refusal(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.press("9")
    call.tell(FactsChanged({"recording-allowed": True}))
    assert "recording-allowed" not in call.state.true


def test_caller_who_refused_recording_gets_a_callback_ticket_without_recording(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.press("9")
    call.listen("menu")
    call.press("2")
    call.answer(PlayFinished)
    assert call.commands == [Emit("callback", {"kind": "report", "topic": "2", "urgent": "no"})]
    call.answer(Emitted, {"code": "20261233"})
    assert call.said == ["callback-taken", "code-is", "20261233", "code-again", "20261233", "closing"]
    assert not call.recorded


def test_caller_who_hangs_up_while_speaking_leaves_a_report(flow: Flow) -> None:
    call = in_menu(flow, "open-now")
    call.press("2")
    call.listen("report")
    assert call.tell(HungUp(2.1)) == [call.told[-1]]
    assert call.told[-1].values["topic"] == "2"
    assert call.state.result == "report-kept"


@pytest.mark.parametrize("spoken", [0.0, 2.0, float("nan")])
def test_caller_who_hangs_up_without_having_said_anything_leaves_none(flow: Flow, spoken: float) -> None:
    call = in_menu(flow, "open-now")
    call.press("2")
    call.listen("report")
    assert call.tell(HungUp(spoken)) == []
    assert call.state.result == "caller-left"


def test_report_is_told_once_even_if_the_caller_hangs_up_meanwhile(flow: Flow) -> None:
    call = in_menu(flow, "open-now")
    call.press("2")
    call.listen("report")
    call.answer(Recorded, 13.0, 12.0, "key")
    assert call.tell(HungUp()) == []
    assert [emit.name for emit in call.told] == ["consent", "report"]


def test_silence_into_the_recording_is_asked_about_once_and_makes_no_ticket(flow: Flow) -> None:
    call = in_menu(flow, "open-now")
    call.press("2")
    call.listen("report")
    call.answer(Recorded, 6.0, 0.4, "silence")
    assert call.said == ["report-again"]
    call.listen("report-second")
    call.answer(Recorded, 6.0, 0.0, "silence")
    assert call.said == ["nothing-said"]
    assert [emit.name for emit in call.told] == ["consent"]


def test_recording_that_fails_still_makes_a_ticket(flow: Flow) -> None:
    call = in_menu(flow, "open-now")
    call.press("2")
    call.listen("report")
    call.answer(CommandFailed)
    assert call.commands == [Emit("callback", {"kind": "report", "topic": "2", "urgent": "no"})]


@pytest.mark.parametrize("answer", [{}, {"code": ""}, None])
def test_report_without_a_code_ends_without_one_being_spoken(flow: Flow, answer: dict[str, str] | None) -> None:
    call = in_menu(flow, "open-now")
    call.press("2")
    call.listen("report")
    call.answer(Recorded, 13.0, 12.0, "key")
    _ = call.answer(CommandFailed) if answer is None else call.answer(Emitted, answer)
    assert call.said == ["taken-without-code"]


def test_ticket_is_read_back_with_stage_agency_and_due_date(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("4")
    call.press("20261233#")
    assert call.commands == [LookUp("20261233")]
    call.answer(LookedUp, True, {"agency": "so-xay-dung", "stage": "routed", "due": "2026-11-25"}, {"due-known": True})
    assert call.commands == [
        Play(
            (
                Say("prompt", "your-ticket"),
                Say("stage", "routed"),
                Say("prompt", "agency-is"),
                Say("agency", "so-xay-dung"),
                Say("prompt", "due-is"),
                Say("date", "2026-11-25"),
            )
        )
    ]


def test_unknown_code_is_asked_once_more_and_then_a_person_helps(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("420261233#")
    call.answer(LookedUp, False)
    assert call.said == ["code-not-found"]
    call.press("20261234#")
    call.answer(LookedUp, False)
    assert call.said == ["code-unknown"]
    call.answer(PlayFinished)
    assert call.said == ["connecting"]


def test_code_may_be_ended_by_a_pause_instead_of_the_hash_key(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("420261233")
    assert call.commands == [AwaitKey(4)]
    call.answer(TimedOut)
    assert call.commands == [LookUp("20261233")]


@pytest.mark.parametrize("typed", ["#", "1#", "1234567#", "123456789#", "1234*678#", "1" * 200 + "#"])
def test_code_of_the_wrong_length_is_asked_again(flow: Flow, typed: str) -> None:
    call = in_menu(flow)
    call.press("4")
    call.press(typed)
    assert call.said == ["code-wrong-length", "ask-code"]
    assert len(call.state.typed) <= 9


def test_code_typed_during_the_whole_introduction_is_kept_for_its_question(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.press("420261233#")
    call.answer(PlayFinished)
    call.answer(Emitted)
    assert call.commands == [LookUp("20261233")]


def test_impatient_keys_during_a_look_up_do_not_skip_its_answer(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("420261233###0")
    call.answer(LookedUp, True, {"stage": "routed"})
    assert call.state.node == "told-stage"
    call.press("0")
    assert call.said == ["connecting"]


def test_keys_pressed_too_often_do_not_skip_what_to_say_after_the_beep(flow: Flow) -> None:
    call = Call(flow)
    call.press("1111")
    call.listen("report-ask")
    assert call.said == ["report-ask"]
    assert call.press("1") == []


def test_appointment_is_a_report_of_its_own_kind(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("5")
    assert call.said == ["appointment-ask"]
    call.answer(PlayFinished)
    call.answer(Recorded, 20.0, 15.0, "key")
    assert call.told[-1] == Emit("report", {"kind": "appointment", "recording": "report", "topic": "5", "urgent": "no"})


def test_out_of_hours_the_caller_leaves_a_report_without_pressing_anything(flow: Flow) -> None:
    call = Call(flow)
    call.listen("after-hours")
    assert call.said == ["after-hours"]
    call.answer(TimedOut)
    assert call.said == ["report-ask"]


@pytest.mark.parametrize(("ready", "node"), [(True, "duty-officer"), (False, "report")])
def test_urgent_matter_out_of_hours_goes_to_the_duty_officer_or_is_marked_urgent(
    flow: Flow, ready: bool, node: str
) -> None:
    call = Call(flow, ("operators-ready",) if ready else ())
    call.listen("after-hours")
    call.press("1")
    call.listen(node)
    if ready:
        assert call.commands == [Queue("hotline")]
        call.answer(QueueLeft, "unanswered")
        call.listen("report")
    call.answer(Recorded, 13.0, 12.0, "key")
    assert call.told[-1].values["urgent"] == "yes"


def test_answer_to_a_command_that_was_superseded_is_ignored(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    greeting = call.state.turn
    call.press("2")
    assert call.tell(PlayFinished(greeting)) == []
    assert call.state.node == "notice"


@pytest.mark.parametrize("noise", ["A", "B", "C", "D", "", "22", "\r\n", "２", "²"])
def test_what_is_no_key_of_a_telephone_is_ignored(flow: Flow, noise: str) -> None:
    call = in_menu(flow)
    before = call.state
    assert call.tell(KeyPressed(noise)) == []
    assert call.state == before


def test_200_keys_into_the_menu_end_with_a_person(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("7" * 200)
    assert call.state.node == "connecting"
    assert len(call.state.ahead) <= 16


def test_of_an_endless_value_from_outside_only_the_beginning_is_kept(flow: Flow) -> None:
    call = in_menu(flow)
    call.press("420261233#")
    call.answer(LookedUp, True, {"agency": "x" * 10_000, "topic": "9", "unasked": "y"})
    assert call.state.value("agency") == "x" * 200
    assert call.state.value("topic") == "0", "only what the look-up is to give"
    assert call.state.value("unasked") is None


def test_prompt_that_cannot_be_played_does_not_hold_up_the_caller(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.answer(CommandFailed)
    assert call.state.node == "notice"


def test_state_is_the_same_after_json(flow: Flow) -> None:
    call = Call(flow, ("open-now",))
    call.press("9")
    call.listen("menu")
    call.press("412")
    assert State.from_json(json.loads(json.dumps(call.state.to_json()))) == call.state
    assert hash(call.state)
