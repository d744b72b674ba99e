"""What containers run, run here as it stands in docker/: health checks, the database's first script, coturn. On loopback only."""

import asyncio
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hotline1022.live import Stage
from hotline1022.web import application
from telephony.floor.relay import VALID, Relay
from tests.asterisk import free_port
from tests.docker.composition import FOLDER, services
from tests.postgresql import PostgreSQL


def health_check(name: str, port: int, at: int) -> list[str]:
    """The command of a service's health check, asking at another port than in its container."""
    command: list[str] = services()[name]["healthcheck"]["test"][1:]
    asked = [word.replace(str(port), str(at)) for word in command]
    assert asked != command
    return asked


async def ends(command: list[str]) -> int:
    """The exit code of a command, while the event loop goes on."""
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


async def test_the_services_health_check_tells_one_that_answers_from_one_that_does_not() -> None:
    async def health() -> dict[str, Any]:
        return {"asterisk": False}

    server = TestServer(application(Stage(), "t" * 32, health))
    await server.start_server()
    command = health_check("serve", 8022, server.port or 0)
    assert await ends(command) == 0
    await server.close()
    assert await ends(command) != 0


async def test_the_transcribers_health_check_takes_a_refusal_without_a_token_for_an_answer() -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=401)

    async def broken(_request: web.Request) -> web.Response:
        return web.Response(status=500)

    for answer, healthy in ((refuse, True), (broken, False)):
        app = web.Application()
        app.router.add_get("/health", answer)
        server = TestServer(app)
        await server.start_server()
        assert (await ends(health_check("transcriber", 8024, server.port or 0)) == 0) is healthy
        await server.close()


