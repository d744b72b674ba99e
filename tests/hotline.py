"""A whole hotline for tests: its own folder and ports, a real Asterisk, the service as a process, a transcriber node that hears loudness.

Its prompts are tones (``tests.ear``) and its menu is the shipped one with shorter waits, both by a province's own means: files in the
data folder. Everything is stopped by its process id, and nothing is left behind.
"""

import asyncio
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from sqlalchemy import Connection, Select, create_engine, select
from sqlalchemy import Engine as DatabaseEngine

import ivr.prompt_book
from hotline1022 import installation
from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database, metadata
from hotline1022.base.outbox import outbox
from hotline1022.config import Settings
from ivr.shelf import SHIPPED_FLOW
from telephony.asterisk.keeping import keep_running
from telephony.asterisk.process import AsteriskProcess
from telephony.phone import Phone, PhoneReport
from telephony.store import calls
from tests.asterisk import RunningAsterisk, asterisk_program, free_port, write_tone
from tests.ear import heard, said_digits, write_prompts
from tests.loud_node import LoudNode
from tickets.store import tickets

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds after which something that should happen in one or two is given up."""

VOICE_HZ = 440
"""The tone that stands for the caller's voice."""

QUICK = {
    "notice": (r"(  notice:\n(?:    .*\n)*?    seconds: )\d+", "1"),
    "waits": (r"(    seconds: )(?:4|5|7)\b", "2.5"),
    "next": (r"(  told-next:\n(?:    .*\n)*?    seconds: )[\d.]+", "1"),
    "code": (r"(pause: )4", "1.5"),
    "silence": (r"(silence_seconds: )6", "2"),
    "length": (r"(max_seconds: )180", "15"),
}
"""Numbers of the shipped menu that a test need not wait for, and what they become."""

MENU_WAITS = "hear-silence 1.5"
"""A silence longer than that behind the notice: the menu waits for a key."""

LINE_LISTENS = "hear-silence 0.5"
"""Prompts follow each other faster: the beep is over."""


def quick_flow() -> str:
    """The shipped menu with shorter waits; its paths are the same."""
    text = SHIPPED_FLOW.read_text(encoding="utf-8")
    for pattern, number in QUICK.values():
        text, found = re.subn(pattern, rf"\g<1>{number}", text)
        assert found, pattern
    return text


@dataclass(frozen=True, kw_only=True)
class Rung:
    """What a citizen lived through: the telephone's report and what it recorded."""

    number: str
    phone: PhoneReport
    recording: Path

    @property
    def prompts(self) -> list[str]:
        """The prompts that were heard, in order."""
        return heard(self.recording)

    @property
    def digits(self) -> str:
        """The digits that were said to the caller."""
        return said_digits(self.recording)


