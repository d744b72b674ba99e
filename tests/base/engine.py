"""A running engine for tests, what its handlers did, and what its own tables say. No test lives here."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg

from hotline1022.base.jobs import Handler, JobQueue, Jobs

BOUND = 30.0
"""Seconds that a test waits for what must happen soon, on a busy machine."""

QUEUES = (
    JobQueue(name="default", at_once=50, look_every=0.02),
    JobQueue(name="narrow", at_once=1, look_every=0.02),
    JobQueue(name="slow", rate=(2, 1.0), look_every=0.02),
)
WORKER = "tests.base.jobs_worker"


class Book:
    """What handlers did, and a way to wait for it."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self._written = asyncio.Event()

    async def write(self, payload: dict[str, Any]) -> None:
        self.lines.append(payload["line"])
        self._written.set()

    async def until(self, there: Callable[[list[Any]], bool]) -> None:
        async with asyncio.timeout(BOUND):
            while not there(self.lines):
                self._written.clear()
                await self._written.wait()


@asynccontextmanager
async def running(
    url: str, *, node: str = "node-1", gaps: Sequence[float] = (0.0, 0.0), patience: float = 5.0, **handlers: Handler
) -> AsyncIterator[Jobs]:
    """Jobs that run; a handler whose name begins with a queue's name waits on that queue."""
    jobs = Jobs(url, node, queues=QUEUES, gaps=gaps)
    for name, function in handlers.items():
        queue = next((queue.name for queue in QUEUES if name.startswith(queue.name)), "default")
        jobs.handle(name, function, queue=queue)
    await jobs.start()
    try:
        yield jobs
    finally:
        await jobs.stop(patience)


def statuses(url: str) -> dict[str, str]:
    """What the engine's own tables say of each job."""
    query = "SELECT workflow_uuid, status FROM {}workflow_status"
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            return dict(file.execute(query.format("")).fetchall())
    with psycopg.connect(url) as server:
        return dict(server.execute(query.format("dbos.").encode()).fetchall())


def worker(url: str, book: Path) -> subprocess.Popen[bytes]:
    """A service process that has three jobs to do and writes what it does into ``book``."""
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    return subprocess.Popen([sys.executable, "-m", WORKER, url, str(book)], env=environment)


async def until_written(book: Path, line: str, process: subprocess.Popen[bytes]) -> None:
    async with asyncio.timeout(BOUND):
        while not book.exists() or line not in book.read_text().splitlines():
            assert process.poll() is None, "the worker ended by itself"
            await asyncio.sleep(0.02)
