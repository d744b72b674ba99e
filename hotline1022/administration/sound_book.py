"""The sounds of prompts: listed with their words, sent anew, checked, kept in versions. What callers hear is laid from the data folder.

A sound is a WAV of 8 kHz, 16 bits, one channel, under the prompt's name; names are those of the prompt book and no others.
"""

import asyncio
import hashlib
import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from hotline1022.administration import store
from hotline1022.administration.catalogue import FILES
from hotline1022.administration.decoding import Sound, decode
from hotline1022.administration.live_files import write_whole
from hotline1022.administration.sound_check import SoundFinding, check
from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from ivr.audio import RATE, decoded, telephone_audio
from ivr.flow import spoken_in
from ivr.overrides import Overrides
from ivr.prompt_book import Prompt, PromptBook, load_book
from ivr.recordings import Recording, read_manifest, read_wav, recordings, write_manifest
from ivr.shelf import examine

AS_IT_WAS = "Bản có trước khi tải lên"
USES = {"telephone": "Tổng đài (ngoài kịch bản)", "part": "Ghép khi đọc số, ngày, tên cơ quan"}


@dataclass(frozen=True, slots=True)
class SoundVersion:
    """A sound; ``at`` and ``by`` are unknown of what was there before. ``fits``: it was made for the words of now."""

    number: int
    at: datetime | None
    by: str | None
    note: str | None
    seconds: float | None
    fits: bool


@dataclass(frozen=True, slots=True)
class PromptFacts:
    """A prompt with its sounds, the latest first; ``problem``: why callers do not hear it ("" if they do)."""

    name: str
    text: str
    problem: str
    used_in: tuple[str, ...]
    versions: tuple[SoundVersion, ...]


