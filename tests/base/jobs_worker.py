"""A small service process for the tests that kill one: three jobs, and a book of what was done. No test lives here.

``python jobs_worker.py URL BOOK``: the first time it is run the long job ends when ``BOOK.go`` is there; afterwards at once.
"""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from hotline1022.base.jobs import JobQueue, Jobs


async def main(url: str, book: Path) -> None:
    """Work until told to end (SIGTERM)."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    again = book.exists()

    def write(line: str) -> None:
        with book.open("a") as file:
            file.write(f"{line}\n")

    async def work(payload: dict[str, Any]) -> None:
        name = payload["name"]
        write(f"{name} began")
        while name == "long" and not again and not book.with_suffix(".go").exists():
            await asyncio.sleep(0.02)
        write(f"{name} done")

    jobs = Jobs(url, "node-1", queues=[JobQueue(name="default", at_once=50, look_every=0.02)])
    jobs.handle("work", work)
    await jobs.start()
    await jobs.enqueue("work", "short", {"name": "short"})
    await jobs.enqueue("work", "long", {"name": "long"})
    await jobs.enqueue("work", "delayed", {"name": "delayed"}, delay=1)
    await ended.wait()
    await jobs.stop(0.5)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
