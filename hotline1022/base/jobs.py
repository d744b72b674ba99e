"""Durable jobs: what must still happen after a crash, kept by DBOS. The only module that names the engine; it knows no handler's meaning.

A job is an id, a handler's name and a JSON payload. The same id again is the same job. A job that was running when its process died
is run again by the next process of the same node name, so a handler may see its payload twice and must be able to bear it.
The engine lives on threads of its own; only handlers run on the service's event loop.
"""

import asyncio
import contextvars
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hotline1022.base.errors import DatabaseAway, HotlineError
from hotline1022.base.log import where

log = structlog.get_logger()

Handler = Callable[[dict[str, Any]], Awaitable[None]]
"""What a job does. It may be called twice with the same payload; it raises to be called again later."""

GAPS = (1.0, 5.0, 30.0, 120.0, 600.0, 3600.0, 21600.0, 86400.0)
"""Seconds between a failed attempt and the next one: nine attempts in about 32 hours, then the job is given up."""

APPLICATION = "hotline1022"
VERSION = "jobs-1"
"""The engine resumes only jobs of its own version. This one changes when the arguments of ``_work`` change, not with each release."""

WORK = "work"
_SERIALIZER = DBOSPortableJSONSerializer()


class JobGivenUp(Exception):
    """A job has failed on its last attempt. The message carries the handler's name and the error's type, never a citizen's data."""


@dataclass(frozen=True, kw_only=True)
class JobQueue:
    """A named queue and its limits; None means no limit. ``rate`` is (starts, seconds): no more starts in any such time, on all nodes."""

    name: str
    at_once: int | None = None
    """Jobs that one node runs at once. A job that waits for its next attempt takes no place."""
    at_once_everywhere: int | None = None
    rate: tuple[int, float] | None = None
    look_every: float = 0.2
    """Seconds between looks for work: what an idle queue adds to a job's start."""


DEFAULT = JobQueue(name="default", at_once=50)


@dataclass(frozen=True, kw_only=True)
class GivenUpJob:
    """A job that has failed for the last time and waits for a person."""

    job_id: str
    name: str
    payload: dict[str, Any]


