"""Which Asterisk is used: the configured one, the host's, the unpacked one; and why none can be had."""

import os
import shutil
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from hotline1022.base.errors import HotlineError
from telephony.asterisk import program
from telephony.asterisk.program import find, find_or_install, install, required_modules
from tests.asterisk import asterisk_program


def host_program(root: Path, says: str, *, without: str = "") -> Path:
    """A host's Asterisk as a distribution lays it out, which can say its version and nothing else."""
    folders = (root / "sbin", root / "lib/asterisk/modules", root / "share/asterisk/documentation")
    for folder in folders:
        folder.mkdir(parents=True)
    for module in required_modules():
        if module != without:
            (folders[1] / module).touch()
    (folders[2] / "core-en_US.xml").touch()
    file = folders[0] / "asterisk"
    file.write_text(f"#!/bin/sh\necho '{says}'\n", "utf-8")
    file.chmod(0o755)
    return file


def nobody_installs(*_: object) -> None:
    raise AssertionError("nothing is to be installed")


@pytest.mark.parametrize(
    ("says", "version"),
    [
        ("Asterisk 22.10.1+dfsg+~cs6.17.60671434-1", "22.10.1"),
        ("Asterisk certified/20.7-cert8", "20.7"),
        ("Asterisk 23.0.0", "23.0.0"),
    ],
)
def test_a_good_asterisk_on_path_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, version: str
) -> None:
    file = host_program(tmp_path, says)
    monkeypatch.setenv("PATH", f"{file.parent}{os.pathsep}{os.environ['PATH']}")
    found = find_or_install(None, tmp_path / "none", nobody_installs)
    assert found.command == (str(file),)
    assert found.version == version
    assert found.modules == tmp_path / "lib/asterisk/modules"
    assert found.data == tmp_path / "share/asterisk"


@pytest.mark.parametrize(
    ("says", "without"),
    [("Asterisk 16.28.0~dfsg-0+deb11u4", ""), ("Asterisk 20.6.0", "res_websocket_client.so"), ("something else", "")],
)
def test_an_asterisk_on_path_that_cannot_serve_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, without: str
) -> None:
    file = host_program(tmp_path, says, without=without)
    monkeypatch.setenv("PATH", str(file.parent))
    assert find(None, tmp_path / "none") is None
    with pytest.raises(HotlineError, match="Không dùng được Asterisk") as refused:
        find(file, tmp_path / "none")
    assert (without or "phiên bản 20 trở lên") in refused.value.what
    assert refused.value.remedy is not None


def test_a_configured_program_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for place in (tmp_path / "asterisk", tmp_path):
        with pytest.raises(HotlineError, match="Không dùng được Asterisk"):
            find(place, tmp_path / "none")


@pytest.mark.asterisk
def test_the_unpacked_asterisk_is_found_again_and_not_installed_twice(tmp_path: Path) -> None:
    real = asterisk_program()
    if len(real.command) == 1:
        pytest.skip("this machine's Asterisk is the host's own: nothing is unpacked")
    unpacked = Path(real.command[-1]).parents[2]
    assert find_or_install(None, unpacked, nobody_installs) == real
    assert find(unpacked, tmp_path / "none") == real


needs_apt = pytest.mark.skipif(shutil.which("apt-get") is None, reason="this machine has no apt-get")


def test_without_apt_the_remedy_is_an_asterisk_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HotlineError, match="không có apt-get") as refused:
        install(tmp_path / "program", print)
    assert "HOTLINE_ASTERISK_PROGRAM" in str(refused.value)


@needs_apt
def test_on_a_full_disk_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1000))
    with pytest.raises(HotlineError, match="không đủ để cài Asterisk"):
        install(tmp_path / "program", print)
    assert list(tmp_path.iterdir()) == []


@needs_apt
def test_another_kind_of_processor_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_ARCHITECTURES", ())
    with pytest.raises(HotlineError, match="kiến trúc") as refused:
        install(tmp_path / "program", print)
    assert subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip() in refused.value.what


@needs_apt
def test_an_archive_that_does_not_answer_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "_mirror", lambda: "http://127.0.0.1:9/debian")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    impatient = tmp_path.with_suffix(".conf")
    impatient.write_text('Acquire::Retries "0";\n', "utf-8")
    monkeypatch.setenv("APT_CONFIG", str(impatient))
    with pytest.raises(HotlineError, match="Không tải được Asterisk từ kho Debian") as refused:
        install(tmp_path / "program", print)
    assert "apt-get update" in str(refused.value)
    assert list(tmp_path.iterdir()) == []


@needs_apt
def test_an_archive_that_is_not_signed_by_debian_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = tmp_path / "archive/dists/sid/Release"
    release.parent.mkdir(parents=True)
    release.write_text("Origin: Debian\nSuite: sid\nArchitectures: amd64\nComponents: main\n", "utf-8")
    monkeypatch.setattr(program, "_mirror", lambda: f"file:{tmp_path / 'archive'}")
    with pytest.raises(HotlineError, match="is not signed"):
        install(tmp_path / "data/program", print)
    assert list((tmp_path / "data").iterdir()) == []
