"""A telephone under a script: the simulated citizen of `hotline1022 call` and `demo`, the operator of tests.

It knows nothing of the service but an address to ring.

The telephone is pjsua2 (the optional extra `phone`) in a process of its own, ``telephony.phone_process``.
"""

import asyncio
import contextlib
import importlib.util
import json
import sys
import tempfile
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote_from_bytes

import numpy as np
import soxr

from hotline1022.base.errors import HotlineError

Codec = Literal["PCMA", "PCMU", "G722", "opus"]

_STEPS = "wait GIÂY, silence GIÂY, keys PHÍM, say TỆP.wav, hear-silence [GIÂY], rfc4733, info, hangup"
_LAST_WORDS = 5.0
"""Seconds that the process gets to hang up and finish its recording."""


@dataclass(frozen=True, kw_only=True)
class PhoneEvent:
    """Something that happened to the phone, ``at`` so many seconds after its start.

    Kinds: ``ready`` (it can be rung), ``state`` (state, code, reason), ``media``, ``step`` and ``done`` (number, step), ``digit`` (digit),
    ``registered`` (code, reason), ``incoming`` (caller), ``ended`` (code, reason, received, sent, lost: RTP packets),
    ``error`` (reason).
    """

    kind: str
    at: float
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PhoneReport:
    """How the call ended: whether it was answered, the last SIP status and reason, RTP packets received, sent, lost."""

    answered: bool
    code: int
    reason: str
    received: int
    sent: int
    lost: int


def parse_step(line: str) -> list[Any]:
    """A line of a script as an order for the phone. Raises HotlineError for a step that does not exist.

    ``wait 2.5`` and ``silence 2.5`` send silence; ``keys 2#`` presses keys, by ``rfc4733`` (from the start) or ``info``
    (from that step on); ``say FILE.wav`` speaks; ``hear-silence 0.8`` waits until the far end was heard and has been
    silent for so long; ``hangup`` hangs up.
    """
    verb, _, argument = line.strip().partition(" ")
    argument = argument.strip()
    match verb:
        case "wait" | "silence":
            return ["wait", _seconds(line, argument)]
        case "keys" if argument and not set(argument.upper()) - set("0123456789*#ABCD"):
            return ["keys", argument.upper()]
        case "say" if argument:
            return ["say", argument]
        case "hear-silence":
            return ["hear-silence", _seconds(line, argument or "0.8")]
        case "rfc4733" | "info" | "hangup" if not argument:
            return [verb]
    raise HotlineError(f"Không hiểu bước “{line.strip()}” của kịch bản gọi", remedy=f"các bước có thể dùng: {_STEPS}")