class Jobs:
    """The durable engine of this process; a process has one at a time.

    ``url`` is a SQLite file (``sqlite:////path``) or a PostgreSQL database that exists. ``node_name`` is this node's lasting name.
    """

    def __init__(
        self, url: str, node_name: str, *, queues: Sequence[JobQueue] = (), gaps: Sequence[float] = GAPS
    ) -> None:
        self._url = sa.make_url(url)
        self._node_name = node_name
        self._queues = {queue.name: queue for queue in (DEFAULT, *queues)}
        self._gaps = tuple(gaps)
        self._handlers: dict[str, tuple[Handler, str]] = {}
        self._running: dict[asyncio.Task[None], str] = {}
        self._interrupted: set[str] = set()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: sa.Engine | None = None
        self._client: DBOSClient | None = None
        # Calls that wait for a database must not use up the threads that everybody else shares.
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="jobs")

    def handle(self, name: str, function: Handler, *, queue: str = DEFAULT.name) -> None:
        """Say what jobs called ``name`` do, and on which of the declared queues they wait. Before ``start``."""
        if name in self._handlers:
            raise ValueError(f"two handlers are called {name}")
        if queue not in self._queues:
            raise ValueError(f"no queue is called {queue}")
        self._handlers[name] = (function, queue)

    async def start(self) -> None:
        """Start the engine; what this node left unfinished is resumed. Raises DatabaseAway."""
        self._loop = asyncio.get_running_loop()
        self._stopping = False
        # A logger that has a handler keeps the engine from attaching its own to the console.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        try:
            await asyncio.to_thread(self._launch)
        except (OperationalError, InterfaceError, OSError) as error:
            await asyncio.to_thread(self._destroy)
            raise DatabaseAway("Không mở được cơ sở dữ liệu của hàng việc") from error

    def _launch(self) -> None:
        self._engine = _engine(self._url)
        DBOS(
            config=DBOSConfig(
                name=APPLICATION,
                application_version=VERSION,
                executor_id=self._node_name,
                system_database_engine=self._engine,
                serializer=_SERIALIZER,
                log_level="WARNING",
                use_listen_notify=False,
            )
        )

        async def work(name: str, job_id: str, payload: str, attempt: int) -> None:
            # A function: the engine cannot mark a bound method.
            await self._work(name, job_id, payload, attempt)

        DBOS.workflow(name=WORK)(work)
        DBOS.launch()
        for queue in self._queues.values():
            DBOS.register_queue(
                queue.name,
                worker_concurrency=queue.at_once,
                global_concurrency=queue.at_once_everywhere,
                limiter={"limit": queue.rate[0], "period": queue.rate[1]} if queue.rate else None,
                polling_interval_sec=queue.look_every,
                on_conflict="always_update",
            )
        # The client gives an error where the engine itself would wait for the database without end.
        self._client = DBOSClient(
            system_database_engine=self._engine,
            serializer=_SERIALIZER,
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    async def enqueue(self, name: str, job_id: str, payload: Mapping[str, Any], delay: float | None = None) -> None:
        """Have ``name`` called with ``payload``, as soon as its queue allows or ``delay`` seconds from now.

        Returns when the job is on the disk. An id that is known already changes nothing, whatever became of that job.
        Raises DatabaseAway, and ValueError for a name without a handler.
        """
        if name not in self._handlers:
            raise ValueError(f"no handler is called {name}")
        await self._enqueue(name, job_id, json.dumps(payload), 1, delay)

    async def _enqueue(self, name: str, job_id: str, payload: str, attempt: int, delay: float | None) -> None:
        options: EnqueueOptions = {
            "workflow_name": WORK,
            "queue_name": self._handlers[name][1] if name in self._handlers else DEFAULT.name,
            "workflow_id": _attempt_id(job_id, attempt),
            "app_version": VERSION,
        }
        if delay is not None:
            options["delay_seconds"] = delay
        await self._call(lambda client: client.enqueue(options, name, job_id, payload, attempt))

    async def cancel(self, job_id: str) -> None:
        """Forget a job that has not begun; one that is running goes on to its end but is not tried again. Raises DatabaseAway."""
        ids = [_attempt_id(job_id, attempt) for attempt in range(1, len(self._gaps) + 2)]
        await self._call(lambda client: client.cancel_workflows(ids))

    async def given_up(self) -> list[GivenUpJob]:
        """The jobs that failed for the last time, oldest first. Raises DatabaseAway."""
        over = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
        found = await self._call(lambda client: client.list_workflows(status=over, load_output=False))
        jobs = []
        for status in found:
            name, job_id, payload, _ = status.input["args"] if status.input else ("", status.workflow_id, "{}", 0)
            jobs.append(GivenUpJob(job_id=job_id, name=name, payload=json.loads(payload)))
        return jobs

    async def _call(self, ask: Callable[[DBOSClient], Any]) -> Any:
        if self._client is None:
            raise RuntimeError("the jobs have not been started")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, ask, self._client)
        except (OperationalError, InterfaceError, PoolTimeoutError, OSError) as error:
            raise DatabaseAway("Mất kết nối với cơ sở dữ liệu của hàng việc") from error

    async def _work(self, name: str, job_id: str, payload: str, attempt: int) -> None:
        # This runs on the engine's loop. The attempt runs on the service's, in a context without the engine's own marks:
        # with them, a job enqueued by a handler would become a step of this one and be compared when it is run again.
        assert self._loop is not None
        attempted = asyncio.run_coroutine_threadsafe(self._attempt(name, job_id, payload, attempt), self._loop)
        if (error := await asyncio.wrap_future(attempted)) is not None:
            raise JobGivenUp(f"{name}: {error}")

    async def _attempt(self, name: str, job_id: str, payload: str, attempt: int) -> str | None:
        """Run one attempt; returns the error's type if it was the last one and failed. Cancelled, the job is left unfinished."""
        if self._stopping:
            self._interrupted.add(_attempt_id(job_id, attempt))
            raise asyncio.CancelledError
        task = asyncio.create_task(self._call_handler(name, payload), context=contextvars.Context())
        self._running[task] = _attempt_id(job_id, attempt)
        try:
            await task
        except Exception as error:
            return await self._failed(name, job_id, payload, attempt, error)
        finally:
            del self._running[task]
        return None

    async def _call_handler(self, name: str, payload: str) -> None:
        if name not in self._handlers:
            raise LookupError(f"no handler is called {name}")
        await self._handlers[name][0](json.loads(payload))

    async def _failed(self, name: str, job_id: str, payload: str, attempt: int, error: Exception) -> str | None:
        told = {
            "job": name,
            "job_id": job_id,
            "attempt": attempt,
            "error": type(error).__name__,
            "where": where(error.__traceback__),
        }
        if attempt > len(self._gaps):
            log.error("job_given_up", **told)
            return type(error).__name__
        gap = self._gaps[attempt - 1]
        log.warning("job_failed", **told, next_in_seconds=gap)
        while True:
            try:
                if not await self._is_cancelled(_attempt_id(job_id, attempt)):
                    await self._enqueue(name, job_id, payload, attempt + 1, gap)
                return None
            except DatabaseAway:
                await asyncio.sleep(1)

    async def _is_cancelled(self, attempt_id: str) -> bool:
        found = await self._call(
            lambda client: client.list_workflows(
                workflow_ids=[attempt_id], status="CANCELLED", load_input=False, load_output=False
            )
        )
        return bool(found)

    async def stop(self, patience: float = 5.0) -> None:
        """Stop taking jobs, wait up to ``patience`` seconds for those that run, interrupt the rest (they are resumed at the next start)."""
        self._stopping = True
        if self._running:
            await asyncio.wait(self._running, timeout=patience)
        for task, attempt_id in list(self._running.items()):
            self._interrupted.add(attempt_id)
            task.cancel()
        await self._outcomes_written()
        await asyncio.to_thread(self._destroy)

    async def _outcomes_written(self) -> None:
        """Wait, two seconds at most, until what has ended is known as ended, so that it is not run again."""
        for _ in range(40):
            try:
                open_jobs = await self._call(
                    lambda client: client.list_workflows(
                        status="PENDING", executor_id=self._node_name, load_input=False, load_output=False
                    )
                )
            except (DatabaseAway, RuntimeError):
                return
            if {job.workflow_id for job in open_jobs} <= self._interrupted:
                return
            await asyncio.sleep(0.05)

    def _destroy(self) -> None:
        if self._client is not None:
            self._client.destroy()
            self._client = None
        DBOS.destroy(destroy_registry=True)
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _attempt_id(job_id: str, attempt: int) -> str:
    return job_id if attempt == 1 else f"{job_id}#{attempt}"


def _engine(url: sa.URL) -> sa.Engine:
    """The engine's own connections. Payloads are kept out of error messages (``hide_parameters``)."""
    backend = url.get_backend_name()
    if backend == "sqlite":
        engine = sa.create_engine(url.set(drivername="sqlite"), hide_parameters=True)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        return engine
    if backend == "postgresql":
        return sa.create_engine(
            url.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=0,
            pool_timeout=5,
            connect_args={
                "connect_timeout": 5,
                "application_name": APPLICATION,
                "options": "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000",
            },
        )
    raise HotlineError(f"Hàng việc bền không dùng được {backend}", remedy="dùng sqlite:///tệp hoặc postgresql://...")


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The engine counts on writers that take the lock when they begin.
    connection.isolation_level = "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
