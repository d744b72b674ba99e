"""A citizen's spoken comment in a survey, from the channel's recording to words."""

from sqlalchemy import select

from hotline1022.base.outbox import outbox
from telephony.events import OutgoingCallEnded
from tests.asterisk import VOICE, write_tone
from tests.conftest import StillClock
from tests.ear import seconds_of
from tests.hotline1022.test_story import SAID, Told, told

__all__ = ["told"]

CALL = "node-1-an-attempt"


async def test_what_a_citizen_says_in_a_survey_becomes_words(told: Told, clock: StillClock) -> None:
    take = write_tone(told.takes / "an-attempt-take-1.wav", VOICE, 2.0)
    ended = OutgoingCallEnded(
        at=clock.now(),
        attempt="an-attempt",
        call=CALL,
        began_at=clock.now(),
        answered_at=clock.now(),
        outcome="answered",
        cause=16,
        result="completed",
        answers=(),
        recorded=True,
    )
    await told.ledger.record(ended)
    await told.happens()
    async with told.database.reading() as connection:
        ready = select(outbox.c.payload).where(outbox.c.name == "RecordingReady")
        (payload,) = (await connection.execute(ready)).scalars()
    recording = told.story._recordings.open(payload["path"])
    assert (payload["call"], payload["seconds"], take.exists()) == (CALL, 2.0, False)
    assert seconds_of(recording, VOICE) > 1.9, "the citizen is on the left"
    assert seconds_of(recording, VOICE, channel=1) == 0
    asked = ("caller", recording.stat().st_size)
    assert set(told.node.asked) == {asked}, "the whole recording is heard, and what the hotline itself asked is not"
    best = await told.story._transcripts.best(CALL)
    assert best is not None
    assert best.text == SAID
