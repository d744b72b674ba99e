"""Claims about durable jobs, the same for SQLite and PostgreSQL: what was taken is done, once, within its limits, or told as given up."""

import asyncio
import threading
import time
from typing import Any

import pytest
from structlog.testing import capture_logs

from hotline1022.base.errors import HotlineError
from hotline1022.base.jobs import DEFAULT, GAPS, GivenUpJob, Jobs
from tests.base.engine import BOUND, Book, running, statuses


async def test_job_is_done_with_its_payload(url: str) -> None:
    book = Book()
    async with running(url, write=book.write) as jobs:
        await jobs.enqueue("write", "1", {"line": "đường ngập \x00 🌊"})
        await book.until(bool)
    assert book.lines == ["đường ngập \x00 🌊"]


async def test_same_id_is_the_same_job_even_after_it_was_done(url: str) -> None:
    book = Book()
    async with running(url, write=book.write) as jobs:
        await asyncio.gather(*(jobs.enqueue("write", "1", {"line": number}) for number in range(10)))
        await book.until(bool)
        await jobs.enqueue("write", "1", {"line": "again"})
        await jobs.enqueue("write", "2", {"line": "last"})
        await book.until(lambda lines: "last" in lines)
    assert len(book.lines) == 2
    async with running(url, write=book.write) as jobs:
        await jobs.enqueue("write", "1", {"line": "after a restart"})
        await jobs.enqueue("write", "3", {"line": "end"})
        await book.until(lambda lines: "end" in lines)
    assert len(book.lines) == 3


async def test_hundreds_of_jobs_are_all_done_once(url: str) -> None:
    book = Book()
    async with running(url, write=book.write) as jobs:
        await asyncio.gather(*(jobs.enqueue("write", str(number), {"line": number}) for number in range(300)))
        await book.until(lambda lines: len(lines) >= 300)
    assert sorted(book.lines) == list(range(300))


async def test_job_that_fails_is_tried_again_until_it_succeeds(url: str) -> None:
    book = Book()

    async def second_time_lucky(payload: dict[str, Any]) -> None:
        await book.write(payload)
        if len(book.lines) < 2:
            raise ConnectionError

    async with running(url, try_it=second_time_lucky) as jobs:
        await jobs.enqueue("try_it", "1", {"line": "x"})
        await book.until(lambda lines: len(lines) == 2)
        assert await jobs.given_up() == []


async def test_job_that_always_fails_is_given_up_and_told_without_the_citizens_words(url: str) -> None:
    book = Book()

    async def never(payload: dict[str, Any]) -> None:
        await book.write(payload)
        raise ValueError("bà Hoa, 0912345678")

    with capture_logs() as told:
        async with running(url, never=never) as jobs:
            await jobs.enqueue("never", "1", {"line": "x"})
            await book.until(lambda lines: len(lines) == 3)
            async with asyncio.timeout(BOUND):
                while not (over := await jobs.given_up()):
                    await asyncio.sleep(0.05)
            assert over == [GivenUpJob(job_id="1", name="never", payload={"line": "x"})]
    assert [line["event"] for line in told] == ["job_failed", "job_failed", "job_given_up"]
    assert told[-1]["error"] == "ValueError"
    assert "Hoa" not in str(told)


def test_gaps_grow_and_the_last_attempt_comes_after_more_than_a_day() -> None:
    assert list(GAPS) == sorted(GAPS)
    assert 24 * 3600 < sum(GAPS) < 48 * 3600


async def test_job_with_a_delay_waits_and_a_cancelled_one_never_runs(url: str) -> None:
    book = Book()
    async with running(url, write=book.write) as jobs:
        began = time.monotonic()
        await jobs.enqueue("write", "later", {"line": "later"}, delay=0.5)
        await jobs.enqueue("write", "never", {"line": "never"}, delay=0.5)
        await jobs.enqueue("write", "far", {"line": "far"}, delay=86400)
        await jobs.enqueue("write", "now", {"line": "now"})
        await jobs.cancel("never")
        await jobs.cancel("unheard of")
        await book.until(lambda lines: "later" in lines)
        assert time.monotonic() - began >= 0.5
    assert book.lines == ["now", "later"]
    assert await asyncio.to_thread(statuses, url) == {
        "later": "SUCCESS",
        "never": "CANCELLED",
        "far": "DELAYED",
        "now": "SUCCESS",
    }


async def test_job_cancelled_between_attempts_is_not_tried_again(url: str) -> None:
    book = Book()

    async def fails(payload: dict[str, Any]) -> None:
        await book.write(payload)
        raise ConnectionError

    async with running(url, gaps=(3600,), fails=fails) as jobs:
        await jobs.enqueue("fails", "1", {"line": "first"})
        async with asyncio.timeout(BOUND):
            while "1#2" not in await asyncio.to_thread(statuses, url):
                await asyncio.sleep(0.01)
        await jobs.cancel("1")
    # Whether the first attempt's own outcome was written before the cancelling or not, the second one never comes.
    assert (await asyncio.to_thread(statuses, url))["1#2"] == "CANCELLED"


