"""A citizen's spoken comment in a survey, from the channel's recording to words."""

from telephony.events import OutgoingCallEnded
from tests.conftest import StillClock
from tests.hotline1022.test_story import SAID, Told, silence, told

__all__ = ["told"]


async def test_what_a_citizen_says_in_a_survey_becomes_words(told: Told, clock: StillClock) -> None:
    silence(told.takes / "an-attempt-take-1.wav")
    ended = OutgoingCallEnded(
        at=clock.now(),
        attempt="an-attempt",
        call="node-1-an-attempt",
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
    best = await told.story._transcripts.best("node-1-an-attempt")
    assert best is not None
    assert best.text == SAID
    assert told.node.asked[0][0] == "caller", "what the hotline itself asked is not transcribed"
