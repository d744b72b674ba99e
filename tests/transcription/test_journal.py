"""What lasts is told exactly once, in order, and a reader who stalls harms nobody."""

import asyncio
from typing import Literal
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from transcription.journal import KEPT_SECONDS, MOST_WAITING, Journal, Subscriber
from transcription.node_protocol import WordsMessage

LEGS = [UUID(int=number) for number in (1, 2)]
Kind = Literal["partial", "final", "rejected", "gap", "ended"]


def message(kind: Kind, leg: UUID = LEGS[0]) -> WordsMessage:
    return WordsMessage(leg=leg, call="c", side="caller", kind=kind, number=0)


async def drain(subscriber: Subscriber) -> list[WordsMessage]:
    told = []
    while True:
        try:
            told.append(await asyncio.wait_for(subscriber.next(), 0.001))
        except TimeoutError:
            return told


async def test_a_late_reader_is_told_what_lasts_and_no_partial() -> None:
    journal = Journal()
    for kind in ("partial", "final", "partial", "rejected"):
        journal.tell(message(kind), 0.0)
    told = await drain(journal.subscribe())
    assert [(one.kind, one.number) for one in told] == [("final", 1), ("rejected", 2)]


async def test_a_stalled_reader_costs_bounded_memory_and_misses_nothing_that_lasts() -> None:
    journal = Journal()
    stalled, quick = journal.subscribe(), journal.subscribe()
    await drain(stalled)
    seen: list[WordsMessage] = []
    for number in range(3 * MOST_WAITING):
        journal.tell(message("partial"), 0.0)
        journal.tell(message("final"), 0.0)
        seen += await asyncio.gather(quick.next(), quick.next())
        assert len(stalled) <= MOST_WAITING, number
    finals = [one.number for one in await drain(stalled) if one.kind == "final"]
    assert finals == list(range(1, 3 * MOST_WAITING + 1))
    assert [one.number for one in seen if one.kind == "final"] == finals


async def test_partials_are_the_first_to_go() -> None:
    journal = Journal()
    reader = journal.subscribe()
    await drain(reader)
    journal.tell(message("final"), 0.0)
    for _ in range(MOST_WAITING):
        journal.tell(message("partial"), 0.0)
    assert len(reader) == 2


@given(st.lists(st.tuples(st.sampled_from(["partial", "final", "gap", "read"]), st.sampled_from(LEGS)), max_size=60))
def test_any_order_of_telling_and_reading_gives_each_lasting_message_once(steps: list[tuple[str, UUID]]) -> None:
    async def run() -> None:
        journal = Journal()
        reader = journal.subscribe()
        got: dict[UUID, list[int]] = {leg: [] for leg in LEGS}
        told = dict.fromkeys(LEGS, 0)
        for step, leg in steps:
            if step == "read":
                for one in await drain(reader):
                    got[one.leg] += [one.number] if one.number else []
            else:
                journal.tell(message(step, leg), 0.0)  # type: ignore[arg-type]
                told[leg] += step != "partial"
        for one in await drain(reader):
            got[one.leg] += [one.number] if one.number else []
        assert got == {leg: list(range(1, told[leg] + 1)) for leg in LEGS}

    asyncio.run(run())


async def test_a_leg_that_ended_is_forgotten_after_a_while() -> None:
    journal = Journal()
    journal.tell(message("final"), 0.0)
    journal.tell(message("ended"), 0.0)
    journal.tell(message("final", uuid4()), KEPT_SECONDS - 1)
    assert journal.knows(LEGS[0])
    journal.tell(message("final", uuid4()), KEPT_SECONDS + 1)
    assert not journal.knows(LEGS[0])


async def test_a_reader_who_left_is_told_nothing_more() -> None:
    journal = Journal()
    reader = journal.subscribe()
    await drain(reader)
    journal.unsubscribe(reader)
    journal.tell(message("final"), 0.0)
    assert len(reader) == 0
