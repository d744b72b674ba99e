"""Claims about durable jobs when something is killed: the process, the database server, or both. Real processes, real signals."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hotline1022.base.errors import DatabaseAway
from tests.base.engine import BOUND, Book, running, statuses, until_written, worker
from tests.postgresql import PostgreSQL


async def test_process_killed_in_the_middle_of_a_job_finishes_it_after_a_restart_and_repeats_no_other(
    url: str, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    first = worker(url, book)
    await until_written(book, "long began", first)
    await until_written(book, "short done", first)
    async with asyncio.timeout(BOUND):
        while (await asyncio.to_thread(statuses, url)).get("short") != "SUCCESS":
            await asyncio.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = worker(url, book)
    await until_written(book, "delayed done", second)
    await until_written(book, "long done", second)
    second.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(second.wait, BOUND) == 0
    lines = book.read_text().splitlines()
    assert {line: lines.count(line) for line in lines} == {
        "long began": 2, "long done": 1, "short began": 1, "short done": 1, "delayed began": 1, "delayed done": 1
    }  # fmt: skip
    assert await asyncio.to_thread(statuses, url) == {"long": "SUCCESS", "short": "SUCCESS", "delayed": "SUCCESS"}


@pytest.mark.postgresql
async def test_crash_of_the_server_is_survived_and_enqueue_says_that_it_is_away(
    postgresql: PostgreSQL, jobs_postgresql_template: str
) -> None:
    name, book = postgresql.new_database(jobs_postgresql_template), Book()
    async with running(postgresql.url(name), write=book.write) as jobs:
        await jobs.enqueue("write", "before", {"line": "before"})
        await book.until(bool)
        postgresql.stop(immediate=True)
        with pytest.raises(DatabaseAway):
            await jobs.enqueue("write", "lost", {"line": "lost"})
        postgresql.start()
        await jobs.enqueue("write", "after", {"line": "after"})
        await book.until(lambda lines: "after" in lines)
    assert book.lines == ["before", "after"]


@pytest.mark.postgresql
async def test_process_ends_when_told_to_though_the_server_is_away_and_an_outcome_is_unwritten(
    postgresql: PostgreSQL, jobs_postgresql_template: str, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    process = worker(postgresql.url(postgresql.new_database(jobs_postgresql_template)), book)
    await until_written(book, "long began", process)
    postgresql.stop(immediate=True)
    try:
        book.with_suffix(".go").touch()
        await until_written(book, "long done", process)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, BOUND) == 0
    finally:
        process.kill()
        postgresql.start()


@pytest.mark.postgresql
async def test_start_without_a_server_says_that_it_is_away_and_can_be_tried_again(
    postgresql: PostgreSQL, jobs_postgresql_template: str
) -> None:
    url, book = postgresql.url(postgresql.new_database(jobs_postgresql_template)), Book()
    postgresql.stop()
    try:
        with pytest.raises(DatabaseAway):
            async with running(url):
                pass  # pragma: no cover
    finally:
        postgresql.start()
    async with running(url, write=book.write) as jobs:
        await jobs.enqueue("write", "1", {"line": "x"})
        await book.until(bool)


def test_process_that_has_stopped_its_jobs_ends_at_once_and_nothing_was_sent_anywhere(tmp_path: Path) -> None:
    program = f"""if True:
        import asyncio, socket, threading
        def refuse(*arguments): raise AssertionError("the network was used")
        socket.socket.connect = socket.getaddrinfo = refuse
        from hotline1022.base.jobs import Jobs
        async def main():
            done = asyncio.Event()
            async def work(payload): done.set()
            jobs = Jobs("sqlite:///{tmp_path / "jobs.sqlite"}", "node-1")
            jobs.handle("work", work)
            await jobs.start()
            await jobs.enqueue("work", "1", {{}})
            await done.wait()
            await jobs.stop()
        asyncio.run(main())
        print([thread.name for thread in threading.enumerate() if not thread.daemon])
    """
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=BOUND,
        check=False,
    )
    assert (ended.stdout, ended.stderr, ended.returncode) == ("['MainThread']\n", "", 0)
