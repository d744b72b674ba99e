"""The models as data, what state each is in on this machine, and which engine that leaves.

It fetches nothing and loads no engine.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hotline1022.base.errors import HotlineError
from transcription.model import EngineName

RECORD = "installed.json"
"""The file beside a model that says where it came from and the sha256 of each of its files."""

SHIPPED = "registry.yaml"
PROVINCE_FILE = "models.yaml"
"""In the data folder: entries that replace or add to the shipped ones, by name."""

SourceKind: TypeAlias = Literal["page", "hub", "package"]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PageSource(_Entry):
    """One zip archive on a page. ``sha256`` of the archive, or None: trust on first use."""

    kind: Literal["page"]
    url: str
    root: str = ""
    sha256: str | None = None

    @field_validator("url")
    @classmethod
    def _is_safe(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise ValueError("must be https")
        return url


class HubSource(_Entry):
    """Single files of a repository on the model hub."""

    kind: Literal["hub"]
    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$")
    files: tuple[str, ...]
    revision: str = "main"
    sha256: dict[str, str] | None = None


class PackageSource(_Entry):
    """Python packages that carry the model as data: a folder of one (``root``), or files made of members joined in
    order."""

    kind: Literal["package"]
    packages: tuple[Annotated[str, Field(pattern=r"^[\w.-]+==[\w.]+$")], ...]
    root: str | None = None
    members: dict[str, tuple[str, ...]] = {}
    sha256: dict[str, str] | None = None


Source: TypeAlias = Annotated[PageSource | HubSource | PackageSource, Field(discriminator="kind")]


class ModelEntry(_Entry):
    """One model: what it is for and where it is had."""

    name: str = Field("", pattern=r"^[a-z0-9-]*$")
    engine: Literal["vosk", "whisper", "silero", "voices"]
    language: Literal["vi", "ko", "any"]
    role: Literal["live", "after", "tests", "demo"]
    licence: str
    size: int = Field(gt=0)
    sources: tuple[Source, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """Files of which one must be there for a folder to be this engine's model; the second is Vosk's older layout.
        Files of which one must be there for a folder to be this engine's model; the second is Vosk's older layout."""
        return {
            "vosk": ("am/final.mdl", "final.mdl"),
            "whisper": ("model.bin",),
            "silero": ("silero_vad.onnx",),
            "voices": ("Ly (nữ miền Bắc).wav",),
        }[self.engine]

    def pinned(self) -> dict[str, set[str]]:
        """Every sha256 that some source pins for a file of this model."""
        known: dict[str, set[str]] = {}
        for source in self.sources:
            if not isinstance(source, PageSource):
                for name, digest in (source.sha256 or {}).items():
                    known.setdefault(name, set()).add(digest)
        return known


class _Registry(_Entry):
    models: dict[str, ModelEntry]


def load_registry(data: Path | None = None) -> dict[str, ModelEntry]:
    """The shipped models, with those of the data folder's PROVINCE_FILE on top.

    Raises HotlineError for a faulty file.
    """
    entries = _read(files("transcription").joinpath(SHIPPED).read_text("utf-8"), SHIPPED)
    if data is not None and (data / PROVINCE_FILE).is_file():
        entries |= _read((data / PROVINCE_FILE).read_text("utf-8"), str(data / PROVINCE_FILE))
    return entries


def _read(text: str, where: str) -> dict[str, ModelEntry]:
    remedy = "sửa tệp rồi chạy lại: hotline1022 models list"
    try:
        registry = _Registry.model_validate(yaml.safe_load(text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise HotlineError(f"{where}, dòng {line}: không phải YAML hợp lệ", remedy=remedy) from error
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise HotlineError(f"{where}: mục {place} không hợp lệ", remedy=remedy) from error
    return {name: entry.model_copy(update={"name": name}) for name, entry in registry.models.items()}


@dataclass(frozen=True)
class ModelState:
    """How a model is on this machine. ``intact`` models can be used; ``sentence`` explains, in Vietnamese."""

    name: str
    intact: bool
    present: bool
    sentence: str


class InstalledRecord(BaseModel):
    """What stands in RECORD."""

    source: str
    pinned: bool
    files: dict[str, str]


def sha256_of(path: Path) -> str:
    """The file's digest, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def state_of(entry: ModelEntry, models: Path) -> ModelState:
    """Read every byte of the model in ``models/NAME`` and compare it with its record.

    Costs about a second for 250 MB.
    """
    folder = models / entry.name
    again = f"chạy: hotline1022 models fetch {entry.name}"
    if not folder.is_dir():
        return ModelState(entry.name, False, False, f"Chưa có mô hình {entry.name} — {again}")
    try:
        record = InstalledRecord.model_validate(json.loads((folder / RECORD).read_text("utf-8")))
    except (OSError, ValueError):
        by_hand = f"chạy: hotline1022 models add {entry.name} ĐƯỜNG_DẪN"
        return ModelState(entry.name, False, True, f"Mô hình {entry.name} được chép tay, chưa ghi nhận — {by_hand}")
    for name, digest in sorted(record.files.items()):
        path = folder / name
        if not path.is_file():
            return ModelState(entry.name, False, True, f"Mô hình {entry.name} thiếu tệp {name} — {again}")
        if sha256_of(path) != digest:
            return ModelState(entry.name, False, True, f"Mô hình {entry.name} hỏng: tệp {name} sai mã kiểm — {again}")
    trust = "khớp mã ghim trong sổ" if record.pinned else "khớp mã ghi nhận lúc tải lần đầu (chưa ai ghim)"
    return ModelState(entry.name, True, True, f"Mô hình {entry.name} nguyên vẹn, {trust}")


@dataclass(frozen=True)
class EngineChoice:
    """Which engine speaks, with which model, and the Vietnamese sentence that says why."""

    engine: EngineName
    model: str
    why: str


def choose_engine(
    setting: Literal["auto", "vosk", "whisper", "none"],
    entries: Mapping[str, ModelEntry],
    states: Mapping[str, ModelState],
    *,
    language: str = "vi",
) -> EngineChoice:
    """auto: Vosk where its model for the language is intact, else Whisper with its voice detector, else none.

    Never raises.
    """
    if setting == "none":
        return EngineChoice("none", "", "Cài đặt tắt nhận dạng: cuộc gọi được ghi âm, chưa chép lời.")

    def intact(engine: str) -> str | None:
        return next(
            (
                name
                for name, entry in entries.items()
                if entry.engine == engine and entry.language == language and name in states and states[name].intact
            ),
            None,
        )

    if setting in ("auto", "vosk") and (model := intact("vosk")):
        return EngineChoice("vosk", model, f"Dùng Vosk vì mô hình {model} có sẵn và nguyên vẹn.")
    no_vosk = "chưa có mô hình Vosk cho ngôn ngữ này"
    detector = states.get("silero-vad")
    if setting in ("auto", "whisper") and (model := intact("whisper")):
        if detector and detector.intact:
            because = f"vì {no_vosk}" if setting == "auto" else "theo cài đặt"
            return EngineChoice("whisper", model, f"Dùng Whisper ({model}) {because}.")
        return EngineChoice(
            "none", "", "Whisper cần bộ dò tiếng nói silero-vad — chạy: hotline1022 models fetch silero-vad"
        )
    missing = {"auto": "Vosk lẫn Whisper", "vosk": "Vosk", "whisper": "Whisper"}[setting]
    return EngineChoice(
        "none",
        "",
        f"Chưa có mô hình {missing} dùng được: cuộc gọi được ghi âm, chờ chép lời sau — chạy: hotline1022 models fetch",
    )
