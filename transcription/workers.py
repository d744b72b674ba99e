"""Who decodes what next: as many threads as cores, the oldest live work first, never two threads on a leg.

Recordings are stepped through when no live work waits, one at a time.
Everything but the decoding itself runs on the event loop, so there is no lock. It knows no engine and no message.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any, Generic, Protocol, TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")


class Line(Protocol):
    """A leg as its workers see it: a line of work that must be done one after another."""

    def due(self) -> float | None:
        """Since when the first piece of work is owed, in the loop's seconds, or None if there is none."""
        ...

    def work(self) -> Callable[[], Callable[[], None]]:
        """Take the first piece: what a thread must do, which gives what the loop must do with the result.

        Neither raises.
        """
        ...


class Workers:
    """The threads and their order of work. Use as an async context manager."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="recognise")
        self._ready: list[tuple[float, int, Line]] = []
        self._listed: set[Line] = set()
        self._numbers = count()
        self._recordings: deque[_Recording[Any]] = deque()
        self._recording_in_hand = False
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Workers":
        self._tasks = [asyncio.create_task(self._serve()) for _ in range(self.threads)]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for recording in self._recordings:
            recording.done.cancel()
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    @property
    def recordings_waiting(self) -> int:
        """Recordings that are not finished."""
        return len(self._recordings)

    def oldest_wait(self, now: float) -> float:
        """For how long the oldest live work has been owed; 0 if none waits."""
        return max(now - self._ready[0][0], 0.0) if self._ready else 0.0

    def offer(self, line: Line) -> None:
        """``line`` may have work. Offering it again while it is listed or in hand changes nothing."""
        due = line.due()
        if due is not None and line not in self._listed:
            self._listed.add(line)
            heapq.heappush(self._ready, (due, next(self._numbers), line))
            self._wake.set()

    async def recording(self, steps: Iterator[T]) -> list[T]:
        """Run through ``steps`` one at a time, each only when no live work waits, and one recording at a time."""
        recording = _Recording(steps, asyncio.get_running_loop().create_future())
        self._recordings.append(recording)
        self._wake.set()
        try:
            await recording.done
        finally:
            if recording in self._recordings:
                self._recordings.remove(recording)
            self._wake.set()
        return recording.results

    async def _serve(self) -> None:
        while True:
            if self._ready:
                await self._serve_line(heapq.heappop(self._ready)[2])
            elif self._recordings and not self._recording_in_hand:
                await self._serve_recording(self._recordings[0])
            else:
                self._wake.clear()
                await self._wake.wait()

    async def _serve_line(self, line: Line) -> None:
        try:
            finish = await asyncio.get_running_loop().run_in_executor(self._pool, line.work())
            finish()
        except Exception as error:  # a line that breaks its promise must not take a worker along
            log.error("work failed", error=type(error).__name__)
        finally:
            self._listed.discard(line)
        self.offer(line)

    async def _serve_recording(self, recording: "_Recording[Any]") -> None:
        self._recording_in_hand = True
        try:
            more = await asyncio.get_running_loop().run_in_executor(self._pool, recording.step)
            if not more and not recording.done.done():
                recording.done.set_result(None)
        except Exception as error:  # whoever waits for the recording is told
            if not recording.done.done():
                recording.done.set_exception(error)
        finally:
            self._recording_in_hand = False
            if recording.done.done() and recording in self._recordings:
                self._recordings.remove(recording)


class _Recording(Generic[T]):
    def __init__(self, steps: Iterator[T], done: "asyncio.Future[None]") -> None:
        self._steps = steps
        self.done = done
        self.results: list[T] = []

    def step(self) -> bool:
        for result in self._steps:
            self.results.append(result)
            return True
        return False
