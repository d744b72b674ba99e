"""Parts are other programs: they are started again when they fall, stopped in order, and die with their parent."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from hotline1022 import supervisor
from hotline1022.supervisor import Part, dying_with_parent, keep_all_running


def part(tmp_path: Path, program: str, name: str = "part") -> Part:
    """A part that runs a few lines of Python."""
    return Part(name, [sys.executable, "-u", "-c", program], tmp_path / f"{name}.log", {"SAID": name})


async def until_said(log: Path, text: str, times: int = 1) -> None:
    """Wait until a part's log holds a text so often."""
    async with asyncio.timeout(20):
        while not log.is_file() or log.read_text().count(text) < times:
            await asyncio.sleep(0.02)


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})


async def test_a_part_that_falls_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_GAP_SECONDS", 0.01)
    falling = part(tmp_path, "import os; print('hello', os.environ['SAID'])")
    running = asyncio.create_task(falling.keep_running())
    await until_said(falling.log, "hello part", times=3)
    await stop(running)
    assert falling.process is not None
    assert falling.process.returncode is not None


async def test_a_part_is_asked_to_stop_and_killed_only_if_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    polite = part(
        tmp_path, "import signal,time\nsignal.signal(15, lambda *_: (print('bye'), exit(0)))\nprint('up')\ntime.sleep(60)"
    )
    deaf = part(tmp_path, "import signal,time\nsignal.signal(15, signal.SIG_IGN)\nprint('up')\ntime.sleep(60)", "deaf")
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.3)
    for each, status in ((polite, 0), (deaf, -signal.SIGKILL)):
        running = asyncio.create_task(each.keep_running())
        await until_said(each.log, "up")
        await stop(running)
        assert each.process is not None
        assert each.process.returncode == status
    assert "bye" in polite.log.read_text()


async def test_parts_are_stopped_one_after_the_other_the_last_one_last(tmp_path: Path) -> None:
    order = tmp_path / "order"
    program = (
        "import signal,time,os\n"
        f"signal.signal(15, lambda *_: (open({str(order)!r}, 'a').write(os.environ['SAID'] + ' '), exit(0)))\n"
        "print('up')\ntime.sleep(60)"
    )
    parts = [part(tmp_path, program, name) for name in ("one", "two", "three")]
    running = asyncio.create_task(keep_all_running(parts))
    for each in parts:
        await until_said(each.log, "up")
    await stop(running)
    assert order.read_text().split() == ["one", "two", "three"]


async def test_a_large_log_is_put_aside_at_a_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LARGEST_LOG_BYTES", 10)
    each = part(tmp_path, "print('up'); import time; time.sleep(60)")
    each.log.write_text("x" * 11)
    running = asyncio.create_task(each.keep_running())
    await until_said(each.log, "up")
    await stop(running)
    assert (tmp_path / "part.old.log").read_text() == "x" * 11


@pytest.mark.skipif(dying_with_parent(["x"]) == ["x"], reason="setpriv (package util-linux) is not installed")
async def test_a_part_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    child = [sys.executable, "-c", "import os,time; print(os.getpid(), flush=True); time.sleep(60)"]
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"import subprocess,time; p=subprocess.Popen({dying_with_parent(child)!r}); time.sleep(60)",
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(5):
        while _alive(pid):
            await asyncio.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z" and os.path.exists(f"/proc/{pid}")
