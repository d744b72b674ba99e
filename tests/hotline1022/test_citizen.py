"""The simulated citizen does what a person does, and knows when there is nothing more to wait for."""

from pathlib import Path

from hotline1022.citizen import Experience, _is_over, script
from telephony.phone import parse_step


def test_a_citizen_presses_each_key_when_it_is_asked_for_speaks_and_listens_on() -> None:
    steps = script("20", Path("/tmp/words.wav"))
    assert [step.split()[0] for step in steps] == [
        "hear-silence",
        "keys",
        "hear-silence",
        "keys",
        "hear-silence",
        "say",
        "silence",
        "keys",
        "wait",
    ]
    assert [step for step in steps if step.startswith("keys")] == ["keys 2", "keys 0", "keys #"]
    for step in steps:
        parse_step(step)


def test_a_citizen_without_words_only_listens() -> None:
    assert [step.split()[0] for step in script("", None)] == ["wait"]


def experience(*messages: dict[str, object]) -> Experience:
    return Experience(call="c", messages=list(messages))


def test_a_call_is_over_when_its_ticket_and_its_words_are_there() -> None:
    ended = {"type": "CallEnded", "recorded": True}
    reported, opened = {"type": "ReportTaken"}, {"type": "TicketOpened"}
    assert not _is_over(experience(reported, opened))
    assert not _is_over(experience(ended, reported, {"type": "WordsConsidered"}))
    assert not _is_over(experience(ended, reported, opened))
    assert _is_over(experience(ended, reported, opened, {"type": "WordsConsidered"}))
    assert _is_over(experience(ended, reported, opened, {"type": "RecordingLost"}))
    assert _is_over(experience({"type": "CallEnded", "recorded": False}))
