"""Starts the parts of the hotline on one machine and keeps them running. In production systemd or containers may do this instead.

Parts are other programs: nothing of their work happens here, and the death of one leaves the others alone.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger()

FIRST_GAP_SECONDS = 0.5
LONGEST_GAP_SECONDS = 15.0
STEADY_SECONDS = 30.0
"""A part that ran this long before it ended is started again at once; one that keeps falling waits longer each time."""

STOP_SECONDS = 10.0
LARGEST_LOG_BYTES = 20_000_000


@dataclass
class Part:
    """A program that is to run for ever. ``log`` receives what it prints; a log that has grown too large is put aside at a start."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def keep_running(self) -> None:
        """Run the program, again and again, until cancelled; then stop it and return when it is gone."""
        gap = FIRST_GAP_SECONDS
        try:
            while True:
                began = asyncio.get_running_loop().time()
                await self._start()
                assert self.process  # noqa: S101
                status = await self.process.wait()
                if asyncio.get_running_loop().time() - began > STEADY_SECONDS:
                    gap = FIRST_GAP_SECONDS
                log.warning("part_ended", part=self.name, status=status, again_in_seconds=gap)
                await asyncio.sleep(gap)
                gap = min(gap * 2, LONGEST_GAP_SECONDS)
        finally:
            await asyncio.shield(self._stop())

    async def _start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self.process = await asyncio.create_subprocess_exec(
                *dying_with_parent(self.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **self.environment},
                start_new_session=True,
            )
        log.info("part_started", part=self.name, pid=self.process.pid)

    async def _stop(self) -> None:
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        log.info("part_stopped", part=self.name)


def dying_with_parent(command: Sequence[str]) -> list[str]:
    """The command, such that the kernel ends it if its parent dies without stopping it."""
    wrapper = shutil.which("setpriv")
    return [wrapper, "--pdeathsig", "KILL", "--", *command] if wrapper else list(command)


async def keep_all_running(parts: Sequence[Part]) -> None:
    """Run all parts until cancelled; the last one of the list is stopped last."""
    running = [asyncio.create_task(part.keep_running(), name=part.name) for part in parts]
    try:
        # Waiting for them, unlike gathering, does not cancel them all at once when we are cancelled.
        ended, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in running:
            task.cancel()
            await asyncio.wait({task})
