"""What survives the service about calls in progress: written behind the calls' back, and yet answered for at once."""

from pathlib import Path
from threading import Event

import pytest

from telephony.progress import Progress, ProgressFolder


def state(call: str, turn: int = 1) -> Progress:
    return Progress(call=call, number=None, arrived_at="2026-11-24T01:00:00+00:00", state={"turn": turn})


def test_the_last_state_of_a_call_is_what_a_later_run_finds(tmp_path: Path) -> None:
    folder = ProgressFolder(tmp_path)
    for turn in range(200):
        folder.write(state("node-1-a", turn))
        folder.write(state("node-1-b", turn))
    folder.close()
    assert list(ProgressFolder(tmp_path).left_over()) == [state("node-1-a", 199), state("node-1-b", 199)]


def test_a_call_that_has_ended_is_left_over_neither_now_nor_later(tmp_path: Path) -> None:
    folder = ProgressFolder(tmp_path)
    folder.write(state("node-1-a"))
    folder.close()
    folder = ProgressFolder(tmp_path)
    disk_is_free = Event()
    folder._disk.submit(disk_is_free.wait)
    folder.forget("node-1-a")
    assert (tmp_path / "node-1-a.json").exists()
    assert list(folder.left_over()) == []
    assert folder.find("node-1-a") is None
    disk_is_free.set()
    folder.close()
    assert list(tmp_path.iterdir()) == []


def test_a_state_is_found_before_the_disk_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ProgressFolder(tmp_path)
    monkeypatch.setattr(folder._disk, "submit", lambda *_: None)  # a disk that never gets round to it
    folder.write(state("node-1-a"))
    assert folder.find("node-1-a") == state("node-1-a")
    assert list(folder.left_over()) == [state("node-1-a")]
    folder.forget("node-1-a")
    assert folder.find("node-1-a") is None


def test_a_disk_that_refuses_leaves_the_call_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ProgressFolder(tmp_path)

    def full(_path: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    folder.write(state("node-1-a"))
    folder.close()
    assert ProgressFolder(tmp_path).find("node-1-a") is None


def test_a_file_that_cannot_be_read_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "node-1-a.json").write_text("{", encoding="utf-8")
    assert list(ProgressFolder(tmp_path).left_over()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["node-1-a.broken"]


def test_files_of_calls_that_are_led_are_not_even_opened(tmp_path: Path) -> None:
    (tmp_path / "node-1-a.json").write_text("{", encoding="utf-8")
    assert list(ProgressFolder(tmp_path).left_over({"node-1-a"})) == []
    assert (tmp_path / "node-1-a.json").exists()
