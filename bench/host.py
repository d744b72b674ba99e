"""The machine that measures: what it is, how busy it is, what a process has used of it. From /proc; nothing is measured here."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def described() -> str:
    """The machine in one line: cores, model, memory, kernel, load average of the last minutes."""
    cpu = _value(Path("/proc/cpuinfo"), "model name")
    memory = int(_value(Path("/proc/meminfo"), "MemTotal").split()[0]) / 1e6
    return (
        f"{os.cpu_count()} cores, {cpu}, {memory:.0f} GB RAM, Linux {platform.release()}, "
        f"Python {platform.python_version()}, load average {load()}"
    )


def load() -> str:
    """The load average of the last 1, 5 and 15 minutes."""
    return " ".join(f"{minutes:.2f}" for minutes in os.getloadavg())


def busy_seconds() -> float:
    """Seconds that all cores together have worked since boot, whoever they worked for."""
    words = Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _wait, *interrupts = (int(word) for word in words[:8])
    return (user + nice + system + sum(interrupts)) / _TICK


@dataclass(frozen=True)
class Used:
    """What a process has used so far: processor seconds, and the memory that it holds now, in megabytes."""

    cpu_seconds: float
    megabytes: float


def used(pid: int) -> Used:
    """See Used. Raises OSError when the process is gone."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    memory = _value(Path(f"/proc/{pid}/status"), "VmRSS")
    return Used((int(fields[11]) + int(fields[12])) / _TICK, int(memory.split()[0]) / 1000)


def _value(path: Path, name: str) -> str:
    for line in path.read_text("utf-8", "replace").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "0 ?"
