"""Claims about the words and the sound behind a ticket: heard by the hotline only, never of a sealed one, in lines that one can read."""

import wave
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.access import Role
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from hotline1022.call_desk import LONGEST_LINE, PAUSE_SECONDS, lines_of
from telephony import store as calls
from tests.interface import Interface
from tests.tickets.conftest import StillClock
from transcription.model import Transcript, Word
from transcription.shelf import TranscriptShelf

CALL = "node-1-1795000000.1"
SAID = [("đường", "caller", 0.0), ("ngập", "caller", 0.5), ("dạ", "operator", 1.2), ("sâu", "caller", 9.0)]


def word(w: str, leg: str, start: float) -> Word:
    return Word.model_validate({"w": w, "leg": leg, "start": start, "end": start + 0.4, "conf": 0.5})


WORDS = st.lists(
    st.builds(word, st.just("từ"), st.sampled_from(["caller", "operator"]), st.floats(0, 3600, width=32)), max_size=120
)


@given(WORDS)
def test_every_word_is_in_one_line_of_its_side_in_order_of_time(words: list[Word]) -> None:
    lines = lines_of(words)
    assert sum(len(line.words) for line in lines) == len(words)
    assert [line.start for line in lines] == sorted(line.start for line in lines)
    for line in lines:
        assert 0 < len(line.words) <= LONGEST_LINE
        gaps = [after.start - before.end for before, after in zip(line.words, line.words[1:], strict=False)]
        assert all(gap < PAUSE_SECONDS for gap in gaps)


async def told(served: Interface, database: Database, clock: StillClock, data: Path) -> str:
    """A ticket whose call has words and a recording of two seconds; its code."""

    async def nobody_hears(_connection: object, _event: Event) -> None:
        return None

    transcript = Transcript(engine="vosk", model="m", words=tuple(word(*each) for each in SAID), seconds=10)
    await TranscriptShelf(database, clock, nobody_hears).keep(CALL, "after", transcript, "0" * 64)
    async with database.transaction() as connection:
        facts = {"recording": "2026/11/23/a.wav", "recording_seconds": 2.0, "arrived_at": clock.now()}
        await calls.note(connection, CALL, **facts)
    place = data / "recordings" / "2026" / "11" / "23"
    place.mkdir(parents=True)
    with wave.open(str(place / "a.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\1\0\2\0" * 16000)
    report = {"channel": "phone", "summary": "Đường ngập", "topic": "giao-thong", "place": "29869", "call": CALL}
    made = await served.post("/api/tickets", Role.OPERATOR, json=report, headers={"Idempotency-Key": "said-of-tests"})
    return str((await made.json())["ticket"]["code"])


async def test_an_operator_reads_and_hears_what_was_said_and_can_begin_anywhere(
    served: Interface, database: Database, still_clock: StillClock, tmp_path: Path
) -> None:
    code = await told(served, database, still_clock, tmp_path)
    said = await (await served.get(f"/api/tickets/{code}/words", Role.OPERATOR)).json()
    assert [(line["side"], [each["w"] for each in line["words"]]) for line in said["lines"]] == [
        ("caller", ["đường", "ngập"]),
        ("operator", ["dạ"]),
        ("caller", ["sâu"]),
    ]
    assert (said["recorded"], said["seconds"]) == (True, 2.0)
    whole = await served.get(f"/api/tickets/{code}/recording", Role.OPERATOR)
    assert (whole.status, whole.content_type, whole.headers["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    part = await served.get(f"/api/tickets/{code}/recording", Role.OPERATOR, headers={"Range": "bytes=44-47"})
    assert (part.status, await part.read()) == (206, b"\1\0\2\0")


async def test_no_agency_and_nobody_else_hears_a_citizen(
    served: Interface, database: Database, still_clock: StillClock, tmp_path: Path
) -> None:
    code = await told(served, database, still_clock, tmp_path)
    await served.move(code, Role.OPERATOR, "classify", topic="giao-thong", place="29869")
    await served.move(code, Role.OPERATOR, "route")
    for what in ("words", "recording"):
        for role in (Role.OFFICER, Role.APPROVER, Role.APP):
            assert (await served.get(f"/api/tickets/{code}/{what}", role)).status == 403
        assert (await served.get(f"/api/tickets/{code}/{what}")).status == 401


async def test_the_call_of_a_sealed_ticket_is_sealed_with_it(
    served: Interface, database: Database, still_clock: StillClock, tmp_path: Path
) -> None:
    code = await told(served, database, still_clock, tmp_path)
    await served.move(code, Role.OPERATOR, "divert", kind="denunciation")
    for what in ("words", "recording"):
        assert (await served.get(f"/api/tickets/{code}/{what}", Role.LEADER)).status == 404
