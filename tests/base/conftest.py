"""A durable engine's database of either kind, prepared once and copied for each test; and a server that may be stopped."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.base.engine import running
from tests.postgresql import PostgreSQL


async def prepare(url: str) -> None:
    """Let the engine make its tables and queues."""
    async with running(url):
        pass


@pytest.fixture(scope="session")
def jobs_sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that the engine has prepared."""
    path = tmp_path_factory.mktemp("jobs") / "template.sqlite"
    asyncio.run(prepare(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def jobs_postgresql_template(postgresql: PostgreSQL) -> str:
    """The name of a database that the engine has prepared."""
    name = postgresql.new_database()
    asyncio.run(prepare(postgresql.url(name)))
    return name


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an engine database of the test's own."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("jobs_sqlite_template"), tmp_path / "jobs.sqlite")
        yield f"sqlite:///{tmp_path / 'jobs.sqlite'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = server.new_database(request.getfixturevalue("jobs_postgresql_template"))
    yield server.url(name)
    if not server.running:
        server.start()
    server.drop_database(name)


@pytest.fixture
def server(postgresql: PostgreSQL) -> Iterator[PostgreSQL]:
    """The shared server, running again afterwards whatever the test did to it."""
    yield postgresql
    if not postgresql.running:
        postgresql.start()


@pytest.fixture
def postgresql_url(server: PostgreSQL, _postgresql_template: str) -> Iterator[str]:
    """The URL of a fresh migrated database on the shared server; the server may be down at the end."""
    name = server.new_database(_postgresql_template)
    yield server.url(name, "asyncpg")
    if not server.running:
        server.start()
    server.drop_database(name)
