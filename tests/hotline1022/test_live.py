"""What screens are told: everybody everything, a slow one harms nobody."""

import json

from hotline1022.live import LONGEST_QUEUE, Stage, as_told


def test_every_listener_hears_everything_in_order() -> None:
    stage = Stage()
    with stage.listening() as one, stage.listening() as two:
        stage.tell("Words", text="đường ngập")
        stage.tell("CallEnded", call="c")
        for listener in (one, two):
            assert json.loads(listener.get_nowait()) == {"type": "Words", "text": "đường ngập"}
            assert json.loads(listener.get_nowait()) == {"type": "CallEnded", "call": "c"}


def test_a_listener_that_reads_too_slowly_is_told_once_to_read_the_stores() -> None:
    stage = Stage()
    with stage.listening() as slow, stage.listening() as quick:
        for number in range(LONGEST_QUEUE + 3):
            stage.tell("Words", number=number)
            quick.get_nowait()
        told = [json.loads(slow.get_nowait()) for _ in range(slow.qsize())]
    assert [message["type"] for message in told] == ["resync", "Words", "Words", "Words"]
    assert told[-1]["number"] == LONGEST_QUEUE + 2


def test_who_has_left_is_told_nothing() -> None:
    stage = Stage()
    with stage.listening() as left:
        pass
    stage.tell("Words")
    assert left.empty()


def test_a_number_is_not_told() -> None:
    assert as_told({"id": "1", "number": "+84912345678", "call": "c"}) == {"call": "c"}
