"""How long a survey call takes with the shipped recordings: every way through the shipped flow, the longest words in it."""

from functools import cache
from pathlib import Path

import pytest

import ivr
from ivr import speech
from ivr.flow import Flow
from ivr.machine import begin, step
from ivr.model import (
    AwaitKey,
    Command,
    Emit,
    Emitted,
    Event,
    Hangup,
    KeyPressed,
    Play,
    PlayFinished,
    Record,
    Recorded,
    Say,
    State,
    TimedOut,
)
from ivr.prompt_book import load_book
from ivr.recordings import recorded
from ivr.shelf import examine

LONGEST_SECONDS = 75.0
"""A longer survey is answered by those who have time, who are not like the others."""

THINKING_SECONDS = 1.0
"""Between the end of a question and the key."""

SAMPLES_PER_SECOND = 8000
ITEMS = ("ask-time", "ask-attitude", "ask-clarity", "ask-reception")
RECORDINGS = Path(ivr.__file__).parent / "prompts" / "vi"
DAYS = [f"2026-{month:02}-{day:02}" for month in (1, 3, 5, 7, 8, 10, 12) for day in range(1, 32)]


@pytest.fixture(scope="module")
def flow() -> Flow:
    """The shipped flow of surveys."""
    book = load_book()
    found, problems = examine(Path(ivr.__file__).parent / "flows" / "survey.yaml", book, recorded(book))
    assert found is not None, problems
    return found


@cache
def seconds(name: str) -> float:
    """The length of a shipped recording."""
    return (RECORDINGS / f"{name}.alaw").stat().st_size / SAMPLES_PER_SECOND


@cache
def said(play: Play) -> float:
    """How long this takes to say, one recording after the other."""
    known = {file.stem for file in RECORDINGS.glob("*.alaw")}
    return sum(seconds(part) for say in play.say for part in speech.parts(say, known))


def longest(kind: str) -> str:
    """The value of this kind that takes longest to say."""
    if kind == "agency":
        return max(RECORDINGS.glob("agency-*.alaw"), key=lambda file: file.stat().st_size).stem.removeprefix("agency-")
    if kind == "date":
        return max(DAYS, key=lambda day: said(Play((Say("date", day),))))
    return max("123456789", key=lambda digit: seconds(f"digit-{digit}")) * 8


def calls(flow: Flow, item: str) -> list[tuple[str, float, bool]]:
    """Every call whose questions are answered with some key, the last one perhaps not: the keys, its seconds without what
    the citizen says, and whether they were asked to say something."""
    values = {"code": longest("digits"), "agency": longest("agency"), "told": longest("date")}
    first, commands = begin(flow, {item: True}, values)
    ahead: list[tuple[str, float, bool, State, list[Command]]] = [("", 0.0, False, first, commands)]
    over = []
    while ahead:
        keys, took, spoke, state, commands = ahead.pop()
        took += sum(said(command) for command in commands if isinstance(command, Play))
        if any(isinstance(command, Hangup) for command in commands):
            over.append((keys, took, spoke))
        elif any(isinstance(command, Record) for command in commands):
            for seconds_spoken in (0.0, 5.0):
                heard = Recorded(state.turn, seconds_spoken, seconds_spoken, "key")
                ahead.append((keys, took + THINKING_SECONDS, True, *step(flow, state, heard)))
        elif any(isinstance(command, AwaitKey) for command in commands):
            for key in "12345":
                after, then = step(flow, state, KeyPressed(key))
                if not any(isinstance(command, Play) and command.say[0].value == "wrong-key" for command in then):
                    ahead.append((keys + key, took + THINKING_SECONDS, spoke, after, then))
            if spoke:
                # Whoever does not want the ticket opened again presses nothing.
                waited = next(command.seconds for command in commands if isinstance(command, AwaitKey))
                ahead.append((keys, took + waited, spoke, *step(flow, state, TimedOut(state.turn))))
        else:
            emits = any(isinstance(command, Emit) for command in commands)
            event: Event = Emitted(state.turn) if emits else PlayFinished(state.turn)
            ahead.append((keys, took, spoke, *step(flow, state, event)))
    return over


@pytest.mark.parametrize("item", ITEMS)
def test_a_survey_takes_less_than_seventy_five_seconds_for_the_longest_agency_and_date(flow: Flow, item: str) -> None:
    ways = calls(flow, item)
    assert len(ways) > 50
    assert {keys for keys, _, spoke in ways if not spoke} >= {"1155", "2", "3"}
    assert {keys for keys, _, spoke in ways if spoke} >= {"1115", "11151", "1355"}
    too_long = [way for way in ways if way[1] >= LONGEST_SECONDS]
    assert not too_long
