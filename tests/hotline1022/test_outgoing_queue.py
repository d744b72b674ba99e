"""The trunk's limits are the durable engine's: what the settings say is what its queue lets through."""

import asyncio
from pathlib import Path
from typing import Any

from hotline1022.app import OUTGOING_QUEUE, outgoing_queue
from hotline1022.base.jobs import JobQueue, Jobs
from hotline1022.config import Settings

CHANNELS, CALLS = 2, 6


def queue_of(**limits: int) -> JobQueue:
    """The queue of an installation with these limits."""
    chosen: dict[str, Any] = {f"outgoing_{name}": value for name, value in limits.items()}
    return outgoing_queue(Settings(**chosen))


def test_calls_at_once_and_a_minute_are_those_of_the_settings() -> None:
    queue = queue_of(channels=7, calls_a_minute=13)
    assert (queue.at_once_everywhere, queue.rate) == (7, (13, 60.0))


async def test_no_more_calls_go_out_at_once_than_there_are_channels(tmp_path: Path) -> None:
    queue = queue_of(channels=CHANNELS, calls_a_minute=600)
    jobs = Jobs(f"sqlite:///{tmp_path / 'jobs.sqlite'}", "node-1", queues=(queue,))
    at_once, most, done, all_done = 0, 0, 0, asyncio.Event()

    async def call(_: dict[str, Any]) -> None:
        nonlocal at_once, most, done
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.2)
        at_once -= 1
        done += 1
        if done == CALLS:
            all_done.set()

    jobs.handle("call", call, queue=OUTGOING_QUEUE)
    await jobs.start()
    try:
        for number in range(CALLS):
            await jobs.enqueue("call", str(number), {})
        await asyncio.wait_for(all_done.wait(), 30)
    finally:
        await jobs.stop()
    assert most == CHANNELS
