"""Models are data, a damaged one is found out, and the choice of engine explains itself."""

from pathlib import Path

import pytest

from hotline1022.base.errors import HotlineError
from transcription.fetch import add
from transcription.registry import PROVINCE_FILE, RECORD, ModelState, choose_engine, load_registry, state_of

ENTRIES = load_registry()


def states(*intact: str) -> dict[str, ModelState]:
    return {name: ModelState(name, name in intact, name in intact, "") for name in ENTRIES}


def test_every_shipped_model_says_its_licence_and_has_a_source() -> None:
    for entry in ENTRIES.values():
        assert entry.licence
        assert entry.sources
        assert entry.marks


def test_what_a_registry_carries_is_pinned() -> None:
    for entry in ENTRIES.values():
        for source in entry.sources:
            if source.kind == "package":
                assert source.sha256, entry.name


@pytest.mark.parametrize(
    ("setting", "present", "engine", "model"),
    [
        ("auto", ["vosk-vi", "whisper-base", "silero-vad"], "vosk", "vosk-vi"),
        ("auto", ["vosk-vi-small", "vosk-vi"], "vosk", "vosk-vi-small"),
        ("auto", ["vosk-ko", "whisper-base", "silero-vad"], "whisper", "whisper-base"),
        ("auto", ["whisper-base"], "none", ""),
        ("auto", ["vosk-ko"], "none", ""),
        ("auto", [], "none", ""),
        ("vosk", ["whisper-base", "silero-vad"], "none", ""),
        ("whisper", ["vosk-vi", "whisper-base", "silero-vad"], "whisper", "whisper-base"),
        ("none", ["vosk-vi"], "none", ""),
    ],
)
def test_the_engine_follows_the_setting_and_what_is_intact(
    setting: str, present: list[str], engine: str, model: str
) -> None:
    choice = choose_engine(setting, ENTRIES, states(*present))  # type: ignore[arg-type]
    assert (choice.engine, choice.model) == (engine, model)
    assert choice.why


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A models folder with a small silero-vad in it."""
    source = tmp_path / "source"
    source.mkdir()
    (source / "silero_vad.onnx").write_bytes(b"network" * 1000)
    add(ENTRIES["silero-vad"], source, tmp_path / "models")
    return tmp_path / "models"


def test_a_model_added_by_hand_is_trusted_on_first_use_and_says_so(installed: Path) -> None:
    state = state_of(ENTRIES["silero-vad"], installed)
    assert state.intact
    assert "chưa ai ghim" in state.sentence


@pytest.mark.parametrize("damage", [b"", b"network" * 999, b"network" * 999 + b"netwerk"])
def test_a_damaged_model_is_one_sentence_with_the_remedy(installed: Path, damage: bytes) -> None:
    (installed / "silero-vad" / "silero_vad.onnx").write_bytes(damage)
    state = state_of(ENTRIES["silero-vad"], installed)
    assert not state.intact
    assert state.sentence.endswith("chạy: hotline1022 models fetch silero-vad")


def test_a_missing_file_and_an_unrecorded_folder_are_told_apart(installed: Path) -> None:
    (installed / "silero-vad" / "silero_vad.onnx").unlink()
    assert "thiếu tệp" in state_of(ENTRIES["silero-vad"], installed).sentence
    (installed / "silero-vad" / RECORD).unlink()
    assert "models add silero-vad" in state_of(ENTRIES["silero-vad"], installed).sentence


def test_a_province_adds_its_own_model_by_a_file(tmp_path: Path) -> None:
    (tmp_path / PROVINCE_FILE).write_text(
        "models:\n  vosk-dt:\n    {engine: vosk, language: vi, role: live, licence: MIT, size: 1, sources: []}\n",
        "utf-8",
    )
    assert {"vosk-dt", "whisper-base"} <= set(load_registry(tmp_path))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models:\n  a: {\n", "dòng 3"),
        ("models: {a: {engine: siri}}", "models.a"),
        ("- 1", "không hợp lệ"),
        ("", "không hợp lệ"),
    ],
)
def test_a_faulty_registry_is_one_sentence_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / PROVINCE_FILE).write_text(text, "utf-8")
    with pytest.raises(HotlineError, match=told):
        load_registry(tmp_path)


def test_a_page_must_be_https(tmp_path: Path) -> None:
    source = "{kind: page, url: 'http://example.org/m.zip'}"
    (tmp_path / PROVINCE_FILE).write_text(
        f"models: {{a: {{engine: vosk, language: vi, role: live, licence: x, size: 1, sources: [{source}]}}}}", "utf-8"
    )
    with pytest.raises(HotlineError, match="không hợp lệ"):
        load_registry(tmp_path)