class SoundBook:
    """Methods raise NotFound, Invalid, Refused, HotlineError and DatabaseAway. ``data`` is the data folder."""

    def __init__(self, database: Database, clock: Clock, data: Path) -> None:
        self._database, self._clock, self._data = database, clock, data
        self._own, self._shelf = Overrides(data), data / "administration" / "prompts"
        self._writing = asyncio.Lock()

    async def listed(self) -> list[PromptFacts]:
        """Every prompt, in the order of the book."""
        async with self._database.reading() as connection:
            rows = await store.sounds(connection)
        return await asyncio.to_thread(self._facts, rows, None)

    async def one(self, name: str) -> PromptFacts:
        """A prompt. Raises NotFound."""
        async with self._database.reading() as connection:
            rows = await store.sounds(connection, name)
        found = await asyncio.to_thread(self._facts, rows, name)
        if not found:
            raise NotFound("Không có câu thoại nào tên như vậy")
        return found[0]

    async def sound(self, name: str, number: int | None, *, telephone: bool) -> bytes:
        """A version (None: what is in force) as WAV: as it was sent, or as the telephone lets it be heard. Raises NotFound."""
        facts = await self.one(name)
        version = next((each for each in facts.versions if number in (None, each.number)), None)
        if version is None:
            raise NotFound("Câu này không có bản thu như vậy")
        return await asyncio.to_thread(self._bytes, name, version, telephone)

    async def put(self, by: Actor, name: str, data: bytes, note: str) -> tuple[PromptFacts, list[SoundFinding]]:
        """A new sound, in force at once. Raises Invalid for one that cannot be used."""
        prompt = await self._prompt(name)
        sound = await asyncio.to_thread(decode, data)
        found = await asyncio.to_thread(check, sound, prompt.text)
        if wrong := next((each for each in found if each.level == "error"), None):
            raise Invalid(wrong.what, remedy=wrong.remedy, field="sound")
        ready = await asyncio.to_thread(_at_telephone_rate, sound)
        async with self._writing:
            await self._bring(
                by, prompt, ready=ready, sent=_wav(sound.samples, sound.rate), note=note or None, what="Tải bản thu mới"
            )
        return await self.one(name), found

    async def roll_back(self, by: Actor, name: str, number: int, note: str) -> PromptFacts:
        """Bring an earlier sound into force again, as the newest. Raises NotFound, Refused."""
        prompt = await self._prompt(name)
        async with self._writing:
            facts = await self.one(name)
            if facts.versions and facts.versions[0].number == number:
                raise Refused(f"Bản {number} đang được dùng")
            if number not in {each.number for each in facts.versions}:
                raise NotFound("Câu này không có bản thu như vậy")
            file = self._shelf / name / f"{number}.wav"
            ready = await asyncio.to_thread(file.read_bytes)
            source = self._shelf / name / f"{number}.source.wav"
            sent = await asyncio.to_thread(source.read_bytes) if source.is_file() else ready
            told = f"Dùng lại bản {number}" + (f": {note}" if note else "")
            await self._bring(by, prompt, ready=ready, sent=sent, note=told[:400], what="Lấy lại bản thu")
        return await self.one(name)

    async def _bring(
        self, by: Actor, prompt: Prompt, *, ready: bytes, sent: bytes, note: str | None, what: str
    ) -> None:
        name, at = prompt.name, self._clock.now()
        async with self._database.transaction() as connection:
            rows = await store.sounds(connection, name)
            fresh, number = [], rows[-1]["number"] if rows else 0
            before = await asyncio.to_thread(self._in_force, name)
            if before is not None and (not rows or rows[-1]["sha256"] != _mark(before)):
                number += 1  # what was there, and no version tells of: laid by hand, or shipped
                fresh.append(_row(prompt, number, before) | {"note": AS_IT_WAS})
                write_whole(self._shelf / name / f"{number}.wav", before)
            number += 1
            fresh.append(_row(prompt, number, ready) | {"at": at, "by": by.name, "note": note})
            write_whole(self._shelf / name / f"{number}.wav", ready)
            write_whole(self._shelf / name / f"{number}.source.wav", sent)
            await store.add_sounds(connection, fresh)
            told = f"{what} (bản {number})" + (f": {note}" if note else "")
            await store.journal(connection, at=at, by=by.name, subject=f"Câu thoại {name}", what=told)
            await asyncio.to_thread(self._lay, name, ready)

    def _lay(self, name: str, ready: bytes) -> None:
        """Put the sound where prompts are laid from: outside the manifest, so that no machine voice takes its place."""
        folder = self._own.recordings
        manifest = read_manifest(folder)
        if manifest.pop(name, None) is not None:
            write_manifest(folder, manifest)
        write_whole(folder / f"{name}.wav", ready)
        (folder / f"{name}.alaw").unlink(missing_ok=True)

    async def _prompt(self, name: str) -> Prompt:
        book = await asyncio.to_thread(load_book, self._own.texts)
        if name not in book:
            raise NotFound("Không có câu thoại nào tên như vậy")
        return book[name]

    def _facts(self, rows: list[dict[str, Any]], only: str | None) -> list[PromptFacts]:
        book = load_book(self._own.texts)
        if only is not None and only not in book:
            return []
        by_name: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            by_name.setdefault(row["name"], []).append(row)
        used = self._used(book)
        names = [only] if only is not None else list(book)
        there = recordings(PromptBook({name: book[name] for name in names}), self._own.recordings)
        return [
            PromptFacts(
                name,
                book[name].text,
                there[name].problem.replace(f"{self._data}/", ""),
                used.get(name) or tuple(filter(None, [USES.get(book[name].use)])),
                self._versions(book[name], there[name], by_name.get(name, [])),
            )
            for name in names
        ]

    def _versions(self, prompt: Prompt, there: Recording, rows: list[dict[str, Any]]) -> tuple[SoundVersion, ...]:
        versions = [
            SoundVersion(
                row["number"], row["at"], row["by"], row["note"], row["seconds"] / 10, row["words"] == prompt.sha256
            )
            for row in rows
        ]
        own = there.path is not None and there.path == self._own.recordings / f"{prompt.name}.wav"
        known = bool(rows) and own and there.path is not None and _mark(there.path.read_bytes()) == rows[-1]["sha256"]
        if there.path is not None and not known:
            seconds = _seconds(there)
            number = (rows[-1]["number"] if rows else 0) + 1
            versions.append(SoundVersion(number, None, None, AS_IT_WAS, seconds, not there.problem))
        return tuple(reversed(versions))

    def _used(self, book: PromptBook) -> Mapping[str, tuple[str, ...]]:
        used: dict[str, dict[str, None]] = {}
        for name, path in (("default", self._own.flow), ("survey", self._own.survey)):
            flow, _ = examine(path if path.is_file() else FILES[name].shipped, book, dict.fromkeys(book, ""))
            for node_name, node in flow.nodes.items() if flow else ():
                for part in spoken_in(node):
                    if part.kind == "prompt":
                        used.setdefault(part.name, {})[f"{FILES[name].title} › {node_name}"] = None
        return {name: tuple(places) for name, places in used.items()}

    def _in_force(self, name: str) -> bytes | None:
        """What would be played now, as a WAV of the telephone's rate; None when there is nothing that could be."""
        book = load_book(self._own.texts)
        path = recordings(PromptBook({name: book[name]}), self._own.recordings)[name].path
        if path is None:
            return None
        try:
            if path.suffix == ".alaw":
                return _wav(decoded(path.read_bytes()), RATE)
            plain = path.read_bytes()
            samples, rate = read_wav(path)
        except (OSError, ValueError, EOFError, wave.Error):
            return None
        return plain if rate == RATE else _at_telephone_rate(Sound(samples, rate))

    def _bytes(self, name: str, version: SoundVersion, telephone: bool) -> bytes:
        kept = self._shelf / name / f"{version.number}.wav"
        source = self._shelf / name / f"{version.number}.source.wav"
        ready = kept.read_bytes() if kept.is_file() else self._in_force(name)
        if ready is None:
            raise NotFound("Bản thu này không còn trên máy chủ")
        if not telephone:
            return source.read_bytes() if source.is_file() else ready
        with wave.open(io.BytesIO(ready)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.float64) / 32768
        return _wav(decoded(telephone_audio(samples, RATE)), RATE)


def _at_telephone_rate(sound: Sound) -> bytes:
    """Trimmed, evenly loud, 8 kHz, 16 bits, one channel. Raises Invalid for silence."""
    try:
        return _wav(decoded(telephone_audio(sound.samples, sound.rate)), RATE)
    except ValueError as error:
        raise Invalid("Không nghe thấy tiếng nói trong bản thu", remedy="thu lại", field="sound") from error


def _wav(samples: Any, rate: int) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return written.getvalue()


def _row(prompt: Prompt, number: int, ready: bytes) -> dict[str, Any]:
    tenths = round((len(ready) - 44) / 2 / RATE * 10)
    row = {"name": prompt.name, "number": number, "seconds": tenths, "words": prompt.sha256, "sha256": _mark(ready)}
    return row | {"at": None, "by": None, "note": None}


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _seconds(there: Recording) -> float | None:
    if there.path is None:
        return None
    try:
        if there.path.suffix == ".alaw":
            return round(there.path.stat().st_size / RATE, 1)
        with wave.open(str(there.path)) as file:
            return round(float(file.getnframes() / file.getframerate()), 1)
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return None
