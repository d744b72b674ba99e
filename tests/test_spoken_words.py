"""Claims about what two contexts must agree on without knowing each other: whatever a ticket can be, the telephone can say."""

from pathlib import Path

from hotline1022.citizen import script
from ivr.prompt_book import load_book
from ivr.recordings import recorded
from ivr.shelf import SHIPPED_FLOW, examine
from ivr.walk import walk
from telephony.asterisk.configuration import PROMPTS
from telephony.naming import QUEUE
from tickets.model import Stage
from tickets.rules import Rules
from tickets.stages import told_as


def test_every_stage_of_a_ticket_can_be_spoken() -> None:
    book = load_book()
    assert [stage for stage in map(told_as, Stage) if f"stage-{stage}" not in book] == []


def test_every_agency_can_be_spoken_by_its_own_name() -> None:
    book = load_book()
    spoken = Rules.load().agencies.spoken_names()
    assert {code: book[f"agency-{code}"].text for code in spoken} == spoken


def test_every_prompt_of_the_dialplan_is_recorded() -> None:
    problems = recorded(load_book())
    assert {name: problems.get(name, "absent") for name in PROMPTS} == dict.fromkeys(PROMPTS, "")


def test_the_menu_sends_callers_to_the_queue_that_exists() -> None:
    book = load_book()
    flow, findings = examine(SHIPPED_FLOW, book, recorded(book))
    assert flow is not None, findings
    queues = {getattr(node, "name", None) for node in flow.nodes.values() if type(node).__name__ == "QueueNode"}
    assert queues == {QUEUE}
    assert walk(flow).states > 1000


def test_every_key_of_the_menu_has_a_topic() -> None:
    topics = Rules.load().topics
    assert {key: bool(topics.menu.get(key)) for key in "1235"} == dict.fromkeys("1235", True)


def test_a_citizen_of_the_demonstration_listens_before_each_key() -> None:
    steps = script("92", Path("a.wav"))
    assert [step.split()[0] for step in steps] == [
        "hear-silence", "keys", "hear-silence", "keys", "hear-silence", "say", "silence", "keys", "wait",
    ]  # fmt: skip
