"""Durable jobs: what must still happen after a crash, kept by DBOS. The only module that names the engine.

A job is an id, a handler's name and a JSON payload; what it means is known to its handler alone. The same id again is the same
job. A job that was running when its process died is run again by the next process of the same node name, so a handler may see its
payload twice and must bear it. The engine lives on threads of its own; only handlers run on the service's event loop.
"""

import asyncio
import contextvars
import json
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from hotline1022.base.errors import DatabaseAway
from hotline1022.base.jobs_connections import connections
from hotline1022.base.log import where
from hotline1022.base.metrics import Metrics

log = structlog.get_logger()

Answer = TypeVar("Answer")

Handler = Callable[[dict[str, Any]], Awaitable[None]]
"""What a job does. It may be called twice with the same payload; it raises to be called again later."""

GAPS = (1.0, 5.0, 30.0, 120.0, 600.0, 3600.0, 21600.0, 86400.0)
"""Seconds between a failed attempt and the next one: nine attempts in about 32 hours, then the job is given up."""

APPLICATION = "hotline1022"
VERSION = "jobs-1"
"""The engine resumes only jobs of its own version. This one changes when the arguments of a job change, not with each release."""

WORK = "work"
_AWAY = (OperationalError, InterfaceError, PoolTimeoutError, OSError)
_SERIALIZER = DBOSPortableJSONSerializer()


class JobGivenUp(Exception):
    """A job has failed on its last attempt. The message is the handler's name and the error's type, never a citizen's data."""


