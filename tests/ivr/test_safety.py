"""Claims that hold for any flow, also one that its author got wrong: consent, words once spoken, no endless turning."""

from ivr.model import Emit, Hangup, HungUp, Queue, Recorded
from ivr.prompt_book import PromptBook
from ivr.walk import walk
from tests.ivr.calls import Call
from tests.ivr.small_flow import GOOD, understood


def test_flow_that_forgets_consent_still_cannot_record_after_a_refusal(book: PromptBook) -> None:
    careless = GOOD.replace('"0": person', '"9": {go: report, set: {recording-allowed: no}}\n      "0": person')
    call = Call(understood(careless, book))
    call.listen("ask")
    call.press("9")
    assert not call.recorded
    assert call.said == ["goodbye"], "the recording's way for failures"


def test_host_that_forbids_recording_is_obeyed(book: PromptBook) -> None:
    call = Call(understood(GOOD, book), ("not recording-allowed",))
    call.listen("ask")
    call.press("1")
    assert call.said == ["goodbye"]
    assert not call.recorded


def test_words_are_told_even_if_the_flow_forgets_to(book: PromptBook) -> None:
    forgetful = understood(GOOD.replace("spoken: tell", "spoken: bye"), book)
    call = Call(forgetful)
    call.listen("ask")
    call.press("1")
    call.answer(Recorded, 9.0, 8.0, "key")
    assert call.commands[0] == Emit("report", {"topic": "1"})
    assert call.commands[-1] == Hangup()


def test_words_are_told_if_the_caller_hangs_up_on_the_way_to_telling_them(book: PromptBook) -> None:
    slow = understood(GOOD.replace("spoken: tell", "spoken: person"), book)
    call = Call(slow)
    call.listen("ask")
    call.press("1")
    call.answer(Recorded, 9.0, 8.0, "key")
    assert call.commands == [Queue("main")]
    assert call.tell(HungUp()) == [Emit("report", {"topic": "1"})]
    assert call.state.result == "report-kept"


def test_flow_that_turns_in_a_circle_ends_the_call_instead_of_holding_the_host(book: PromptBook) -> None:
    circle = GOOD.replace("    play: [greeting]\n    then: ask\n", "    go: []\n    else: hello\n")
    call = Call(understood(circle, book))
    assert call.commands == [Hangup()]
    assert call.state.result == "completed"


TINY = """\
flow: tiny
version: 1
start: ask
nodes:
  ask: {gather: [menu], seconds: 7, keys: {"1": bye}, no_input: bye, no_match: bye}
  bye: {hangup: []}
"""


def test_tiny_flow_is_walked_wholly(book: PromptBook) -> None:
    """Three states (asked, left, completed); 16 things can happen to the first, 4 to each of the others."""
    walked = walk(understood(TINY, book))
    assert (walked.states, walked.steps) == (3, 16 + 4 + 4)
