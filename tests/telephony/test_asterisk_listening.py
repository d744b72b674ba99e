"""Listening on a real Asterisk with three real telephones: who hears whom in each mode, by the energy of tones that stand for voices."""

import asyncio
import wave
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from hotline1022.base import migrate
from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database
from telephony.ami import Ami
from telephony.ari import Ari
from telephony.ari_link import AriLink
from telephony.caller import CallerFacts
from telephony.floor.floor import Floor
from telephony.floor.hearing import FloorEar
from telephony.floor.phones import PhoneAccounts
from telephony.floor.roster import Roster
from telephony.leading.listening import Listening
from telephony.leading.store import listening_modes, listenings
from telephony.leading.wire import PREFIX, Wire
from telephony.line import MEDIA_APP
from telephony.naming import QUEUE
from telephony.phone import Phone
from telephony.recorder import Recorder, until_closed
from tests.asterisk import RunningAsterisk, running_asterisk, write_tone

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

CITIZEN, OPERATOR = 440, 600
LISTENS, WHISPERS, BARGES, AGAIN = 1000, 1400, 2000, 2600
"""The tones that people speak with; the leader has one for each mode."""

SPOKEN = 1.5
MINH = Actor(name="Minh", role=Role.LEADER, account=2)


def seconds_with(recording: Path, hertz: int) -> float:
    """For how long a tone is heard in a recording, whatever else is heard with it: windows of 50 ms."""
    with wave.open(str(recording), "rb") as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    size = rate // 20
    windows = samples[: len(samples) // size * size].reshape(-1, size)
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(size), axis=1)) * 4 / size
    return float(np.sum(spectrum[:, hertz // 20] > 1500) * 0.05)


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAsterisk]:
    """An Asterisk whose dialplan alone brings callers into the queue: no menu is needed here."""
    with running_asterisk(tmp_path_factory.mktemp("listening")) as running:
        yield running


@dataclass
class Told:
    """What screens were told."""

    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, kind: str, _audience: Mapping[str, Any], /, **facts: Any) -> None:
        """See Tell."""
        self.messages.append((kind, facts))
        self.changed.set()

    async def until(self, look: Callable[[], Any]) -> None:
        """Wait until something that is told is so."""
        async with asyncio.timeout(20):
            while not look():
                self.changed.clear()
                await self.changed.wait()


@dataclass
class Shift:
    """A floor on the real Asterisk."""

    asterisk: RunningAsterisk
    ari: Ari
    roster: Roster
    floor: Floor
    listening: Listening
    database: Database
    told: Told

    def facts_of(self, channel: str) -> CallerFacts | None:
        """See Callers: every channel may be a citizen's."""
        at = SystemClock().now()
        return CallerFacts(call=f"node-1-{channel}", number=None, arrived_at=at, recorded=True) if channel else None

    @asynccontextmanager
    async def at_work(self, account: int, name: str, record: Path) -> AsyncIterator[Phone]:
        """Somebody on shift at a telephone that takes what rings."""
        shift = await self.floor.sign_on(account, name)
        user, password = shift.phone.extension, shift.phone.password
        async with Phone.operator(self.asterisk.sip, user=user, password=password, record=record) as phone:
            assert await phone.until("registered", code=200)
            yield phone

    def state(self, account: int) -> tuple[str, str | None]:
        """How somebody stands."""
        presence = self.roster.shifts[account].presence
        return presence.state, presence.reason

    async def rows(self) -> list[Any]:
        """The journal of listenings."""
        async with self.database.reading() as connection:
            return list(await connection.execute(select(listenings).order_by(listenings.c.id)))

    async def written(self, done: Callable[[Any], Any]) -> Any:
        """The one row of the journal, once it says this."""
        async with asyncio.timeout(10):
            while not done((await self.rows())[-1]):
                await asyncio.sleep(0.02)
        return (await self.rows())[-1]

    async def nothing_left(self) -> None:
        """Nothing is left of listenings in Asterisk: a channel that is hung up is gone some milliseconds later."""
        async with asyncio.timeout(5):
            while any(
                each["id"].startswith(PREFIX) for each in [*await self.ari.channels(), *await self.ari.bridges()]
            ):
                await asyncio.sleep(0.02)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """A migrated database; that both kinds keep what they are given is claimed elsewhere."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}"
    await migrate.upgrade(url)
    opened = Database(url)
    yield opened
    await opened.close()


@pytest.fixture
async def shift(asterisk: RunningAsterisk, database: Database) -> AsyncIterator[Shift]:
    """A floor, connected."""
    settings, clock = asterisk.settings, SystemClock()
    base = f"http://127.0.0.1:{settings.ari_port}/ari"
    async with AsyncExitStack() as stack:
        link = await stack.enter_async_context(AriLink(base, "service", settings.ari_password, MEDIA_APP))
        ari, ami = Ari(link), Ami("127.0.0.1", settings.ami_port, "service", settings.ami_secret)
        told = Told()
        roster, phones = Roster(ari, ami, told.tell), PhoneAccounts(ari, "", webrtc=False)
        common: dict[str, Any] = {"clock": clock, "ari": ari, "phones": phones, "roster": roster, "database": database}
        floor = Floor(**common, ami=ami)
        listening = Listening(
            node="node-1", clock=clock, database=database, roster=roster, wire=Wire(ari, MEDIA_APP, "1022")
        )
        made = Shift(asterisk, ari, roster, floor, listening, database, told)
        ear = FloorEar(**common, callers=made)

        async def signed_in() -> None:
            await ear.ami_is_back(await ami.list("QueueStatus", Queue=QUEUE))

        async def connected() -> None:
            await ear.asterisk_is_back()

        async with asyncio.TaskGroup() as group:
            works = [
                group.create_task(link.listen(listening.hear, connected)),
                group.create_task(ami.run(ear.hear, signed_in)),
                group.create_task(listening.run()),
            ]
            await asyncio.wait_for(link.connected.wait(), 10)
            await asyncio.wait_for(ami.connected.wait(), 10)
            yield made
            for account in list(roster.shifts):
                await roster.leave(roster.shifts[account])
            for work in works:
                work.cancel()


@dataclass
class Talk:
    """A citizen who talks to an operator, and a leader on shift; each with what they hear."""

    citizen: Phone
    operator: Phone
    leader: Phone
    heard: Mapping[str, Path]


@asynccontextmanager
async def talk(shift: Shift, folder: Path) -> AsyncIterator[Talk]:
    """They talk, both without a pause."""
    heard = {name: folder / f"{name}.wav" for name in ("citizen", "operator", "leader")}
    voices = {hertz: write_tone(folder / f"{hertz}.wav", hertz, 3.0, rate=16000) for hertz in (CITIZEN, OPERATOR)}
    ringing = Phone.ring(f"sip:1022@{shift.asterisk.sip}", record=heard["citizen"])
    async with (
        shift.at_work(1, "Lan", heard["operator"]) as operator,
        shift.at_work(2, "Minh", heard["leader"]) as leader,
    ):
        await shift.floor.be_ready(1)
        async with ringing as citizen:
            await citizen.script("wait 1", *[f"say {voices[CITIZEN]}"] * 20)
            await operator.script(*[f"say {voices[OPERATOR]}"] * 20)
            await shift.told.until(lambda: shift.state(1)[0] == "talking")
            yield Talk(citizen, operator, leader, heard)


async def test_a_whisper_is_never_heard_by_the_citizen_and_who_takes_part_is_heard_by_all(
    shift: Shift, tmp_path: Path
) -> None:
    voices = {
        hertz: write_tone(tmp_path / f"{hertz}.wav", hertz, SPOKEN, rate=16000)
        for hertz in (LISTENS, WHISPERS, BARGES, AGAIN)
    }
    takes = shift.asterisk.settings.folder / "spool" / "recording"
    recorder = Recorder(shift.ari, MEDIA_APP, takes)
    async with talk(shift, tmp_path) as people:
        call = shift.roster.shifts[1].presence.call
        assert call is not None
        await recorder.start(call.channel)
        await shift.listening.begin(MINH, 1, "listen", "Kèm người mới")
        assert shift.floor.on_call(call.call) == {1, 2}
        await shift.written(lambda row: row.heard_at)
        await people.leader.do(f"say {voices[LISTENS]}")
        await shift.listening.change(MINH, 1, "whisper")
        await people.leader.do(f"say {voices[WHISPERS]}")
        await shift.listening.change(MINH, 1, "barge")
        await people.leader.do(f"say {voices[BARGES]}")
        await shift.listening.change(MINH, 1, "listen")
        await people.leader.do(f"say {voices[AGAIN]}")
        await shift.listening.stop(MINH, 1)
        await shift.nothing_left()
        assert shift.floor.on_call(call.call) == {1}
        up = {each["id"] for each in await shift.ari.channels() if each["state"] == "Up"}
        assert {call.channel, call.leg} <= up, "the call goes on without the leader"
    heard = people.heard
    recorded = recorder.sides(call.channel)[1]
    await until_closed([recorded])
    by = {who: [seconds_with(file, hertz) for hertz in voices] for who, file in heard.items()}
    by["recording"] = [seconds_with(recorded, hertz) for hertz in voices]
    enough = pytest.approx(SPOKEN, abs=0.4)
    assert by["citizen"] == [0, 0, enough, 0], by
    assert by["operator"] == [0, enough, enough, 0], by
    assert by["recording"] == [0, 0, enough, 0], by
    assert by["leader"] == [0, 0, 0, 0], "nobody hears themselves"
    assert seconds_with(heard["leader"], CITIZEN) > 4 * SPOKEN - 1
    assert seconds_with(heard["leader"], OPERATOR) > 4 * SPOKEN - 1
    row = await shift.written(lambda row: row.ended_at)
    assert (row.leader, row.operator, row.call, row.mode, row.reason, row.end) == (
        "Minh", "Lan", call.call, "listen", "Kèm người mới", "stopped",
    )  # fmt: skip
    async with shift.database.reading() as connection:
        modes = list(await connection.scalars(select(listening_modes.c.mode).order_by(listening_modes.c.id)))
    assert modes == ["whisper", "barge", "listen"]


async def test_the_operator_always_sees_who_listens_and_the_queue_does_not_ring_the_leader(
    shift: Shift, tmp_path: Path
) -> None:
    async with talk(shift, tmp_path):
        await shift.floor.be_ready(2)
        await shift.listening.begin(MINH, 1, "whisper", "Người dân bức xúc")
        seen = [facts["operator"]["listeners"] for kind, facts in shift.told.messages if kind == "You"][-1]
        assert [(each["name"], each["mode"]) for each in seen] == [("Minh", "whisper")]
        assert shift.state(2) == ("paused", "listening")
        assert shift.roster.shifts[2].queue_rings is False
        await shift.written(lambda row: row.heard_at)
        call = shift.roster.shifts[1].presence.call
        assert call is not None
        await shift.floor.hang_up(1, call.call)
        await shift.told.until(lambda: shift.roster.shifts[1].listeners == () and shift.state(2)[0] == "ready")
    row = await shift.written(lambda row: row.ended_at)
    assert row.end == "call-over"
    await shift.nothing_left()


async def test_a_leader_whose_page_dies_listens_no_longer_and_the_call_goes_on(shift: Shift, tmp_path: Path) -> None:
    async with talk(shift, tmp_path) as people:
        await shift.listening.begin(MINH, 1, "barge", "Khẩn cấp")
        await shift.written(lambda row: row.heard_at)
        await people.leader.script("hangup")
        await shift.told.until(lambda: shift.roster.shifts[1].listeners == ())
        row = await shift.written(lambda row: row.ended_at)
        assert row.end == "leader-gone"
        await shift.nothing_left()
        assert shift.state(1)[0] == "talking"
        assert shift.state(2) == ("paused", "start")


async def test_what_a_dead_service_has_left_is_taken_away_and_told(shift: Shift, tmp_path: Path) -> None:
    async with talk(shift, tmp_path) as people:
        await shift.listening.begin(MINH, 1, "whisper", "Kèm người mới")
        await shift.written(lambda row: row.heard_at)
        wire = Wire(shift.ari, MEDIA_APP, "1022")
        next_run = Listening(
            node="node-1", clock=SystemClock(), database=shift.database, roster=shift.roster, wire=wire
        )
        running = asyncio.create_task(next_run.run())
        assert await people.leader.until("ended")
        row = await shift.written(lambda row: row.ended_at)
        assert row.end == "service-restarted"
        running.cancel()
        await asyncio.wait({running})
