"""How the durable engine is connected to its own database: a SQLite file or PostgreSQL. No job and no queue is known here."""

import sqlite3
import threading
import time
from typing import Any

import sqlalchemy as sa
import structlog

from hotline1022.base.errors import HotlineError

log = structlog.get_logger()

CONNECT_PATIENCE = 5
"""Seconds for one attempt to connect to PostgreSQL."""

RETRY = 0.5
"""Seconds between attempts of connections that wait."""

_SERVER_LIMITS = "-c statement_timeout=30000 -c lock_timeout=30000 -c idle_in_transaction_session_timeout=60000"


class Ended(Exception):
    """The engine has been stopped: whoever still waits for its database gives up."""


def connections(url: sa.URL, *, wait_until: threading.Event | None = None, size: int = 10) -> sa.Engine:
    """A pool of at most ``size`` connections; errors never quote the values of a statement, which are job payloads.

    With ``wait_until``, a connection that cannot be made now is tried again until that event is set, and then refused with
    ``Ended``. The engine itself would pause ever longer, up to a minute and a half, and never notice that it was stopped.
    Raises HotlineError for a database that is neither SQLite nor PostgreSQL.
    """
    backend = url.get_backend_name()
    if backend == "sqlite":
        engine = sa.create_engine(url.set(drivername="sqlite"), hide_parameters=True)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        return engine
    if backend != "postgresql":
        raise HotlineError(
            f"Hàng việc bền không dùng được cơ sở dữ liệu {backend}",
            remedy="đặt HOTLINE_JOBS_DATABASE_URL là sqlite:////tệp hoặc postgresql://máy/tên",
        )
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=size,
        max_overflow=0,
        pool_timeout=CONNECT_PATIENCE,
        connect_args={
            "connect_timeout": CONNECT_PATIENCE,
            "application_name": "hotline1022-jobs",
            "options": _SERVER_LIMITS,
        },
    )
    if wait_until is not None:
        sa.event.listen(engine, "do_connect", _waits(wait_until))
    return engine


def _waits(ended: threading.Event) -> Any:
    def connect(dialect: sa.Dialect, _record: Any, arguments: Any, parameters: Any) -> Any:
        told = False
        while not ended.is_set():
            try:
                return dialect.connect(*arguments, **parameters)
            except dialect.loaded_dbapi.OperationalError:
                if not told:
                    log.warning("jobs_wait_for_database")
                    told = True
                ended.wait(RETRY)
        raise Ended

    return connect


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The engine counts on writers that take the lock when they begin.
    connection.isolation_level = "IMMEDIATE"
    # Before Python 3.12 it asks SQLite for whole seconds (``strftime('%s', 'now')``): delays would end up to a second late,
    # and a rate limit would let twice as many start around a full second. Here the same question is answered precisely.
    connection.create_function("strftime", 2, lambda _format, _moment: time.time())
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
