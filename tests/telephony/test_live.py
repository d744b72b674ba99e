"""Live legs: every piece that was made is taken away, whichever end goes first and whatever is refused."""

import asyncio

import pytest

from telephony import live
from telephony.ari import Ari
from telephony.events import Side
from telephony.live import LiveLegs
from tests.telephony.fake_line import FakeAri


class Node:
    """Takes every leg, or none."""

    def __init__(self, address: str | None = "127.0.0.1:9") -> None:
        self.address = address
        self.admitted: list[str] = []
        self.released: list[str] = []

    async def admit(self, leg: str, call: str, side: Side) -> str | None:
        if self.address:
            self.admitted.append(leg)
        return self.address

    async def release(self, leg: str) -> None:
        self.released.append(leg)


async def attach(legs: LiveLegs, line: FakeAri) -> tuple[str, str, str]:
    """Attach a leg whose channels appear as in the real one; gives its media channel, snoop and bridge."""
    attaching = asyncio.create_task(legs.attach("call", "channel", "caller"))
    snoop = (await line.until("/snoop/"))[1].rsplit("/", 1)[1]
    media = (await line.until("externalMedia"))[2]["channelId"]
    bridge = (await line.until("bridges/"))[1].split("/")[1]
    legs.joined(media)
    legs.joined(snoop)
    await attaching
    return media, snoop, bridge


def taken_away(line: FakeAri) -> set[str]:
    """The identifiers of everything that was deleted."""
    return {resource.split("/")[1] for method, resource, _ in line.asked if method == "DELETE"}


async def test_a_leg_hears_one_side_and_sends_it_to_the_node() -> None:
    line, node = FakeAri(), Node()
    media, snoop, bridge = await attach(LiveLegs(Ari(line), "app", node), line)
    assert line.of("/snoop/")[0][2]["spy"] == "in"
    assert line.of("externalMedia")[0][2]["external_host"] == "127.0.0.1:9"
    assert line.of("addChannel")[0][1:] == (f"bridges/{bridge}/addChannel", {"channel": f"{media},{snoop}"})
    assert node.admitted == [media]
    assert taken_away(line) == set()


@pytest.mark.parametrize("first", [0, 1])
async def test_whichever_end_goes_first_the_rest_goes_too(first: int) -> None:
    line, node = FakeAri(), Node()
    legs = LiveLegs(Ari(line), "app", node)
    pieces = await attach(legs, line)
    await legs.gone(pieces[first])
    assert taken_away(line) == set(pieces)
    assert node.released == [pieces[0]]
    await legs.gone(pieces[1 - first])
    assert len(node.released) == 1


async def test_when_a_call_ends_its_legs_end() -> None:
    line, node = FakeAri(), Node()
    legs = LiveLegs(Ari(line), "app", node)
    pieces = await attach(legs, line)
    await legs.detach("another call")
    assert taken_away(line) == set()
    await legs.detach("call")
    assert taken_away(line) == set(pieces)


async def test_a_node_that_is_full_costs_the_call_nothing() -> None:
    line = FakeAri()
    await LiveLegs(Ari(line), "app", Node(None)).attach("call", "channel", "caller")
    assert line.asked == []


@pytest.mark.parametrize("part", ["bridges/", "externalMedia", "/snoop/"])
@pytest.mark.parametrize("status", [404, 500])
async def test_whatever_is_refused_nothing_is_left(part: str, status: int) -> None:
    line, node = FakeAri(refused={part: status}), Node()
    await LiveLegs(Ari(line), "app", node).attach("call", "channel", "caller")
    assert node.released == node.admitted
    assert len([method for method, _, _ in line.asked if method == "DELETE"]) == 3


async def test_a_channel_that_never_appears_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "JOIN_SECONDS", 0.02)
    line, node = FakeAri(), Node()
    await LiveLegs(Ari(line), "app", node).attach("call", "channel", "caller")
    assert node.released == node.admitted
    assert len(taken_away(line)) == 3


async def test_pieces_of_an_earlier_run_are_swept_away_and_recordings_stay() -> None:
    line = FakeAri()
    legs = LiveLegs(Ari(line), "app", Node())
    media, snoop, bridge = await attach(legs, line)
    channels = [
        {"id": "caller", "name": "PJSIP/trunk-1"},
        {"id": media, "name": "AudioSocket/ours"},
        {"id": snoop, "name": "Snoop/ours"},
        {"id": "recording", "name": "Snoop/recording"},
        {"id": "stray-media", "name": "AudioSocket/stray"},
        {"id": "stray-snoop", "name": "Snoop/stray"},
    ]
    bridges = [
        {"id": bridge, "bridge_class": "stasis", "channels": [media, snoop]},
        {"id": "stray-bridge", "bridge_class": "stasis", "channels": ["stray-media", "stray-snoop"]},
        {"id": "queue", "bridge_class": "basic", "channels": ["caller"]},
    ]
    assert await legs.sweep(channels, bridges) == 3
    assert taken_away(line) == {"stray-media", "stray-snoop", "stray-bridge"}