@dataclass(frozen=True, kw_only=True)
class JobQueue:
    """A named queue and its limits; None means no limit."""

    name: str
    at_once: int | None = None
    """Jobs that one node runs at once. A job that waits for its next attempt takes no place."""
    at_once_everywhere: int | None = None
    """Jobs that all nodes together run at once."""
    rate: tuple[int, float] | None = None
    """(starts, seconds): all nodes together start no more than that many in any such time."""
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

    ``url`` is a SQLite file (``sqlite:////path``) or a PostgreSQL database that exists. ``node_name`` is this node's lasting
    name. A queue called ``default`` takes the place of ``DEFAULT``.
    """

    def __init__(
        self,
        url: str,
        node_name: str,
        *,
        queues: Sequence[JobQueue] = (),
        gaps: Sequence[float] = GAPS,
        metrics: Metrics | None = None,
    ) -> None:
        self._url = sa.make_url(url)
        self._node_name = node_name
        self._queues = {queue.name: queue for queue in (DEFAULT, *queues)}
        self._gaps = tuple(gaps)
        self._metrics = metrics or Metrics()
        self._handlers: dict[str, tuple[Handler, str]] = {}
        self._running: dict[asyncio.Task[None], str] = {}
        self._interrupted: set[str] = set()
        self._stopping = False
        self._ended = threading.Event()
        self._pools: list[sa.Engine] = []
        self._threads: ThreadPoolExecutor | None = None
        self._client: DBOSClient | None = None

    def handle(self, name: str, function: Handler, *, queue: str = DEFAULT.name) -> None:
        """Say what jobs called ``name`` do, and on which of the declared queues they wait. Before ``start``."""
        if name in self._handlers:
            raise ValueError(f"two handlers are called {name}")
        if queue not in self._queues:
            raise ValueError(f"no queue is called {queue}")
        self._handlers[name] = (function, queue)

    async def start(self) -> None:
        """Start the engine; what this node left unfinished is resumed. Raises DatabaseAway, and then may be tried again."""
        self._stopping = False
        self._ended = threading.Event()
        self._threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="jobs")
        # A logger that has a handler keeps the engine from attaching its own to the console.
        if not logging.getLogger("dbos").handlers:
            logging.getLogger("dbos").addHandler(logging.NullHandler())
        try:
            await asyncio.to_thread(self._launch, asyncio.get_running_loop())
        except BaseException as error:
            await asyncio.to_thread(self._destroy)
            if isinstance(error, _AWAY):
                raise DatabaseAway("Không mở được cơ sở dữ liệu của hàng việc") from error
            raise

    def _launch(self, loop: asyncio.AbstractEventLoop) -> None:
        asking, working = connections(self._url, size=5), connections(self._url, wait_until=self._ended)
        self._pools = [asking, working]
        # The client tells an error at once where the engine itself would wait; a database that is away now is told here.
        self._client = DBOSClient(
            system_database_engine=asking,
            serializer=_SERIALIZER,
            application_name=APPLICATION,
            retry_connection_errors=False,
        )
        DBOS(
            config=DBOSConfig(
                name=APPLICATION,
                application_version=VERSION,
                executor_id=self._node_name,
                system_database_engine=working,
                serializer=_SERIALIZER,
                log_level="WARNING",
                use_listen_notify=False,
                # Nobody waits for the engine's notifications; its listener only has to notice quickly that it should end.
                notification_listener_polling_interval_sec=0.1,
            )
        )

        async def work(name: str, job_id: str, payload: str, attempt: int, due: float | None = None) -> None:
            # This runs on the engine's loop, the attempt on the service's.
            if due is not None:
                self._metrics.job_lateness.observe(max(time.time() - due, 0.0))
            attempted = asyncio.run_coroutine_threadsafe(self._attempt(name, job_id, payload, attempt), loop)
            if (error := await asyncio.wrap_future(attempted)) is not None:
                raise JobGivenUp(f"{name}: {error}")

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

    async def enqueue(self, name: str, job_id: str, payload: Mapping[str, Any], delay: float | None = None) -> None:
        """Have ``name`` called with ``payload``, as soon as its queue allows or ``delay`` seconds from now.

        Returns when the job is on the disk. An id that is known already changes nothing, whatever became of that job.
        Raises DatabaseAway, ValueError for a name without a handler, TypeError for a payload that is not JSON.
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
        due = time.time() + (delay or 0.0)
        await self._ask(lambda client: client.enqueue(options, name, job_id, payload, attempt, due))

    async def cancel(self, job_id: str) -> None:
        """Forget a job that has not begun; one that runs goes on to its end but is not tried again. Raises DatabaseAway."""
        ids = [_attempt_id(job_id, attempt) for attempt in range(1, len(self._gaps) + 2)]
        await self._ask(lambda client: client.cancel_workflows(ids))

    async def given_up(self) -> list[GivenUpJob]:
        """The jobs that failed for the last time, oldest first. Raises DatabaseAway."""
        over = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
        found = await self._ask(lambda client: client.list_workflows(status=over, load_output=False))
        jobs = []
        for status in found:
            name, job_id, payload = status.input["args"][:3] if status.input else ("", status.workflow_id, "{}")
            jobs.append(GivenUpJob(job_id=job_id, name=name, payload=json.loads(payload)))
        return jobs

    async def _ask(self, question: Callable[[DBOSClient], Answer]) -> Answer:
        if self._client is None or self._threads is None:
            raise RuntimeError("the jobs have not been started")
        try:
            # Questions that wait for a database must not use up the threads that everybody else shares.
            return await asyncio.get_running_loop().run_in_executor(self._threads, question, self._client)
        except _AWAY as error:
            raise DatabaseAway("Mất kết nối với cơ sở dữ liệu của hàng việc") from error

    async def _attempt(self, name: str, job_id: str, payload: str, attempt: int) -> str | None:
        """Run one attempt; returns the error's type if it was the last and failed. Cancelled, it is left unfinished."""
        if self._stopping:
            self._interrupted.add(_attempt_id(job_id, attempt))
            raise asyncio.CancelledError
        # A context of its own: this one carries the engine's marks of the job, and a handler's calls are no part of it.
        task = asyncio.create_task(self._call(name, payload), context=contextvars.Context())
        self._running[task] = _attempt_id(job_id, attempt)
        try:
            await task
            self._metrics.jobs.labels("done").inc()
        except Exception as error:
            self._metrics.jobs.labels("failed").inc()
            return await self._failed(name, job_id, payload, attempt, error)
        finally:
            del self._running[task]
        return None

    async def _call(self, name: str, payload: str) -> None:
        if name not in self._handlers:
            raise LookupError(f"no handler is called {name}")
        await self._handlers[name][0](json.loads(payload))

    async def _failed(self, name: str, job_id: str, payload: str, attempt: int, error: Exception) -> str | None:
        kind = type(error).__name__
        told = {"job": name, "job_id": job_id, "attempt": attempt, "error": kind, "where": where(error.__traceback__)}
        if attempt > len(self._gaps):
            log.error("job_given_up", **told)
            return kind
        gap = self._gaps[attempt - 1]
        log.warning("job_failed", **told, next_in_seconds=gap)
        # The next attempt is a job of its own: while it waits it takes no place in the queue and belongs to no process.
        while True:
            try:
                if not await self._is_cancelled(_attempt_id(job_id, attempt)):
                    await self._enqueue(name, job_id, payload, attempt + 1, gap or None)
                return None
            except DatabaseAway:
                await asyncio.sleep(1)

    async def _is_cancelled(self, attempt_id: str) -> bool:
        return bool(
            await self._ask(lambda client: client.list_workflows(workflow_ids=[attempt_id], status="CANCELLED"))
        )

    async def stop(self, patience: float = 5.0) -> None:
        """Stop taking jobs, wait up to ``patience`` seconds for those that run, interrupt the rest.

        What was interrupted is resumed at the next start. Afterwards nothing of the engine keeps the process alive.
        """
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
        mine: dict[str, Any] = {"status": "PENDING", "executor_id": self._node_name, "load_input": False}
        for _ in range(40):
            try:
                unfinished = await self._ask(lambda client: client.list_workflows(**mine))
            except (DatabaseAway, RuntimeError):
                return
            if {status.workflow_id for status in unfinished} <= self._interrupted:
                return
            await asyncio.sleep(0.05)

    def _destroy(self) -> None:
        self._ended.set()
        DBOS.destroy(destroy_registry=True)
        if self._client is not None:
            self._client.destroy()
            self._client = None
        for pool in self._pools:
            pool.dispose()
        if self._threads is not None:
            self._threads.shutdown(
                wait=True
            )  # their questions have been answered or given up: the thread itself must be gone too


def _attempt_id(job_id: str, attempt: int) -> str:
    return job_id if attempt == 1 else f"{job_id}#{attempt}"