@contextmanager
def greeting(words: bytes) -> Iterator[int]:
    """A port whose owner says ``words`` to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def greet() -> None:
            with suppress(OSError):
                visitor, _ = door.accept()
                with visitor:
                    visitor.sendall(words)

        threading.Thread(target=greet, daemon=True).start()
        yield door.getsockname()[1]


def test_asterisks_health_check_knows_its_greeting() -> None:
    for words, healthy in ((b"Asterisk Call Manager/9.0.0\r\n", True), (b"220 mail\r\n", False)):
        with greeting(words) as port:
            done = subprocess.run(health_check("asterisk", 5038, port), capture_output=True, check=False)
            assert (done.returncode == 0) is healthy


def test_the_backups_health_check_complains_when_a_night_was_missed(tmp_path: Path) -> None:
    note = tmp_path / "last-success"
    *words, program = services()["backup"]["healthcheck"]["test"][1:]
    command = [*words, program.replace("/var/lib/hotline1022/backup/last-success", str(note))]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    note.touch()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    os.utime(note, (time.time() - 27 * 3600,) * 2)
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@pytest.fixture
def first_run(postgresql: PostgreSQL, tmp_path: Path) -> Iterator[PostgreSQL]:
    """A server on which docker/postgresql/databases.sh has run."""
    for name in ("database_password", "reader_password"):
        (tmp_path / name).write_text(f"it's \\ {name}")
    where = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgresql.port),
        "SECRETS_FOLDER": str(tmp_path),
        "PATH": "/usr/bin:/bin",
    }
    try:
        subprocess.run([FOLDER / "postgresql/databases.sh"], env=where, check=True, capture_output=True)
        yield postgresql
    finally:
        for database in ("hotline", "hotline_jobs"):
            postgresql.drop_database(database)
        for role in ("hotline", "hotline_reader"):
            postgresql.execute(f"DROP ROLE IF EXISTS {role}")


@pytest.mark.postgresql
def test_the_hotline_owns_its_databases_and_the_reader_may_only_look_in(first_run: PostgreSQL) -> None:
    def connected(role: str, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(first_run.url(database).replace("postgres@", f"{role}@"))

    for database in ("hotline", "hotline_jobs"):
        with closing(connected("hotline", database)) as owner, owner:
            owner.execute("CREATE TABLE citizens (number TEXT)")
    with closing(connected("hotline_reader", "hotline")) as reader:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("SELECT * FROM citizens")
        reader.rollback()
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
            reader.execute("CREATE TABLE mine (number TEXT)")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        connected("hotline_reader", "hotline_jobs")
    stored = first_run.execute(
        "SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname LIKE 'hotline%' AND rolcanlogin"
    )
    assert stored == [(True,), (True,)]


@pytest.fixture
def relayed_port(tmp_path: Path) -> Iterator[int]:
    """A real coturn, started as in its container; its port."""
    if shutil.which("turnserver") is None:
        pytest.skip("coturn is not installed (package coturn)")
    (tmp_path / "secret").write_text("a-secret-of-a-test")
    port = free_port(socket.SOCK_DGRAM)
    environment = {
        "PATH": "/usr/bin:/bin", "TURN_MADE": str(tmp_path / "made.conf"), "TURN_SECRET_FILE": str(tmp_path / "secret"),
        "TURN_CONFIGURATION": str(FOLDER / "coturn/turnserver.conf"),
        "TURN_REALM": "1022", "TURN_PEER": "172.31.102.2", "TURN_RELAY": "127.0.0.1",
    }  # fmt: skip
    start = ["/bin/sh", str(FOLDER / "coturn/start.sh"), f"--listening-port={port}", "--listening-ip=127.0.0.1"]
    with (tmp_path / "told").open("wb") as told:
        running = subprocess.Popen([*start, f"--pidfile={tmp_path / 'pid'}"], env=environment, stdout=told, stderr=told)
    try:
        deadline = time.monotonic() + 20
        while not answers(port):
            assert time.monotonic() < deadline, (tmp_path / "told").read_text()
        yield port
    finally:
        running.terminate()
        running.wait(10)


def answers(port: int) -> bool:
    """Whether coturn passes its health check; Docker too ends a check that takes longer."""
    program, address = services()["coturn"]["healthcheck"]["test"][1:]
    try:
        subprocess.run([program, "-p", str(port), address], capture_output=True, timeout=1, check=True)
    except subprocess.SubprocessError:
        return False
    return True


@pytest.mark.coturn
def test_coturn_answers_its_health_check_and_keeps_its_secret_to_itself(relayed_port: int, tmp_path: Path) -> None:
    assert answers(relayed_port)
    assert not answers(free_port(socket.SOCK_DGRAM))
    assert (tmp_path / "made.conf").stat().st_mode & 0o077 == 0
    assert "a-secret-of-a-test" in (tmp_path / "made.conf").read_text()
    assert "a-secret-of-a-test" not in (tmp_path / "told").read_text()


@pytest.mark.coturn
def test_coturn_relays_for_whom_the_service_has_sealed_a_pass_and_to_asterisk_alone(relayed_port: int) -> None:
    def tried(username: str, credential: str, *more: str) -> str:
        client = [
            "turnutils_uclient",
            "-u",
            username,
            "-w",
            credential,
            "-p",
            str(relayed_port),
            "-n",
            "1",
            "-c",
            "-t",
            *more,
        ]
        return subprocess.run([*client, "127.0.0.1"], capture_output=True, text=True, timeout=30, check=False).stdout

    def sealed(secret: str, at: datetime) -> tuple[str, str]:
        (given,) = Relay(url="turn:127.0.0.1", secret=secret).passes("2007", at)
        return given.username, given.credential

    elsewhere = ("-e", "192.0.2.9")
    now, refused, let_in = datetime.now(UTC), "Cannot complete Allocation", "403 (Forbidden IP)"
    assert let_in in tried(*sealed("a-secret-of-a-test", now), *elsewhere)
    assert refused in tried(*sealed("another-secret", now), *elsewhere)
    assert refused in tried(*sealed("a-secret-of-a-test", now - VALID - timedelta(minutes=1)), *elsewhere), (
        "it has ended"
    )


def test_without_a_relay_a_browser_is_told_of_none() -> None:
    assert Relay().passes("2007", datetime.now(UTC)) == []
