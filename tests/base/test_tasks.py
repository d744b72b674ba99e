"""Claims about work that must go on (a crash is told and followed by another start), and about work that is done once, later."""

import asyncio

import pytest
from structlog.testing import capture_logs

from hotline1022.base.errors import HotlineError
from hotline1022.base.tasks import STEADY, Background, keep_running


class Time:
    """Time that passes only by being slept or worked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def elapsed(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def test_crashing_work_is_started_again_ever_later_and_a_steady_one_soon() -> None:
    time = Time()
    lives = [0.0] * 8 + [STEADY, 0.0]

    async def work() -> None:
        if lives:
            time.now += lives.pop(0)
            raise ValueError("bà Hoa")

    with capture_logs() as told:
        await keep_running("relay", work, sleep=time.sleep, elapsed=time.elapsed)
    assert time.slept == [1, 2, 4, 8, 16, 32, 60, 60, 1, 2]
    assert {(line["event"], line["work"], line["error"]) for line in told} == {("work_crashed", "relay", "ValueError")}
    assert "Hoa" not in str(told)


async def test_one_works_crash_does_not_end_the_others_and_cancelling_ends_all() -> None:
    time, steps = Time(), 0

    async def crashes() -> None:
        raise ValueError

    async def goes_on() -> None:
        nonlocal steps
        while True:
            steps += 1
            await asyncio.sleep(0)

    async def together() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_running("crashes", crashes, sleep=lambda _: asyncio.sleep(0), elapsed=time.elapsed))
            group.create_task(keep_running("goes on", goes_on))

    running = asyncio.create_task(together())
    while steps < 50:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_work_that_breaks_while_it_is_cancelled_is_not_started_again() -> None:
    began = asyncio.Event()
    starts = 0

    async def work() -> None:
        nonlocal starts
        starts += 1
        began.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            raise OSError("the connection broke while it was given back") from error

    running = asyncio.create_task(keep_running("work", work))
    await began.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert starts == 1


async def test_work_in_the_background_is_done_its_faults_are_told_and_none_outlives_its_end() -> None:
    done: list[str] = []

    async def work(name: str) -> None:
        done.append(name)

    async def fails() -> None:
        raise HotlineError("Mất kết nối")

    async def breaks() -> None:
        raise ValueError("nobody's words")

    background = Background("a test")
    with capture_logs() as told:
        for each in (work("first"), fails(), breaks(), asyncio.sleep(3600)):
            background.begin(each)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await background.close()
    assert done == ["first"]
    assert [(line["log_level"], line["error"]) for line in told] == [
        ("warning", "HotlineError"),
        ("error", "ValueError"),
    ]
    assert "words" not in str(told)
