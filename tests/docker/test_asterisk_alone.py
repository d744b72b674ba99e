"""``hotline1022 asterisk``, the command of Asterisk's container: on an empty data folder, watched by the container's own health check."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.asterisk import asterisk_program, free_port
from tests.docker.composition import services

pytestmark = pytest.mark.asterisk

PATIENCE = 60.0
"""Seconds until it must answer; it takes about five."""


def until(condition: bool, deadline: float) -> bool:
    """Whether to look again."""
    assert time.monotonic() < deadline
    return not condition


def healthy(port: int) -> bool:
    """Whether the health check of docker/compose.yaml passes."""
    *words, program = services()["asterisk"]["healthcheck"]["test"][1:]
    command = [*words, program.replace("5038", str(port))]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def asterisks(folder: Path) -> list[int]:
    """The numbers of the Asterisk processes that run with a configuration below ``folder``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:
            continue
        if f"{folder}/asterisk/etc/asterisk.conf".encode() in words and b"-f" in words:
            found.append(int(entry.parent.name))
    return found


def test_it_starts_from_nothing_comes_back_when_killed_and_goes_with_its_command(tmp_path: Path) -> None:
    asterisk_program()
    ports = {name: free_port() for name in ("HTTP", "ARI", "AMI", "CALLS", "TRANSCRIBER", "AUDIO")}
    settings = {f"HOTLINE_{name}_PORT": str(port) for name, port in ports.items()}
    environment = {**os.environ, **settings, "HOTLINE_SIP_PORT": str(free_port(socket.SOCK_DGRAM))}
    program = Path(os.environ.get("HOTLINE_DATA", "var")).absolute() / "asterisk" / "program"
    if program.is_dir():
        environment["HOTLINE_ASTERISK_PROGRAM"] = str(program)
    command = [sys.executable, "-m", "hotline1022", "asterisk", "--data", str(tmp_path)]
    with (tmp_path / "told").open("wb") as told:
        running = subprocess.Popen(command, env=environment, stdout=told, stderr=told)
    try:
        deadline = time.monotonic() + PATIENCE
        while until(healthy(ports["AMI"]) and "asterisk started" in (tmp_path / "told").read_text(), deadline):
            assert running.poll() is None, (tmp_path / "told").read_text()
        assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600
        (first,) = asterisks(tmp_path)
        os.kill(first, signal.SIGKILL)
        while until(asterisks(tmp_path) not in ([], [first]) and healthy(ports["AMI"]), deadline):
            assert running.poll() is None, (tmp_path / "told").read_text()
    finally:
        running.terminate()
    assert running.wait(20) == 0
    assert asterisks(tmp_path) == []
