"""The oldest work goes first, one thread a leg, and recordings wait behind live speech."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator

import pytest

from transcription.workers import Workers


class Leg:
    """A line of numbered work; remembers who was done when, and that no two threads met on it."""

    def __init__(
        self, name: str, dues: list[float], done: list[str], before: Callable[[], None] = lambda: None
    ) -> None:
        self.name, self.done, self.before = name, done, before
        self.dues = deque(dues)
        self.lock = threading.Lock()

    def due(self) -> float | None:
        return self.dues[0] if self.dues else None

    def work(self) -> Callable[[], Callable[[], None]]:
        due = self.dues.popleft()

        def decode() -> Callable[[], None]:
            assert self.lock.acquire(blocking=False), "two threads on one leg"
            self.before()
            self.lock.release()
            return lambda: self.done.append(f"{self.name}{due:g}")

        return decode


def held(gate: threading.Event) -> None:
    gate.wait(5)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.001)


async def test_the_oldest_work_goes_first_and_each_leg_in_its_order() -> None:
    done: list[str] = []
    async with Workers(1) as workers:
        for leg in (Leg("a", [3, 4], done), Leg("b", [1, 5], done), Leg("c", [2], done)):
            workers.offer(leg)
        await until(lambda: len(done) == 5)
    assert done == ["b1", "c2", "a3", "a4", "b5"]


async def test_many_threads_never_meet_on_a_leg() -> None:
    done: list[str] = []
    legs = [Leg(name, list(range(40)), done) for name in "abcd"]
    async with Workers(4) as workers:
        for leg in legs * 3:
            workers.offer(leg)
        await until(lambda: len(done) == 160)
    for leg in legs:
        assert [one for one in done if one[0] == leg.name] == [f"{leg.name}{n}" for n in range(40)]


async def test_a_slow_leg_does_not_hold_up_the_others() -> None:
    gate = threading.Event()
    done: list[str] = []
    async with Workers(2) as workers:
        workers.offer(Leg("slow", [0], done, before=lambda: held(gate)))
        workers.offer(Leg("b", [1, 2, 3], done))
        await until(lambda: len(done) == 3)
        assert workers.oldest_wait(10.0) == 0
        gate.set()
        await until(lambda: len(done) == 4)


async def test_a_recording_is_stepped_only_when_no_speech_waits() -> None:
    done: list[str] = []
    leg = Leg("live", [0, 1, 2], done)

    async with Workers(1) as workers:

        def steps() -> Iterator[int]:
            for step in range(3):
                done.append(f"step{step}")
                if step == 0:
                    asyncio.run_coroutine_threadsafe(offer(), loop).result(5)
                yield step

        async def offer() -> None:
            workers.offer(leg)

        loop = asyncio.get_running_loop()
        assert await workers.recording(steps()) == [0, 1, 2]
    assert done == ["step0", "live0", "live1", "live2", "step1", "step2"]


async def test_one_recording_at_a_time_even_with_many_threads() -> None:
    running: list[int] = []

    def steps() -> Iterator[int]:
        for step in range(5):
            running.append(1)
            assert len(running) == 1
            running.pop()
            yield step

    async with Workers(4) as workers:
        results = await asyncio.gather(*(workers.recording(steps()) for _ in range(4)))
        assert workers.recordings_waiting == 0
    assert results == [[0, 1, 2, 3, 4]] * 4


async def test_a_recording_that_fails_tells_who_asked_and_the_next_goes_on() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    async with Workers(1) as workers:
        with pytest.raises(ValueError, match="broken"):
            await workers.recording(broken())
        assert await workers.recording(iter([7])) == [7]


async def test_whoever_gives_up_waiting_takes_his_recording_along() -> None:
    gate = threading.Event()

    def slow() -> Iterator[int]:
        gate.wait(5)
        yield 1

    async with Workers(1) as workers:
        waiting = asyncio.create_task(workers.recording(slow()))
        await until(lambda: workers.recordings_waiting == 1)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        gate.set()
        assert await workers.recording(iter([2])) == [2]
