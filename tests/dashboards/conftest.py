"""A busy day in a real PostgreSQL and a real Prometheus, made once for all claims about the dashboards."""

import asyncio
import shutil
from collections.abc import Iterator

import pytest

from tests.dashboards import minutes
from tests.dashboards.busy_day import fill
from tests.dashboards.prometheus import Prometheus, make_blocks
from tests.dashboards.reader import Reader
from tests.postgresql import own_server

GRAFANA = "grafana_reads"
"""A role as Grafana's: it may read the reporting views and nothing else."""


@pytest.fixture(scope="session")
def busy_day() -> Iterator[str]:
    """The URL of the filled database, as its owner sees it. The server is its own: roles are a whole server's."""
    with own_server() as server:
        for statement in (
            "CREATE ROLE hotline_reports",
            f"CREATE ROLE {GRAFANA} LOGIN",
            f"GRANT hotline_reports TO {GRAFANA}",
        ):
            server.execute(statement)
        name = server.new_database()
        asyncio.run(fill(server.url(name, "asyncpg")))
        yield server.url(name, "asyncpg")


@pytest.fixture(scope="session")
def reader(busy_day: str) -> Iterator[Reader]:
    """Asks PostgreSQL as Grafana's role."""
    opened = Reader(busy_day.replace("+asyncpg", "").replace("postgres@", f"{GRAFANA}@"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def prometheus(busy_day: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """The day's minutes in a running Prometheus."""
    for program in ("prometheus", "promtool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (package prometheus)")
    folder = tmp_path_factory.mktemp("prometheus")
    data = folder / "data"
    make_blocks(minutes.write(busy_day, folder), data)
    server = Prometheus(data)
    yield server
    server.stop()
