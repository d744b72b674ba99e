"""A hotline of the bench's own: real Asterisk and real service in a temporary folder, prompts that are tones, and the same prompts
in plain dialplan beside it. It measures nothing.

Calls from ``CITIZENS`` take the product's way, calls from ``PLAIN`` the plain one. The plain way exists only in this
installation's generated configuration.
"""

import asyncio
import os
import random
import shutil
import socket
import sqlite3
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

import aiohttp

import ivr.prompt_book
from bench.tones import write_prompts
from hotline1022 import installation
from hotline1022.base.clock import SystemClock
from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings
from hotline1022.supervisor import Part, keep_all_running
from ivr.overrides import Overrides
from telephony.asterisk.configuration import LineSettings
from telephony.asterisk.process import AsteriskProcess
from telephony.asterisk.program import AsteriskProgram

CITIZENS = "127.0.0.2"
PLAIN = "127.0.0.3"
READY_SECONDS = 60.0
RTP_PORTS = 4000

_PLAIN_ENDPOINT = f"""
[plain]
type = endpoint
transport = sip
context = bench-arrival
identify_by = ip
disallow = all
allow = alaw
language = vi
dtmf_mode = auto_info
direct_media = no
rtp_symmetric = yes
force_rport = yes
media_address = 127.0.0.1
bind_rtp_to_media_address = yes

[plain]
type = identify
endpoint = plain
match = {PLAIN}
"""

_PLAIN_DIALPLAN = """
[bench-arrival]
exten => _X.,1,Goto(bench-plain,s,1)

[bench-plain]
exten => s,1,Answer()
 same => n,BackGround(greeting)
 same => n,BackGround(recording-notice)
 same => n,WaitExten(3)
exten => t,1,Goto(recorded,1)
exten => recorded,1,MixMonitor(,r({takes}/${{UNIQUEID}}-in.wav)t({takes}/${{UNIQUEID}}-out.wav))
 same => n,BackGround(emergency)
 same => n(menu),BackGround(menu)
 same => n,WaitExten(7)
exten => *,1,Goto(recorded,menu)
exten => 4,1,BackGround(ask-code)
 same => n,WaitExten(7)
exten => 2,1,Playback(no-operator&report-ask)
 same => n,Record({takes}/${{UNIQUEID}}-take.wav,6,180,k)
 same => n,Playback(received&code-is&{digits}&code-again&{digits}&closing)
 same => n,Hangup()
"""


@dataclass(frozen=True)
class Kept:
    """What the hotline has kept of calls: rows, rows whose end is known, finished recordings, tickets."""

    calls: int
    ended: int
    recordings: int
    tickets: int


@dataclass(frozen=True)
class RunningHotline:
    """An installation whose parts run."""

    settings: Settings
    asterisk: AsteriskProcess
    service: Part

    @property
    def sip(self) -> tuple[str, int]:
        """Where it is rung."""
        return self.settings.sip_bind, self.settings.sip_port

    def pids(self) -> dict[str, int]:
        """The processes to be weighed. Raises HotlineError when one is gone."""
        process = self.service.process
        if self.asterisk.pid is None or process is None or process.returncode is not None:
            raise HotlineError("Một phần của tổng đài đã dừng trong lúc đo", remedy="xem nhật ký (--keep)")
        return {"asterisk": self.asterisk.pid, "service": process.pid}

    def kept(self) -> Kept:
        """What stands in the database now."""
        with closing(sqlite3.connect(f"file:{self.settings.data / 'hotline.sqlite'}?mode=ro", uri=True)) as database:
            calls = database.execute(
                "SELECT count(arrived_at), count(ended_at), count(recording) FROM calls"
            ).fetchone()
            tickets = database.execute("SELECT count(*) FROM tickets").fetchone()
        return Kept(*calls, *tickets)

    def recordings(self) -> list[Path]:
        """The finished recordings."""
        return sorted((self.settings.data / "recordings").rglob("*.wav"))

    async def healthy(self, session: aiohttp.ClientSession) -> bool:
        """Whether every connection of the service stands. Raises OSError or aiohttp's errors when it does not answer."""
        async with session.get(f"http://127.0.0.1:{self.settings.http_port}/health") as answer:
            told = await answer.json()
        return bool(told["asterisk"] and told["queue"])


@asynccontextmanager
async def running_hotline(program: AsteriskProgram, *, keep: bool = False) -> AsyncIterator[RunningHotline]:
    """Start one, and stop it and remove its folder (unless ``keep``) at the end. Raises HotlineError."""
    folder = Path(tempfile.mkdtemp(prefix="hotline-bench-"))
    try:
        settings = await _prepared(folder)
        line = installation.line_settings(settings)
        itself = [sys.executable, "-m", "hotline1022"]
        parts = {
            name: Part(name, [*itself, name, "--data", str(folder)], folder / "log" / f"{name}.log")
            for name in ("serve", "transcriber")
        }
        async with AsteriskProcess(line, program) as asterisk:
            await _add_plain_dialplan(asterisk, line)
            running = asyncio.create_task(keep_all_running(list(parts.values())))
            try:
                hotline = RunningHotline(settings, asterisk, parts["serve"])
                await _until_healthy(hotline)
                yield hotline
            finally:
                running.cancel()
                await asyncio.wait({running})
    finally:
        if keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


async def _prepared(folder: Path) -> Settings:
    for name in [name for name in os.environ if name.startswith("HOTLINE_")]:
        del os.environ[name]  # what is set for another installation is not meant for this one
    ports = {name: installation.free_port(0, kind) for name, kind in installation.PORTS.items()}
    first = random.randrange(20_000, 60_000, 2)
    values = {
        **ports,
        "rtp_first_port": first,
        "rtp_last_port": first + RTP_PORTS - 1,
        "recogniser": "none",
        "hours": "always",
    }
    lines = "".join(f"HOTLINE_{name.upper()}={value}\n" for name, value in values.items())
    (folder / "settings.env").write_text(lines, encoding="utf-8")
    settings = installation.write_settings(folder)
    write_prompts(Overrides(folder).recordings, ivr.prompt_book.load_book())
    installation.lay_prompts(settings)
    await installation.prepare_database(settings, SystemClock())
    local = folder / "asterisk" / "local"
    local.mkdir(parents=True)
    (local / "pjsip.conf").write_text(_PLAIN_ENDPOINT, encoding="utf-8")
    return settings


async def _add_plain_dialplan(asterisk: AsteriskProcess, line: LineSettings) -> None:
    takes = line.folder / "spool" / "plain"
    takes.mkdir()
    digits = "&".join(["digit-7"] * 8)
    with (line.folder / "etc" / "extensions.conf").open("a", encoding="utf-8") as file:
        file.write(_PLAIN_DIALPLAN.format(takes=takes, digits=digits))
    await asterisk.command("module load app_mixmonitor.so")  # the plain way's recorder; the hotline does without it
    await asterisk.command("dialplan reload")


async def _until_healthy(hotline: RunningHotline) -> None:
    async with aiohttp.ClientSession() as session:
        try:
            async with asyncio.timeout(READY_SECONDS):
                while True:
                    try:
                        if await hotline.healthy(session):
                            return
                    except (aiohttp.ClientError, OSError):
                        pass
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise HotlineError(
                "Tổng đài để đo không khởi động được", remedy="chạy lại với --keep rồi xem log/"
            ) from error


def free_udp_port(address: str) -> int:
    """A UDP port of this address that nobody holds now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind((address, 0))
        return int(door.getsockname()[1])
