"""sipp, the load: scenarios written for it, its processes, its own count of what succeeded and failed. It knows no hotline.

Keys of the load travel by SIP INFO: sipp would need raw sockets for RFC 4733. The phones that measure use RFC 4733.
"""

import asyncio
import csv
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.tones import CALLER, alaw_tone
from hotline1022.base.errors import HotlineError
from hotline1022.supervisor import dying_with_parent

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="bench">
"""

_SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""

_VIA = "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]"
_CONTACT = "Contact: <sip:caller@[local_ip]:[local_port]>"
_SPEAK = '<nop><action><exec rtp_stream="{voice},-1,8,PCMA/8000"/></action></nop>\n'


@dataclass(frozen=True)
class Key:
    """Wait for a time between the two (milliseconds), then press a key."""

    least: int
    most: int
    key: str


def caller(keys: Sequence[Key], voice: Path, *, hangs_up: bool) -> str:
    """A caller's scenario: ring, speak all the time, press keys, then hang up or wait for the other side to do it."""
    steps = [_request("INVITE", to="<sip:[service]@[remote_ip]>", body=_SDP)]
    steps += ['<recv response="100" optional="true"/>\n', '<recv response="180" optional="true"/>\n']
    steps += ['<recv response="183" optional="true"/>\n', '<recv response="200" rtd="1" timeout="20000"/>\n']
    steps += [_request("ACK"), _SPEAK.format(voice=voice)]
    for key in keys:
        steps.append(f'<pause distribution="uniform" min="{key.least}" max="{key.most}"/>\n')
        steps.append(_request("INFO", body=f"Signal={key.key}\nDuration=120\n", kind="application/dtmf-relay"))
        steps.append('<recv response="200" timeout="10000"/>\n')
    if hangs_up:
        steps += ['<pause milliseconds="1000"/>\n', _request("BYE"), '<recv response="200" timeout="10000"/>\n']
    else:
        steps += ['<recv request="BYE" timeout="60000"/>\n', _response("200 OK")]
    return _HEAD + "".join(steps) + "</scenario>\n"


def answerer(voice: Path) -> str:
    """The bare other side, for sipp's own ceiling: answers, speaks, takes keys, and the hang-up."""
    return "".join(
        (
            _HEAD,
            '<recv request="INVITE"/>\n',
            _response("200 OK", body=_SDP),
            '<recv request="ACK"/>\n',
            _SPEAK.format(voice=voice),
            '<label id="1"/>\n<recv request="BYE" optional="true" next="2"/>\n<recv request="INFO"/>\n',
            _response("200 OK", then="1"),
            '<label id="2"/>\n',
            _response("200 OK"),
            "</scenario>\n",
        )
    )


def _request(method: str, *, to: str = "", body: str = "", kind: str = "application/sdp") -> str:
    lines = [
        f"{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0",
        _VIA,
        "From: <sip:[field0]@[local_ip]>;tag=[call_number]",
        f"To: {to or '<sip:[service]@[remote_ip]>[peer_tag_param]'}",
        "Call-ID: [call_id]",
        f"CSeq: {'[cseq]' if method != 'ACK' else '1'} {method}",
        _CONTACT,
        "Max-Forwards: 70",
    ]
    attributes = ' start_rtd="1" retrans="500"' if method == "INVITE" else ' retrans="500"' if method != "ACK" else ""
    return f"<send{attributes}>{_message(lines, body, kind)}</send>\n"


def _response(status: str, *, body: str = "", then: str = "") -> str:
    lines = [f"SIP/2.0 {status}", "[last_Via:]", "[last_From:]"]
    lines.append("[last_To:];tag=[call_number]" if body else "[last_To:]")
    lines += ["[last_Call-ID:]", "[last_CSeq:]", _CONTACT]
    following = f' next="{then}"' if then else ""
    return f"<send{following}>{_message(lines, body, 'application/sdp')}</send>\n"


def _message(lines: list[str], body: str, kind: str) -> str:
    if body:
        lines = [*lines, f"Content-Type: {kind}"]
    return "<![CDATA[\n" + "\n".join([*lines, "Content-Length: [len]", "", body]) + "\n]]>"


@dataclass(frozen=True)
class Counted:
    """sipp's own count. ``failed``: wanted calls that did not come to their end.

    ``retransmissions``: SIP messages that were sent again, a sign of an overloaded side.
    """

    made: int
    succeeded: int
    failed: int
    retransmissions: int


class Sipp:
    """Runs scenarios in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("sipp")
        if program is None:
            raise HotlineError("Không có chương trình sipp", remedy="cài gói sip-tester")
        self._program = program
        self._folder = folder
        self.voice = folder / "voice.alaw"
        self.voice.write_bytes(alaw_tone(CALLER, 5.0))

    async def run(
        self, name: str, scenario: str, *, address: str, server: tuple[str, int],
        at_once: int, total: int, rate: float, limit_seconds: float,
    ) -> Counted:  # fmt: skip
        """Make ``total`` calls, at most ``at_once`` of them together, ``rate`` a second; end after ``limit_seconds`` at the latest."""
        numbers = "SEQUENTIAL\n" + "".join(f"09{number:08d}\n" for number in range(10_000_000, 10_000_000 + total))
        (self._folder / f"{name}.csv").write_text(numbers, encoding="ascii")
        figures = self._folder / f"{name}-figures.csv"
        arguments = (
            f"{server[0]}:{server[1]}", "-s", "1022", "-inf", str(self._folder / f"{name}.csv"), "-l", str(at_once), "-m", str(total),
            "-r", str(rate), "-trace_stat", "-stf", str(figures), "-fd", "1", "-timeout", f"{limit_seconds:.0f}", "-timeout_error",
        )  # fmt: skip
        process = await self._start(name, scenario, address, arguments)
        try:
            await process.wait()
        finally:
            await _stop(process)
        return _last(figures, total)

    @asynccontextmanager
    async def answering(self, address: str, port: int) -> AsyncIterator[None]:
        """The bare other side, while the block lasts."""
        process = await self._start("answerer", answerer(self.voice), address, ("-p", str(port)))
        try:
            await asyncio.sleep(0.5)
            yield
        finally:
            await _stop(process)

    async def _start(
        self, name: str, scenario: str, address: str, arguments: Sequence[str]
    ) -> asyncio.subprocess.Process:
        path = self._folder / f"{name}.xml"
        path.write_text(scenario, encoding="utf-8")
        with (self._folder / f"{name}.log").open("wb") as output:
            return await asyncio.create_subprocess_exec(
                *dying_with_parent([self._program]), *arguments, "-sf", str(path), "-i", address, "-mi", address,
                "-nostdin", "-trace_err", "-error_file", str(self._folder / f"{name}.errors"),
                cwd=self._folder, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _last(figures: Path, total: int) -> Counted:
    with figures.open(encoding="ascii", errors="replace") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    if not rows:
        raise HotlineError("sipp không chạy được", remedy=f"xem {figures.parent}")
    last = rows[-1]
    made, done = int(last["TotalCallCreated"]), int(last["SuccessfulCall(C)"])
    return Counted(made, done, total - done, int(last["Retransmissions(C)"]))
