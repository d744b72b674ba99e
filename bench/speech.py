"""Recorded speech for the measurements, and how its words are scored. Nothing here is shipped with the recordings.

The corpus is the folder named by HOTLINE_SPEECH_CORPUS, with ``transcripts.tsv`` (path, speaker, text). Without it the six
voices of ``hotline1022 models fetch voices-vi`` are used.
"""

import os
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

import jiwer

from transcription.audio import read_legs, through_telephone


class Clip(NamedTuple):
    """One sentence of one person: 8 kHz 16-bit audio and what was said."""

    name: str
    speaker: str
    said: str
    pcm: bytes


class Errors(NamedTuple):
    """Error rates in percent: words, characters, words without tone and vowel marks."""

    words: float
    characters: float
    toneless: float


def models_folder() -> Path:
    """Where the models are: HOTLINE_MODELS, else ``models`` in HOTLINE_DATA or ``var``."""
    return Path(os.environ.get("HOTLINE_MODELS") or Path(os.environ.get("HOTLINE_DATA", "var")) / "models")


def corpus() -> list[Clip]:
    """The clips of the corpus, or none where there is no corpus."""
    folder = Path(os.environ.get("HOTLINE_SPEECH_CORPUS", "no-corpus"))
    table = folder / "transcripts.tsv"
    if not table.is_file():
        return []
    rows = (line.split("\t") for line in table.read_text("utf-8").splitlines() if line.strip())
    return [Clip(path, speaker, said, read_legs((folder / path).read_bytes())[0]) for path, speaker, said in rows]


def voices() -> list[Clip]:
    """The six voices of the registry's voices-vi, or none where they were not fetched."""
    folder = models_folder() / "voices-vi"
    return [
        Clip(path.name, path.stem, path.with_suffix(".txt").read_text("utf-8").strip(), read_legs(path.read_bytes())[0])
        for path in sorted(folder.glob("*.wav"))
    ]


def over_the_telephone(clips: list[Clip]) -> list[Clip]:
    """The same clips after 8-bit A-law."""
    return [clip._replace(pcm=through_telephone(clip.pcm)) for clip in clips]


OLD_TONE_PLACES = str.maketrans({"\u0300": None, "\u0301": None, "\u0303": None, "\u0309": None, "\u0323": None})
UNITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def in_words(digits: str) -> str:
    """Digits as they are said: up to 99 as a number, longer ones digit by digit."""
    if len(digits) > 2 or digits.startswith("0"):
        return " ".join(UNITS[int(digit)] for digit in digits)
    tens, unit = divmod(int(digits), 10)
    if not tens:
        return UNITS[unit]
    last = {0: "", 1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(unit, UNITS[unit])
    return f"{'mười' if tens == 1 else UNITS[tens] + ' mươi'} {last}".strip()


def normal(text: str) -> str:
    """NFC, lower case, no punctuation, digits as words, tone marks on one agreed vowel."""
    plain = re.sub(r"\d+", lambda match: f" {in_words(match.group())} ", unicodedata.normalize("NFC", text).lower())
    words = (_tone_last(word) for word in re.findall(r"\w+", plain))
    return " ".join(words)


def _tone_last(word: str) -> str:
    """The word with its tone mark written last: "hòa" and "hoà" become one."""
    apart = unicodedata.normalize("NFD", word)
    tones = [mark for mark in apart if ord(mark) in OLD_TONE_PLACES]
    return unicodedata.normalize("NFC", apart.translate(OLD_TONE_PLACES)) + "".join(tones)


def toneless(text: str) -> str:
    """The text without any mark."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(mark for mark in apart if unicodedata.category(mark) != "Mn").replace("đ", "d")


def errors(pairs: list[tuple[str, str]]) -> Errors:
    """How far what was heard (second) is from what was said (first), over all pairs."""
    said, heard = [normal(one) for one, _ in pairs], [normal(other) for _, other in pairs]
    return Errors(
        100 * jiwer.wer(said, heard),
        100 * jiwer.cer(said, heard),
        100 * jiwer.wer([toneless(text) for text in said], [toneless(text) for text in heard]),
    )
