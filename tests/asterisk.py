"""A real Asterisk for tests: found, started on free ports in a private folder, stopped; and ears for recordings.

Any test may use the fixture ``asterisk`` (tests/telephony/conftest.py) or ``running_asterisk`` directly.
"""

import asyncio
import os
import random
import socket
import threading
import time
import wave
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from telephony.asterisk.configuration import LineSettings
from telephony.asterisk.process import AsteriskProcess
from telephony.asterisk.program import AsteriskProgram, find

T = TypeVar("T")

TONES = {
    "fallback-greeting": 700,
    "fallback-thanks": 900,
    "fallback-no-recording": 1100,
    "queue-wait": 1300,
    "survey-broken": 1500,
}
"""Each of the configuration's prompts is a tone of its own here, so that a test can tell which was heard."""

PROMPT_SECONDS = 0.5
"""How long each of them is."""

VOICE = 440
"""The tone that stands for the caller's voice."""

VOICE_SECONDS = 1.2
"""How long the caller speaks."""


def asterisk_program() -> AsteriskProgram:
    """The program that tests use; skips the test, and says why, where there is none."""
    prefix = os.environ.get("HOTLINE_ASTERISK_PREFIX")
    unpacked = Path(os.environ.get("HOTLINE_DATA", "var")).absolute() / "asterisk" / "program"
    program = find(Path(prefix) if prefix else None, unpacked)
    if program is None:
        pytest.skip("no Asterisk >= 20 on PATH, in $HOTLINE_ASTERISK_PREFIX or in the data folder: run `make setup`")
    return program


@dataclass(frozen=True, kw_only=True)
class RunningAsterisk:
    """An Asterisk that runs, and what a test may want to know of it. Its methods work from any thread and loop."""

    settings: LineSettings
    program: AsteriskProgram
    process: AsteriskProcess
    loop: asyncio.AbstractEventLoop

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do ``work`` in the loop that Asterisk's process belongs to."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self.loop)
        return future.result(60)

    def command(self, line: str) -> str:
        """What the console answers."""
        return self.call(self.process.command(line))

    @property
    def log(self) -> str:
        """Everything that the installation's log says since the start."""
        return (self.settings.folder / "log" / "messages").read_text("utf-8")

    @property
    def warnings(self) -> list[str]:
        """The lines that Asterisk gave out as a warning or an error; an installation does not log the warnings."""
        lines = (self.settings.folder / "log" / "warnings").read_text("utf-8", "replace").splitlines()
        return [line for line in lines if "WARNING[" in line or "ERROR[" in line]

    @property
    def sip(self) -> str:
        """``address:port`` of the SIP side."""
        return f"{self.settings.sip_address}:{self.settings.sip_port}"

    def reports(self) -> list[Path]:
        """The voice reports in the spool, once every call is over (a file gets its header after the hang-up)."""
        deadline = time.monotonic() + 10
        while self.channels():
            assert time.monotonic() < deadline, "a call does not end"
        return sorted(self.settings.reports.iterdir())

    def channels(self) -> list[str]:
        """The names of the channels that exist now."""
        lines = self.command("core show channels concise").splitlines()
        return [line.split("!", 1)[0] for line in lines if "!" in line]


def line_settings(folder: Path, **changed: Any) -> LineSettings:
    """Settings for a private Asterisk: free ports, the trunk at 127.0.0.2."""
    first_rtp = random.randrange(40_000, 60_000, 2)
    values: dict[str, Any] = {
        "folder": folder,
        "hotline_number": "1022",
        "sip_address": "127.0.0.1",
        "sip_port": free_port(socket.SOCK_DGRAM),
        "rtp_first_port": first_rtp,
        "rtp_last_port": first_rtp + 199,
        "trunk_addresses": ("127.0.0.2",),
        "ari_port": free_port(),
        "ami_port": free_port(),
        "calls_port": free_port(),
        "ari_password": "ari-password-of-a-test",
        "ami_secret": "ami-secret-of-a-test",
        "calls_password": "calls-password-of-a-test",
    }
    return LineSettings(**{**values, **changed})


@contextmanager
def running_asterisk(folder: Path, **changed: Any) -> Iterator[RunningAsterisk]:
    """Start a private Asterisk in ``folder``, with a thread and loop of its own, and stop it at the end."""
    program = asterisk_program()
    settings = line_settings(folder, **changed)
    write_prompts(settings.sounds)
    (folder / "local").mkdir()
    (folder / "local" / "logger.conf").write_text("[logfiles](+)\nwarnings => warning,error\n", "utf-8")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="asterisk")
    thread.start()
    running = RunningAsterisk(settings=settings, program=program, process=AsteriskProcess(settings, program), loop=loop)
    try:
        running.call(running.process.start())
        yield running
    finally:
        running.call(running.process.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port of the loopback address that nobody holds at this moment."""
    with socket.socket(socket.AF_INET, kind) as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def listening(pid: int) -> tuple[set[tuple[str, int]], set[tuple[str, int]]]:
    """(address, port) of every TCP socket that listens and of every UDP socket of a process."""
    own = {os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()}
    found: dict[str, set[tuple[str, int]]] = {"tcp": set(), "udp": set()}
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text("ascii").splitlines()[1:]:
            fields = line.split()
            if f"socket:[{fields[9]}]" not in own or (table.startswith("tcp") and fields[3] != "0A"):
                continue
            address, port = fields[1].split(":")
            words = [bytes.fromhex(address)[start : start + 4][::-1] for start in range(0, len(address) // 2, 4)]
            family = socket.AF_INET6 if table.endswith("6") else socket.AF_INET
            found[table[:3]].add((socket.inet_ntop(family, b"".join(words)), int(port, 16)))
    return found["tcp"], found["udp"]


def write_prompts(folder: Path, tones: Mapping[str, int] = TONES) -> None:
    """Put a tone in the place of each prompt."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frequency in tones.items():
        write_tone(folder / f"{name}.wav", frequency, PROMPT_SECONDS)


def write_tone(path: Path, frequency: float, seconds: float, rate: int = 8000) -> Path:
    """A WAV of one loud tone."""
    samples = 12_000 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def seconds_of_tone(path: Path, frequency: float) -> float:
    """For how many seconds the tone ``frequency`` is the loudest thing in a mono WAV, heard in windows of 50 ms."""
    with wave.open(str(path), "rb") as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    size = rate // 20
    windows = samples[: len(samples) // size * size].reshape(-1, size)
    if not len(windows):
        return 0.0
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(size), axis=1)) * 4 / size
    loudest = np.argmax(spectrum, axis=1) * rate / size
    loud = spectrum.max(axis=1) > 1500
    return float(np.sum(loud & (np.abs(loudest - frequency) <= 1.01 * rate / size)) * 0.05)
