"""Asterisk as a process: never left behind, fit for a changed configuration, and clear about why it cannot start."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hotline1022.base.errors import HotlineError
from telephony.asterisk.keeping import keep_running
from telephony.asterisk.process import AsteriskProcess
from tests.asterisk import asterisk_program, line_settings, running_asterisk, write_prompts

pytestmark = pytest.mark.asterisk

PARENT = """
import asyncio, os, sys
from pathlib import Path
from telephony.asterisk.process import AsteriskProcess
from tests.asterisk import asterisk_program, line_settings

async def live():
    process = AsteriskProcess(line_settings(Path(sys.argv[1])), asterisk_program())
    await process.start()
    os.write(1, f"asterisk={process.pid}\\n".encode())
    await process.ended()

asyncio.run(live())
"""


async def test_asterisk_dies_with_the_process_that_started_it_even_by_kill_9(tmp_path: Path) -> None:
    asterisk_program()
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(tmp_path), stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert parent.stdout is not None
    async for line in parent.stdout:
        if line.startswith(b"asterisk="):
            break
    pid = int(line.removeprefix(b"asterisk="))
    ended = os.pidfd_open(pid)
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(ended, gone.set)
    try:
        async with asyncio.timeout(5):
            await gone.wait()
    finally:
        asyncio.get_running_loop().remove_reader(ended)
        os.close(ended)


@pytest.mark.parametrize("fault", [signal.SIGSTOP, signal.SIGKILL])
async def test_an_asterisk_that_is_stuck_or_dead_is_replaced_and_one_that_works_is_left_alone(
    tmp_path: Path, fault: signal.Signals
) -> None:
    async with AsteriskProcess(line_settings(tmp_path), asterisk_program()) as process:
        keeping = asyncio.create_task(keep_running(process, look_every=0.5))
        try:
            first = process.pid
            assert first is not None
            assert await process.serves(2)
            os.kill(first, fault)  # stopped: its ports still take connections, nobody answers
            async with asyncio.timeout(30):
                while process.pid in (first, None) or not await process.serves(2):
                    await asyncio.sleep(0.1)
            second = process.pid
            for _ in range(4):  # longer than a stuck one is borne
                await asyncio.sleep(0.5)
                assert process.pid == second
        finally:
            keeping.cancel()
            await asyncio.wait({keeping})


async def test_asterisk_stops_when_told_and_stopping_twice_is_no_error(tmp_path: Path) -> None:
    process = AsteriskProcess(line_settings(tmp_path), asterisk_program())
    async with process:
        pid = process.pid
        assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert process.pid is None
    await process.stop()


@pytest.mark.parametrize("port", ["ari_port", "ami_port", "sip_port"])
async def test_a_taken_port_is_one_vietnamese_sentence_with_the_remedy(tmp_path: Path, port: str) -> None:
    settings = line_settings(tmp_path)
    kind = socket.SOCK_DGRAM if port == "sip_port" else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", getattr(settings, port)))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        with pytest.raises(HotlineError) as refused:
            await AsteriskProcess(settings, asterisk_program()).start()
    assert str(getattr(settings, port)) in refused.value.what
    assert "đã có chương trình khác dùng" in refused.value.what
    assert refused.value.remedy is not None
    assert f"HOTLINE_{port.upper()}" in refused.value.remedy


async def test_an_address_that_is_not_ours_is_one_vietnamese_sentence(tmp_path: Path) -> None:
    with pytest.raises(HotlineError, match="máy này không có địa chỉ đó"):
        await AsteriskProcess(line_settings(tmp_path, sip_address="203.0.113.1"), asterisk_program()).start()


def test_an_asterisk_that_cannot_start_says_where_to_read_why_and_is_gone(tmp_path: Path) -> None:
    program = replace(asterisk_program(), modules=tmp_path / "empty")
    process = AsteriskProcess(line_settings(tmp_path), program)
    with pytest.raises(HotlineError, match="Asterisk không khởi động được") as refused:
        asyncio.run(process.start())
    assert process.pid is None
    assert refused.value.remedy is not None
    file, line = refused.value.remedy.removeprefix("xem ").rsplit(":", 1)
    assert "ERROR" in Path(file).read_text("utf-8").splitlines()[int(line) - 1]


@pytest.mark.parametrize(
    ("local", "lacks"),
    [("[sip](+)\nbind = 999.1.1.1\n", "cổng SIP"), ("[sip](+)\nnonsense = 1\n", "cổng SIP"), ("[trunk](+)\nnonsense = 1\n", "trung kế")],
)  # fmt: skip
async def test_an_asterisk_that_nobody_could_call_is_not_started_but_told_where_the_mistake_is(
    tmp_path: Path, local: str, lacks: str
) -> None:
    process = AsteriskProcess(line_settings(tmp_path), asterisk_program())
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "pjsip.conf").write_text(local, encoding="utf-8")
    with pytest.raises(HotlineError, match="không ai gọi tới được") as refused:
        await process.start()
    assert process.pid is None
    assert lacks in refused.value.what
    assert refused.value.remedy is not None
    assert str(tmp_path / "local" / "pjsip.conf") in refused.value.remedy
    file, line = refused.value.remedy.removeprefix("xem ").split(";")[0].rsplit(":", 1)
    assert "ERROR" in Path(file).read_text("utf-8").splitlines()[int(line) - 1]


def test_a_changed_setting_is_taken_by_a_running_asterisk(tmp_path: Path) -> None:
    with running_asterisk(tmp_path) as running:
        wider = replace(running.settings, trunk_addresses=("127.0.0.2", "127.0.0.4"))
        process = running.process
        assert running.call(process.apply(running.settings)) == ()
        assert "127.0.0.4" not in running.command("pjsip show identifies")
        assert running.call(process.apply(wider)) == ("pjsip.conf",)
        assert "127.0.0.4" in running.command("pjsip show identifies")


async def test_a_console_without_an_asterisk_is_one_vietnamese_sentence(tmp_path: Path) -> None:
    settings = line_settings(tmp_path)
    write_prompts(settings.sounds)
    with pytest.raises(HotlineError, match="Asterisk không chạy"):
        await AsteriskProcess(settings, asterisk_program()).command("core show uptime")