class Phone:
    """One phone, one call: ``async with Phone.ring(...) as phone``. Leaving the block hangs up and ends the process."""

    def __init__(self, wanted: dict[str, Any], codec: Codec, record: Path | None) -> None:
        self._wanted = wanted
        self._codec = codec
        self._record = record
        self._rate = 8000 if codec.startswith("PCM") else 16000
        self._steps = 0
        self._past: list[PhoneEvent] = []
        self._news = asyncio.Condition()
        self._over = False

    @classmethod
    def ring(
        cls,
        destination: str,
        *,
        number: str = "0912345678",
        name: str = "",
        address: str = "127.0.0.2",
        record: Path | None = None,
        codec: Codec = "PCMA",
    ) -> "Phone":
        """A phone at ``address`` that rings the SIP URI ``destination`` as ``number`` and ``name``, whatever they hold.

        What it hears is written to ``record``, from the answer on.
        """
        user = quote_from_bytes(number.encode(), safe="+")
        shown = name.replace("\\", "\\\\").replace('"', '\\"')
        identity = f'"{shown}" <sip:{user}@{_host(address)}>' if name else f"sip:{user}@{_host(address)}"
        return cls({"address": address, "identity": identity, "destination": destination}, codec, record)

    @classmethod
    def operator(
        cls,
        server: str,
        *,
        user: str,
        password: str,
        address: str = "127.0.0.1",
        record: Path | None = None,
        codec: Codec = "PCMA",
    ) -> "Phone":
        """A phone that signs in at ``server`` (``address:port``) and answers the first call at once."""
        identity = f"sip:{quote_from_bytes(user.encode())}@{server}"
        wanted = {
            "address": address,
            "identity": identity,
            "registrar": f"sip:{server}",
            "user": user,
            "password": password,
        }
        return cls(wanted, codec, record)

    @classmethod
    def rung(
        cls,
        address: str,
        port: int,
        *,
        answer: int = 200,
        after: float = 0.0,
        record: Path | None = None,
        codec: Codec = "PCMA",
    ) -> "Phone":
        """A phone at ``address:port`` that is rung by others: it rings for ``after`` seconds, then answers with this SIP status.

        200 takes the call, 486 is busy, 603 declines; 180 rings on until the other side gives up.
        """
        wanted = {"address": address, "port": port, "identity": f"sip:rung@{_host(address)}:{port}"}
        return cls({**wanted, "answer": answer, "after": after}, codec, record)

    async def __aenter__(self) -> "Phone":
        if importlib.util.find_spec("pjsua2") is None:
            raise HotlineError(
                "Chưa cài điện thoại giả lập (pjsua2)", remedy="cài gói thêm: pip install 'hotline1022[phone]'"
            )
        self._folder = tempfile.TemporaryDirectory(prefix="hotline-phone-")
        folder = Path(self._folder.name)
        record = self._record or folder / "heard.wav"
        wanted = {
            **self._wanted,
            "codec": self._codec,
            "rate": self._rate,
            "folder": str(folder),
            "record": str(record.absolute()),
        }
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "telephony.phone_process",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            cwd=Path(__file__).parent.parent,
        )  # fmt: skip
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the phone's process has no pipes")
        self._input = self._process.stdin
        self._listener = asyncio.create_task(self._listen(self._process.stdout))
        await self._send(wanted)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                async with asyncio.timeout(_LAST_WORDS):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        await self._listener
        self._input.close()
        self._folder.cleanup()

    async def script(self, *lines: str) -> None:
        """Add steps (see ``parse_step``), done in turn from the answer on, and go on. Raises HotlineError."""
        orders = [parse_step(line) for line in lines]
        for order in orders:
            if order[0] == "say":
                file = Path(self._folder.name) / f"say-{self._steps}.wav"
                await asyncio.to_thread(_prepare, Path(order[1]), file, self._rate)
                order[1] = str(file)
            self._steps += 1
            await self._send(order)

    async def do(self, *lines: str) -> None:
        """Add steps and wait until the last of them is done, or the call is over."""
        await self.script(*lines)
        await self.until("done", number=self._steps - 1)

    async def until(self, kind: str, **facts: Any) -> PhoneEvent | None:
        """The first event of this kind with these facts, past or to come; None if the phone's life ends without it."""
        async for event in self.events():
            if event.kind == kind and all(event.facts.get(name) == value for name, value in facts.items()):
                return event
        return None

    async def events(self) -> AsyncIterator[PhoneEvent]:
        """Everything that happens to the phone, from its start, as it happens."""
        told = 0
        while True:
            async with self._news:
                await self._news.wait_for(lambda: self._over or len(self._past) > told)  # noqa: B023
                fresh = self._past[told:]
                if not fresh and self._over:
                    return
            told += len(fresh)
            for event in fresh:
                yield event

    async def finished(self) -> PhoneReport:
        """No more steps: wait until the script is done and the call over. Raises HotlineError if the phone broke."""
        await self._send(["finish"])
        code = await self._process.wait()
        ended = await self.until("ended")
        if ended is None or code not in {0, 1}:
            broken = await self.until("error")
            raise HotlineError(
                f"Điện thoại giả lập không gọi được: {broken.facts['reason'] if broken else f'mã thoát {code}'}"
            )
        numbers = {name: int(ended.facts.get(name, 0)) for name in ("received", "sent", "lost")}
        return PhoneReport(answered=code == 0, code=ended.facts["code"], reason=ended.facts["reason"], **numbers)

    async def _send(self, order: object) -> None:
        # A phone whose call is over has stopped listening: that is no error of the script.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._input.write(json.dumps(order).encode() + b"\n")
            await self._input.drain()

    async def _listen(self, output: asyncio.StreamReader) -> None:
        try:
            async for line in output:
                facts = json.loads(line)
                event = PhoneEvent(kind=facts.pop("event"), at=facts.pop("at"), facts=facts)
                async with self._news:
                    self._past.append(event)
                    self._news.notify_all()
        finally:
            # Also when the process died in the middle of a line: whoever waits for an event must not wait for ever.
            async with self._news:
                self._over = True
                self._news.notify_all()


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _seconds(line: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 3600:
        raise HotlineError(f"Bước “{line.strip()}” cần một số giây từ 0 đến 3600")
    return seconds


def _prepare(source: Path, target: Path, rate: int) -> None:
    """The recording as the line carries it: one channel, 16 bits, ``rate`` Hz."""
    try:
        with wave.open(str(source), "rb") as file:
            if file.getsampwidth() != 2:
                raise wave.Error("not 16 bits")
            channels, own_rate = file.getnchannels(), file.getframerate()
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, channels)
    except (OSError, EOFError, wave.Error) as error:
        raise HotlineError(f"Không đọc được tệp âm thanh {source}", remedy="cần tệp WAV PCM 16 bit") from error
    mono = samples.astype(np.float32).mean(axis=1) / 32768
    heard = soxr.resample(mono, own_rate, rate)
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(heard, -1, 1) * 32767).astype("<i2").tobytes())
