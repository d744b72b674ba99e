"""A real PostgreSQL of the tests' own: a private folder, a free loopback port, stopped by its process id. No test lives here."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

# Comfort for tests only: nothing here has to survive a power cut. A killed server still recovers, as in production.
SETTINGS = {"fsync": "off", "max_connections": "60", "shared_buffers": "32MB", "log_min_messages": "error"}


def programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``: Debian's newest, else wherever PATH finds them, else None."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass
class PostgreSQL:
    """One server. ``start`` and ``stop`` may be called as often as a fault test likes; ``remove`` ends it for good."""

    bin: Path
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="hotline-postgresql-")))
    port: int = 0
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)

    def __post_init__(self) -> None:
        self.port = self.port or _free_port()
        if os.geteuid() == 0:
            # The server refuses to run as root.
            shutil.chown(self.folder, "nobody")
            self.folder.chmod(0o700)
        self._run(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )

    @property
    def data(self) -> Path:
        """The cluster's folder."""
        return self.folder / "data"

    def start(self) -> None:
        """Start and wait until it answers."""
        settings = {
            **self.settings,
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._run("pg_ctl", "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-o", options, "start")

    def stop(self, *, immediate: bool = False) -> None:
        """Stop and wait: sessions are ended in order, or as by a crash when ``immediate``."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", "immediate" if immediate else "fast", "stop")

    @property
    def running(self) -> bool:
        """Whether the server's process lives."""
        return (self.data / "postmaster.pid").exists()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server and every process of it, by their ids: SIGSTOP makes a server that hangs."""
        leader = int((self.data / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(leader)], capture_output=True, text=True, check=True
        )
        for pid in (leader, *map(int, children.stdout.split())):
            os.kill(pid, number)

    def execute(self, statement: str, *, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement as the superuser, outside any transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def url(self, database: str, driver: str = "") -> str:
        """The URL of ``database``; ``driver`` is ``asyncpg`` for SQLAlchemy's asynchronous engine."""
        return f"postgresql{'+' + driver if driver else ''}://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Create a database of its own for one test, as a copy of ``template``; returns its name."""
        name = f"test_{secrets.token_hex(6)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a test's database, whoever is still connected."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def remove(self) -> None:
        """Stop the server and delete its folder."""
        if self.running:
            self.stop(immediate=True)
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
        # Output goes to a file: the server inherits it, and a pipe would never end.
        with (self.folder / "programs.log").open("ab") as output:
            done = subprocess.run(command, stdout=output, stderr=output, cwd=self.folder, check=False)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {(self.folder / 'programs.log').read_text()[-2000:]}")


@contextmanager
def own_server() -> Iterator[PostgreSQL]:
    """A server that runs while the block lasts. Skips the test where its programs are not installed."""
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL's server programs are not installed (package postgresql)")
    server = PostgreSQL(folder)
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
