"""The Asterisk process of this installation: started, watched until it answers, reloaded, stopped. It drives no call.

Asterisk dies with the process that started it (the kernel sees to that), so none is ever left behind.
"""

import asyncio
import base64
import contextlib
import errno
import resource
import shutil
import socket
import subprocess
from pathlib import Path

import structlog

from hotline1022.base.errors import HotlineError
from telephony.asterisk import configuration
from telephony.asterisk.configuration import LineSettings
from telephony.asterisk.program import AsteriskProgram

_log = structlog.get_logger()

_PATIENCE = 30.0
"""Seconds until Asterisk must answer; it takes about one."""

_GRACE = 5.0
"""Seconds that Asterisk gets to end by itself."""

_OPEN_FILES = 65536
"""Wanted: a call with both legs listened to keeps about a dozen files open."""


class AsteriskProcess:
    """One Asterisk, in the foreground, in its own folder. Also an asynchronous context manager: started and stopped."""

    def __init__(self, settings: LineSettings, program: AsteriskProgram) -> None:
        self._settings = settings
        self._program = program
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> None:
        """Write the configuration, start Asterisk, wait until it answers and can be called. Raises HotlineError; then nothing runs."""
        configuration.write(self._settings, self._program)
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise HotlineError(
                "Máy này không có lệnh setpriv nên không bảo đảm dừng được Asterisk", remedy="cài gói util-linux"
            )
        self._refuse_taken_ports()
        _allow_many_files()
        folder = self._settings.folder
        with (folder / "log" / "console").open("wb") as console:
            self._process = await asyncio.create_subprocess_exec(
                setpriv, "--pdeathsig", "KILL",
                *self._program.command, "-C", str(self._settings.configuration_file), "-f",
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, cwd=folder, umask=0o027,
                start_new_session=True,
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(folder)},
            )  # fmt: skip
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._until_it_answers()
                await self._refuse_without_sip()
        except TimeoutError as error:
            await self.stop()
            raise HotlineError(
                f"Asterisk đã chạy nhưng không trả lời sau {_PATIENCE:.0f} giây",
                remedy=f"xem {folder / 'log' / 'messages'}",
            ) from error
        except BaseException:
            await self.stop()
            raise
        _log.info("asterisk started", version=self._program.version, pid=self.pid)

    async def stop(self) -> None:
        """End Asterisk and with it every call; at once if it does not end by itself. Stopping twice is no error."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                async with asyncio.timeout(_GRACE):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        _log.info("asterisk stopped", code=process.returncode)

    async def ended(self) -> int:
        """Wait until Asterisk ends, by itself or not, and give its exit code (negative: the signal that ended it)."""
        if self._process is None:
            raise RuntimeError("Asterisk has not been started")
        return await self._process.wait()

    async def serves(self, patience: float) -> bool:
        """Whether Asterisk can still tell its channels, within ``patience`` seconds: one whose threads wait for each other cannot."""
        try:
            async with asyncio.timeout(patience):
                return b" 200 " in await self._ari("channels")
        except (OSError, TimeoutError):
            return False

    async def apply(self, settings: LineSettings) -> tuple[str, ...]:
        """Write the configuration of other settings of the same folder and have a running Asterisk read it.

        Gives the names of the files that changed. Calls go on. Addresses, ports and modules wait for the next start.
        """
        self._settings = settings
        changed = configuration.write(settings, self._program)
        if changed and self.pid is not None:
            await self.command("core reload")
        return changed

    async def command(self, line: str) -> str:
        """What Asterisk's console answers to ``line``: for a doctor and tests, never with what a caller sent."""
        process = await asyncio.create_subprocess_exec(
            *self._program.command, "-C", str(self._settings.configuration_file), "-rx", line,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self._settings.folder,
        )  # fmt: skip
        answer, _ = await process.communicate()
        if process.returncode != 0:
            raise HotlineError("Asterisk không chạy hoặc không trả lời", remedy="chạy `hotline1022 run`")
        return answer.decode("utf-8", "replace")

    async def __aenter__(self) -> "AsteriskProcess":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _refuse_taken_ports(self) -> None:
        line = self._settings
        wanted = (
            ("HOTLINE_ARI_PORT", "127.0.0.1", line.ari_port, socket.SOCK_STREAM),
            ("HOTLINE_AMI_PORT", "127.0.0.1", line.ami_port, socket.SOCK_STREAM),
            ("HOTLINE_SIP_PORT", line.sip_address, line.sip_port, socket.SOCK_DGRAM),
        )
        for setting, address, port, kind in wanted:
            try:
                _try_to_bind(address, port, kind)
            except OSError as error:
                raise HotlineError(
                    f"Asterisk không dùng được cổng {port} trên {address}: {_why(error)}",
                    remedy=f"dừng chương trình đang giữ cổng, hoặc đặt {setting} khác",
                ) from error

    async def _until_it_answers(self) -> None:
        while not await self._answers():
            if self.pid is None:
                raise HotlineError(
                    "Asterisk không khởi động được", remedy=f"xem {_first_error(self._settings.folder / 'log')}"
                )
            await asyncio.sleep(0.05)

    async def _refuse_without_sip(self) -> None:
        """An Asterisk that could not read its ``pjsip.conf`` starts all the same, and then nobody can call."""
        line = self._settings
        listens = False
        try:
            _try_to_bind(line.sip_address, line.sip_port, socket.SOCK_DGRAM)
        except OSError:
            listens = True
        if not listens or b" 200 " not in await self._ari("endpoints/PJSIP/trunk"):
            what = "trung kế" if listens else f"cổng SIP {line.sip_port}"
            raise HotlineError(
                f"Asterisk chạy mà không có {what}: không ai gọi tới được",
                remedy=f"xem {_first_error(line.folder / 'log')}; {line.folder / 'local' / 'pjsip.conf'} có sai không",
            )

    async def _answers(self) -> bool:
        """Whether every module is there, ARI takes our password and AMI greets."""
        if not (self._settings.folder / "run" / "asterisk.ctl").exists():
            return False
        try:
            if "fully booted" not in await self.command("core waitfullybooted"):
                return False
            ari = await self._ari("asterisk/ping")
            ami = await _first_line(self._settings.ami_port, b"")
        except (HotlineError, OSError):
            return False
        return b" 200 " in ari and ami.startswith(b"Asterisk Call Manager")

    async def _ari(self, resource: str) -> bytes:
        """The first line of what ARI answers. Raises OSError."""
        secret = base64.b64encode(f"service:{self._settings.ari_password}".encode()).decode()
        asked = (
            f"GET /ari/{resource} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Basic {secret}",
            "Connection: close",
        )
        return await _first_line(self._settings.ari_port, "\r\n".join((*asked, "", "")).encode())


async def _first_line(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await reader.readline()
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def _allow_many_files() -> None:
    """Raise this process's limit of open files, which Asterisk inherits, as far as the machine lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _try_to_bind(address: str, port: int, kind: socket.SocketKind) -> None:
    """Raises OSError where a port cannot be had: somebody listens there, or it is not ours to have."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as door:
        if kind == socket.SOCK_STREAM:
            # Connections of an Asterisk that has just ended do not matter; a listener does.
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((address, port))


def _why(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "đã có chương trình khác dùng"
        case errno.EADDRNOTAVAIL:
            return "máy này không có địa chỉ đó"
        case errno.EACCES:
            return "cổng dưới 1024 cần quyền quản trị"
        case _:
            return error.strerror or "không mở được"


def _first_error(logs: Path) -> str:
    """Where the first error of the start is told: ``FILE:LINE``."""
    for name in ("messages", "console"):
        path = logs / name
        lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
        this_start = max((number for number, line in enumerate(lines) if " built by " in line), default=0)
        for number, line in enumerate(lines[this_start:], this_start + 1):
            if "ERROR" in line:
                return f"{path}:{number}"
    return str(logs)
