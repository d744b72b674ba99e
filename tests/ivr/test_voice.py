"""Claims about machine voices: what is made, what is not made again, and whose recordings are never touched."""

import os
import shutil
from pathlib import Path

import pytest

from hotline1022.base.errors import HotlineError
from ivr.prompt_book import Prompt, PromptBook
from ivr.recordings import read_manifest
from ivr.voice import Voice, espeak, make, piper

needs_espeak = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def two(first: str = "Xin chào.", second: str = "một") -> PromptBook:
    """A book of a sentence and a part."""
    return PromptBook(
        {
            "hello": Prompt("hello", first, "flow", "vi.yaml", 2),
            "digit-1": Prompt("digit-1", second, "part", "vi.yaml", 3),
        }
    )


@needs_espeak
def test_only_what_is_missing_or_changed_is_made(tmp_path: Path) -> None:
    assert make(two(), espeak(), tmp_path) == ("hello", "digit-1")
    assert make(two(), espeak(), tmp_path) == ()
    assert make(two(first="Xin kính chào."), espeak(), tmp_path) == ("hello",)
    (tmp_path / "digit-1.alaw").unlink()
    assert make(two(first="Xin kính chào."), espeak(), tmp_path) == ("digit-1",)
    assert read_manifest(tmp_path).keys() == {"hello", "digit-1"}


@needs_espeak
def test_recording_by_a_person_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "hello.alaw").write_bytes(b"a person's voice")
    (tmp_path / "digit-1.wav").write_bytes(b"another person's voice")
    assert make(two(), espeak(), tmp_path) == ()
    assert (tmp_path / "hello.alaw").read_bytes() == b"a person's voice"


@needs_espeak
def test_what_is_shipped_with_the_same_words_is_not_made_again(tmp_path: Path) -> None:
    make(two(), espeak(), tmp_path / "shipped")
    assert make(two(second="hai"), espeak(), tmp_path / "own", shipped=tmp_path / "shipped") == ("digit-1",)


@needs_espeak
def test_text_is_never_taken_for_an_option_of_the_program(tmp_path: Path) -> None:
    assert make(two(first="--version"), espeak(), tmp_path) == ("hello", "digit-1")


@needs_espeak
def test_piper_voice_is_called_with_its_model_and_replaces_the_other_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No registry carries a Vietnamese Piper voice; a program of that name with Piper's arguments stands for it."""
    program = tmp_path / "bin" / "piper"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\ntest "$1 $3" = "--model --output_file" && exec {shutil.which("espeak-ng")} --stdin -w "$4"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    model = tmp_path / "vi_VN-vais1000-medium.onnx"
    model.write_bytes(b"")
    make(two(), espeak(), tmp_path / "made")
    assert make(two(), piper(model), tmp_path / "made") == ("hello", "digit-1")
    assert read_manifest(tmp_path / "made")["hello"].voice == "piper vi_VN-vais1000-medium"


def test_absent_program_or_model_is_told_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HotlineError, match="cài gói espeak-ng"):
        espeak()
    with pytest.raises(HotlineError, match="piper"):
        piper(tmp_path / "voice.onnx")


def test_program_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(HotlineError, match="báo lỗi"):
        make(two(), Voice("false", ("/bin/false",)), tmp_path)
    with pytest.raises(HotlineError, match="không chạy được"):
        make(two(), Voice("none", ("/no/such/program",)), tmp_path)
    assert list(tmp_path.glob("*.alaw")) == []