async def test_job_cancelled_while_it_runs_is_not_tried_again(url: str) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def fails(_payload: dict[str, Any]) -> None:
        began.set()
        await go_on.wait()
        raise ConnectionError

    async with running(url, fails=fails) as jobs:
        await jobs.enqueue("fails", "1", {})
        async with asyncio.timeout(BOUND):
            await began.wait()
        await jobs.cancel("1")
        go_on.set()
    assert await asyncio.to_thread(statuses, url) == {"1": "CANCELLED"}


async def test_narrow_queue_runs_one_at_a_time_and_a_waiting_retry_takes_no_place(url: str) -> None:
    book, at_once, most = Book(), 0, 0

    async def work(payload: dict[str, Any]) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        await book.write(payload)
        if payload["line"] == "fails":
            raise ConnectionError

    async with running(url, gaps=(3600,), narrow_work=work) as jobs:
        await jobs.enqueue("narrow_work", "f", {"line": "fails"})
        for number in range(5):
            await jobs.enqueue("narrow_work", str(number), {"line": number})
        await book.until(lambda lines: len(lines) == 6)
    assert most == 1


async def test_rate_limit_holds_for_every_second(url: str) -> None:
    book, starts = Book(), []

    async def dial(payload: dict[str, Any]) -> None:
        starts.append(time.monotonic())
        await book.write(payload)

    async with running(url, slow_dial=dial) as jobs:
        for number in range(5):
            await jobs.enqueue("slow_dial", str(number), {"line": number})
        await book.until(lambda lines: len(lines) == 5)
    # The limit counts what the engine starts; the event loop may shift the moment seen here a little.
    assert all(later - earlier > 0.8 for earlier, later in zip(starts, starts[2:], strict=False))


async def test_handler_may_hand_out_further_jobs(url: str) -> None:
    book = Book()

    async def first(payload: dict[str, Any]) -> None:
        await asyncio.gather(
            *(jobs.enqueue("write", f"{payload['line']}-{number}", {"line": number}) for number in range(3))
        )

    async with running(url, first=first, write=book.write) as jobs:
        await jobs.enqueue("first", "1", {"line": 1})
        await book.until(lambda lines: len(lines) == 3)
    assert sorted(book.lines) == [0, 1, 2]


async def test_handler_runs_on_the_services_own_loop_and_leaves_its_threads_alone(url: str) -> None:
    seen: list[object] = []
    done = asyncio.Event()

    async def look(_payload: dict[str, Any]) -> None:
        seen.extend([asyncio.get_running_loop(), threading.current_thread()])
        done.set()

    async with running(url, look=look) as jobs:
        await jobs.enqueue("look", "1", {})
        async with asyncio.timeout(BOUND):
            await done.wait()
    assert seen == [asyncio.get_running_loop(), threading.current_thread()]
    assert await asyncio.to_thread(threading.current_thread)


async def test_stop_waits_for_what_runs_and_resumes_the_rest_at_the_next_start(url: str) -> None:
    book = Book()

    async def short(payload: dict[str, Any]) -> None:
        await book.write({"line": "short began"})
        await asyncio.sleep(0.1)
        await book.write(payload)

    async def endless(payload: dict[str, Any]) -> None:
        await book.write({"line": "endless began"})
        if book.lines.count("endless began") == 1:
            await asyncio.Event().wait()
        await book.write(payload)

    async with running(url, patience=0.5, short=short, endless=endless) as jobs:
        await jobs.enqueue("short", "s", {"line": "short done"})
        await jobs.enqueue("endless", "e", {"line": "endless done"})
        await book.until(lambda lines: {"short began", "endless began"} <= set(lines))
    assert "short done" in book.lines
    assert await asyncio.to_thread(statuses, url) == {"s": "SUCCESS", "e": "PENDING"}
    async with running(url, short=short, endless=endless):
        await book.until(lambda lines: "endless done" in lines)
    assert book.lines.count("short began") == 1
    assert book.lines.count("endless done") == 1


async def test_job_whose_handler_is_gone_is_not_lost(url: str) -> None:
    book = Book()
    async with running(url, later=book.write) as jobs:
        await jobs.enqueue("later", "1", {"line": "x"}, delay=0.1)
        with pytest.raises(ValueError, match="no handler"):
            await jobs.enqueue("unheard", "2", {})
    async with running(url, gaps=()) as jobs:
        async with asyncio.timeout(BOUND):
            while not (over := await jobs.given_up()):
                await asyncio.sleep(0.05)
    assert over == [GivenUpJob(job_id="1", name="later", payload={"line": "x"})]


async def test_payload_that_is_not_json_is_refused_at_the_door(url: str) -> None:
    async with running(url, write=Book().write) as jobs:
        with pytest.raises(TypeError):
            await jobs.enqueue("write", "1", {"line": object()})


def test_queue_or_handler_that_cannot_be_meant_is_refused_before_the_start() -> None:
    jobs = Jobs("sqlite:///unused", "node-1")
    jobs.handle("work", Book().write)
    with pytest.raises(ValueError, match="two handlers"):
        jobs.handle("work", Book().write)
    with pytest.raises(ValueError, match="no queue"):
        jobs.handle("other", Book().write, queue="unheard")
    assert DEFAULT.at_once


async def test_database_that_is_neither_kind_is_refused_with_a_remedy() -> None:
    with pytest.raises(HotlineError, match="postgresql://"):
        await Jobs("mysql://localhost/x", "node-1").start()
