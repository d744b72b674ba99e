"""The words of everything the hotline says, by name, with where they stand.

Texts only: recordings live in ``ivr.recordings``.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from ivr import speech
from ivr.finding import BrokenFileError, Finding
from ivr.yaml_lines import Entry, Reader

SHIPPED = Path(__file__).parent / "prompts"
"""The folder of the texts and recordings that come with the product."""

LANGUAGE = "vi"

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")

Use = Literal["flow", "survey", "telephone", "part"]
"""Who says it: the menu's flow by its name; the survey's; the dialplan; or it is a part that values are spoken with."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One text, and the file and line that an author would change.

    ``sha256`` names the words that a recording was made from.
    """

    name: str
    text: str
    use: Use
    file: str
    line: int

    @property
    def sha256(self) -> str:
        """The hash of the words (NFC, single spaces)."""
        return hashlib.sha256(" ".join(unicodedata.normalize("NFC", self.text).split()).encode()).hexdigest()

    @property
    def version(self) -> str:
        """The name with its content: what a consent refers to (``recording-notice@1f2e3d4c``)."""
        return f"{self.name}@{self.sha256[:8]}"


class PromptBook(Mapping[str, Prompt]):
    """All prompts by name."""

    def __init__(self, prompts: Mapping[str, Prompt]) -> None:
        self._prompts = dict(prompts)

    def __getitem__(self, name: str) -> Prompt:
        return self._prompts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._prompts)

    def __len__(self) -> int:
        return len(self._prompts)


def load_book(override: Path | None = None, agencies: Path | None = None, shipped: Path = SHIPPED) -> PromptBook:
    """The shipped texts, those of the province's folder over them, and agencies' spoken names.

    The province's folder holds ``vi.yaml`` and ``agencies.yaml``; ``agencies`` is one more file of ``code: spoken
    name``. A file that is not there is none. Raises BrokenFileError if one cannot be understood.
    """
    parts = Path(speech.__file__)
    prompts = {name: Prompt(name, text, "part", str(parts), 1) for name, text in speech.part_texts().items()}
    findings: list[Finding] = []
    for folder in filter(None, (shipped, override)):
        if (file := folder / f"{LANGUAGE}.yaml").is_file():
            prompts |= _read(file, findings)
    for file in filter(None, (shipped / "agencies.yaml", override and override / "agencies.yaml", agencies)):
        if file.is_file():
            prompts |= _read_agencies(file, findings)
    if findings:
        raise BrokenFileError(findings)
    return PromptBook(prompts)


SECTIONS: dict[str, tuple[Use, str]] = {
    "flow": ("flow", ""),
    "survey": ("survey", ""),
    "telephone": ("telephone", ""),
    "stage": ("part", "stage-"),
    "agency": ("part", "agency-"),
}
"""The sections of a file of texts: who says them, and what their names begin with."""


def _read(file: Path, findings: list[Finding]) -> dict[str, Prompt]:
    reader = Reader(str(file), findings)
    root = reader.compose(file.read_text(encoding="utf-8"))
    prompts: dict[str, Prompt] = {}
    for section, entry in reader.mapping(root, "Tệp lời thoại").items() if root else ():
        if section not in SECTIONS:
            reader.wrong(entry.line, f"Không có mục “{section}”", f"chỉ dùng {', '.join(SECTIONS)}")
            continue
        use, prefix = SECTIONS[section]
        for name, text in _named(reader, entry.node, f"Mục {section}").items():
            words = reader.text(text.node, f"Lời của “{name}”")
            prompts[prefix + name] = Prompt(prefix + name, words, use, str(file), text.line)
    return prompts


def _read_agencies(file: Path, findings: list[Finding]) -> dict[str, Prompt]:
    reader = Reader(str(file), findings)
    root = reader.compose(file.read_text(encoding="utf-8"))
    entries = _named(reader, root, "Tệp tên cơ quan") if root else {}
    return {
        f"agency-{code}": Prompt(
            f"agency-{code}", reader.text(entry.node, f"Tên của “{code}”"), "part", str(file), entry.line
        )
        for code, entry in entries.items()
    }


def _named(reader: Reader, node: yaml.Node, what: str) -> dict[str, Entry]:
    """The entries whose names can be names of files."""
    entries = reader.mapping(node, what)
    for name, entry in entries.items():
        if not NAME.fullmatch(name):
            reader.wrong(entry.line, f"{what}: tên “{name}” không hợp lệ", "dùng chữ không dấu, chữ số và gạch nối")
    return entries