class RunningHotline:
    """An installation whose parts a test starts and kills."""

    def __init__(self, settings: Settings, asterisk: RunningAsterisk, node: LoudNode, database: DatabaseEngine) -> None:
        self.settings, self.asterisk, self.node = settings, asterisk, node
        self._database = database
        self._service: subprocess.Popen[bytes] | None = None
        self._recordings = 0
        self.voice = write_tone(settings.data / "voice.wav", VOICE_HZ, 3.0, rate=16000)

    # The service ------------------------------------------------------------------------------------------------------

    @property
    def log(self) -> str:
        """Everything that the service has logged."""
        return (self.settings.data / "log" / "serve.log").read_text(encoding="utf-8")

    def start_service(self) -> None:
        """Start the service and wait until it serves calls; nothing happens when it runs."""
        if self._service is not None and self._service.poll() is None:
            return
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")}
        with (self.settings.data / "log" / "serve.log").open("ab") as log:
            self._service = subprocess.Popen(
                [sys.executable, "-m", "hotline1022", "serve", "--data", str(self.settings.data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                cwd=Path(__file__).parent.parent,
            )
        self.until(self.is_ready, "the service serves calls", 2 * PATIENCE)

    def is_ready(self) -> bool:
        """Whether the service says that both of its connections to Asterisk stand."""
        assert self._service is None or self._service.poll() is None, f"the service ended:\n{self.log[-3000:]}"
        told = self.health()
        return bool(told and told["asterisk"] and told["queue"])

    def health(self) -> dict[str, Any] | None:
        """What the service says of itself; None when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.settings.http_port}/health", timeout=2) as answer:
                told: dict[str, Any] = json.load(answer)
                return told
        except OSError:
            return None

    def kill_service(self) -> None:
        """As a crash does."""
        self._end_service(signal.SIGKILL)

    def stop_service(self) -> None:
        """In order."""
        self._end_service(signal.SIGTERM)

    def _end_service(self, number: signal.Signals) -> None:
        if self._service is not None:
            with suppress(ProcessLookupError):
                self._service.send_signal(number)
            self._service.wait(20)
            self._service = None

    # Citizens ---------------------------------------------------------------------------------------------------------

    async def ring(self, *script: str, number: str, name: str = "", then: Callable[[Phone], Any] | None = None) -> Rung:
        """Ring the hotline, do the script, and listen until it hangs up (or we do); ``then`` may look at the call meanwhile."""
        self._recordings += 1
        recording = self.settings.data / f"heard-{self._recordings}.wav"
        destination = f"sip:{self.settings.hotline_number}@{self.asterisk.sip}"
        async with Phone.ring(destination, number=number, name=name, record=recording) as phone:
            await phone.script(*script, "wait 60")
            looking = asyncio.ensure_future(then(phone)) if then else None
            report = await phone.finished()
            if looking:
                await looking
        return Rung(number=number, phone=report, recording=recording)

    async def ari(self, resource: str) -> list[dict[str, Any]]:
        """What Asterisk lists."""
        user = aiohttp.encode_basic_auth("service", self.settings.ari_password.get_secret_value())
        url = f"http://127.0.0.1:{self.settings.ari_port}/ari/{resource}"
        headers = {"Authorization": user}
        async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
            found: list[dict[str, Any]] = await answer.json()
            return found

    # What stands in the database --------------------------------------------------------------------------------------

    def rows(self, query: Select[Any]) -> list[Any]:
        """The rows that a query gives now."""
        with self._database.connect() as connection:
            return list(connection.execute(query))

    def connect(self) -> AbstractContextManager[Connection]:
        """A transaction of the test's own on the hotline's database."""
        return self._database.begin()

    def call(self, number: str | None) -> Any:
        """The latest call of this number (E.164), or None."""
        found = self.rows(select(calls).where(calls.c.number == number).order_by(calls.c.arrived_at.desc()))
        return found[0] if found else None

    def ended_call(self, number: str | None) -> Any:
        """The latest call of this number, once its end and its recording (if there is to be one) stand."""

        def finished() -> Any:
            call = self.call(number)
            if call is None or call.ended_at is None:
                return None
            return None if call.recorded and not (call.recording or call.recording_lost) else call

        return self.until(finished, f"the call of {number} stands in the database")

    def tickets_of(self, call: str) -> list[Any]:
        """The tickets of a call."""
        return self.rows(select(tickets).where(tickets.c.call == call))

    def ticket_of(self, call: str) -> Any:
        """The one ticket of a call, once it stands."""
        self.until(lambda: self.tickets_of(call), f"a ticket of {call}")
        self.settle(call)
        (ticket,) = self.tickets_of(call)
        return ticket

    def events_of(self, call: str) -> list[Any]:
        """What was recorded of a call, in order."""
        return [row for row in self.rows(select(outbox).order_by(outbox.c.at)) if row.payload.get("call") == call]

    def event_of(self, call: str, name: str) -> dict[str, Any]:
        """The one event of this name of a call."""
        (found,) = [row.payload for row in self.events_of(call) if row.name == name]
        return dict(found)

    def settle(self, call: str) -> None:
        """Wait until everything that was told of a call has been handed to its jobs."""
        self.until(lambda: all(row.handed_at for row in self.events_of(call)), f"the events of {call} are handed over")

    def recording_of(self, call: Any) -> Path:
        """The file of a call's recording."""
        return self.settings.data / "recordings" / str(call.recording)

    def until(self, look: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
        """Look until there is something to see; fails with ``what`` when it does not come."""
        end = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}\n{self.log[-2000:]}"
            time.sleep(0.05)
        return found


@contextmanager
def running_hotline(database_url: str = "", jobs_database_url: str = "", **settings: str) -> Iterator[RunningHotline]:
    """A prepared installation whose Asterisk and node run; the service is started by the test. ``settings`` by their names."""
    program = asterisk_program()
    data = Path(tempfile.mkdtemp(prefix="hotline-"))  # short: Asterisk refuses long paths
    try:
        chosen = _prepare(data, database_url, jobs_database_url, settings)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="asterisk", daemon=True)
        thread.start()
        line = installation.line_settings(chosen)
        asterisk = RunningAsterisk(settings=line, program=program, process=AsteriskProcess(line, program), loop=loop)
        database = create_engine(_plain(chosen.database))
        with ExitStack() as stack:
            stack.callback(_end_loop, loop, thread)
            stack.callback(database.dispose)
            asterisk.call(asterisk.process.start())
            stack.callback(lambda: asterisk.call(asterisk.process.stop()))
            keeping = asyncio.run_coroutine_threadsafe(
                keep_running(asterisk.process), loop
            )  # as `hotline1022 run` does
            stack.callback(keeping.cancel)
            node = LoudNode(chosen)
            stack.callback(node.close)
            hotline = RunningHotline(chosen, asterisk, node, database)
            stack.callback(hotline.stop_service)
            yield hotline
    finally:
        shutil.rmtree(data)


def _end_loop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _prepare(data: Path, database_url: str, jobs_database_url: str, more: Mapping[str, str]) -> Settings:
    first_rtp = random.randrange(40_000, 60_000, 2)
    chosen: dict[str, object] = {name.upper(): free_port(kind) for name, kind in installation.PORTS.items()}
    chosen |= {"RTP_FIRST_PORT": first_rtp, "RTP_LAST_PORT": first_rtp + 199, "HOURS": "always", "RECOGNISER": "none"}
    chosen |= {"DATABASE_URL": database_url, "JOBS_DATABASE_URL": jobs_database_url}
    chosen |= more
    lines = [f"HOTLINE_{name}={value}\n" for name, value in chosen.items()]
    (data / "settings.env").write_text("".join(lines), encoding="utf-8")
    (data / "log").mkdir()
    (data / "flows").mkdir()
    (data / "flows" / "default.yaml").write_text(quick_flow(), encoding="utf-8")
    write_prompts(data / "prompts" / "vi", frozenset(ivr.prompt_book.load_book()))
    settings = installation.write_settings(data)
    asyncio.run(_prepare_database(settings))
    installation.lay_prompts(settings)
    return settings


async def _prepare_database(settings: Settings) -> None:
    await installation.prepare_database(settings, SystemClock())
    # Tables that have no revision yet can be tested all the same; that they lack one is told by tests/base/test_migrate.py.
    database = Database(settings.database)
    async with database.transaction() as connection:
        await connection.run_sync(metadata.create_all)
    await database.close()


def _plain(url: str) -> str:
    return url.replace("+aiosqlite", "").replace("+asyncpg", "+psycopg")


def together(*ringing: Any) -> Sequence[Any]:
    """Several citizens at once."""

    async def all_of_them() -> Sequence[Any]:
        return await asyncio.gather(*ringing)

    return asyncio.run(all_of_them())


__all__ = [
    "LINE_LISTENS",
    "MENU_WAITS",
    "PATIENCE",
    "VOICE_HZ",
    "Rung",
    "RunningHotline",
    "running_hotline",
    "together",
]
