"""What every test may ask for: a migrated database of either kind, a real PostgreSQL, a still clock. And no silent skip in CI."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotline1022.base import migrate
from hotline1022.base.db import Database
from tests.postgresql import PostgreSQL, own_server

MUST_RUN_IN_CI = {"asterisk", "postgresql", "engine", "coturn", "grafana_types"}


MEMORY = Path("/dev/shm")
ENOUGH_BYTES = 4_000_000_000


def pytest_configure() -> None:
    """Files of tests lie in memory where there is enough: a database of its own for each test costs a second on a busy disk."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # it is looked up anew


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Among several processes the files that may take long begin first, so that none is waited for at the end."""
    if not hasattr(config, "workerinput"):
        return
    longest: dict[Path, float] = {}
    for item in items:
        limit = item.get_closest_marker("timeout")
        longest[item.path] = max(longest.get(item.path, 0.0), limit.args[0] if limit else 0.0)
    items.sort(key=lambda item: -longest[item.path])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test of a real part that is skipped fails: what was not run was not shown to work."""
    report = yield
    parts = MUST_RUN_IN_CI & {mark.name for mark in item.iter_markers()}
    if report.skipped and parts and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: needs the real {', '.join(sorted(parts))} and was skipped in CI ({reason})"
    return report


@dataclass
class StillClock:
    """A clock that moves only when told to."""

    instant: datetime = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The instant that was set."""
        return self.instant

    def advance(self, **amount: float) -> None:
        """Move on by ``timedelta(**amount)``."""
        self.instant += timedelta(**amount)


@pytest.fixture
def clock() -> StillClock:
    """Monday 2 March 2026, 08:00 in Vietnam, until moved."""
    return StillClock()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running server shared by the session. A fault test that stops it must start it again."""
    with own_server() as server:
        yield server


@pytest.fixture(scope="session")
def _postgresql_template(postgresql: PostgreSQL) -> str:
    """A migrated database; each test gets a copy of it."""
    name = postgresql.new_database()
    asyncio.run(migrate.upgrade(postgresql.url(name, "asyncpg")))
    return name


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file; each test gets a copy of it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    asyncio.run(migrate.upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh migrated database, once for SQLite and once for PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("_sqlite_template"), tmp_path / "hotline.sqlite")
        yield f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = server.new_database(request.getfixturevalue("_postgresql_template"))
    yield server.url(name, "asyncpg")
    if not server.running:
        server.start()
    server.drop_database(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh migrated database, once for SQLite and once for PostgreSQL."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def installation(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of an installation on a fresh migrated database; the command line finds both."""
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database_url)
    monkeypatch.setattr("hotline1022.cli.asking.configure_log", lambda *_: None)
    return tmp_path
