"""One caller's channel and its socket: what is done with an Asterisk that is silent, closes, or tells half."""

import asyncio
from pathlib import Path

import pytest

from telephony import phone_channel
from telephony.ari import Ari, LineClosed, LineDown
from telephony.call_socket import CallSocket
from telephony.phone_channel import PhoneChannel
from tests.telephony.fake_line import FakeAri


async def test_an_answer_that_the_end_of_the_socket_cut_off_is_told_apart_from_silence() -> None:
    class Closing:
        """Ends as soon as something was asked."""

        def __init__(self) -> None:
            self.asked = asyncio.Event()

        async def send_json(self, _message: object) -> None:
            self.asked.set()

        def __aiter__(self) -> "Closing":
            return self

        async def __anext__(self) -> object:
            await self.asked.wait()
            raise StopAsyncIteration

    socket = CallSocket(Closing())  # type: ignore[arg-type]
    reading = asyncio.create_task(socket.read())
    with pytest.raises(LineClosed):
        await Ari(socket).leave("c")
    await reading
    assert await socket.events.get() is None


async def test_a_playback_that_never_ends_is_given_up_and_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phone_channel, "LONGEST_PLAYBACK_SECONDS", 0.02)
    line = FakeAri()
    with pytest.raises(LineDown):
        await PhoneChannel("c", Ari(line), Path()).play([Path("/sounds/menu")])
    assert [method for method, resource, _ in line.asked if resource.startswith("playbacks/")] == ["DELETE"]


async def test_a_request_that_is_never_answered_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("telephony.call_socket.ANSWER_SECONDS", 0.02)

    class Silent:
        async def send_json(self, _message: object) -> None:
            """Nobody answers."""

    socket = CallSocket(Silent())  # type: ignore[arg-type]
    with pytest.raises(LineDown):
        await Ari(socket).answer("c")


@pytest.mark.parametrize(
    ("finished", "key", "ended_by"),
    [({"duration": 9}, True, "key"), ({"duration": 15}, False, "length"), ({"silence_duration": 2}, False, "silence")],
)
async def test_why_a_recording_ended_is_told(
    tmp_path: Path, finished: dict[str, int], key: bool, ended_by: str
) -> None:
    line = FakeAri()
    channel = PhoneChannel("c", Ari(line), tmp_path)
    recording = asyncio.create_task(channel.record(max_seconds=15, silence_seconds=2, beep=True))
    name = (await line.until("/record"))[2]["name"]
    await asyncio.sleep(0)
    if key:
        channel.hear({"type": "ChannelDtmfReceived", "digit": "#"})
    channel.hear({"type": "RecordingFinished", "recording": {"name": name, **finished}})
    take = await recording
    assert take is not None
    assert take.ended_by == ended_by


async def test_a_recording_that_the_caller_cut_off_is_no_answer(tmp_path: Path) -> None:
    line = FakeAri()
    channel = PhoneChannel("c", Ari(line), tmp_path)
    recording = asyncio.create_task(channel.record(max_seconds=15, silence_seconds=2, beep=True))
    name = (await line.until("/record"))[2]["name"]
    await asyncio.sleep(0)
    channel.hear({"type": "RecordingFinished", "recording": {"name": name, "duration": 3}})
    channel.lost("hangup-16")
    assert await recording is None
