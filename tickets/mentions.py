"""Where a text may be naming a place, and how sure its spelling and its surroundings make that. Pure.

What a name means is not decided here.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from hotline1022.base.rule_files import RuleModel
from tickets.gazetteer import Gazetteer, Name
from tickets.spelling import Token, syllable, tokens

_TWO_WORD_UNITS = {("thị", "trấn"): "Thị trấn", ("thị", "xã"): "Thị xã", ("thành", "phố"): "Thành phố"}
_UNITS = {"xã": "Xã", "phường": "Phường", "huyện": "Huyện"}
_SHORT = {"tp": "Thành phố", "tt": "Thị trấn", "tx": "Thị xã"}
_INITIALS = {"p": "Phường", "f": "Phường", "x": "Xã", "h": "Huyện"}
_FILLERS = {"số", "cũ", "ấp", "khóm", "tỉnh"}

EXACT, PLAIN, SLIP, SOUND = 1.0, 0.95, 0.85, 0.8
"""How far a spelling is trusted: as written; typed without marks; marks differ; only the sound agrees."""
UNIT_SAID, WHOLE_ANSWER, LEADING_WORD, CAPITALS = 1.0, 0.95, 0.9, 0.75
"""How far the surroundings are trusted: "xã" before it; it is the whole answer; "ở" before it; written as a name."""
LONGEST_TEXT = 5000
"""Words that are searched; a call of half an hour has fewer."""
SIMILAR = 86.0
"""From this likeness of sound (0 to 100) on, a name after its unit is taken for misheard."""


class PlaceWords(RuleModel):
    """``places.yaml``; its comments say what each list does."""

    version: int
    leading: tuple[str, ...]
    counting: tuple[str, ...]
    foreign: tuple[str, ...]
    ordinary: tuple[str, ...]


class Spelt(NamedTuple):
    """A name that words may spell, and how well they do."""

    name: Name
    trust: float


@dataclass(frozen=True)
class Mention:
    """Tokens ``start`` to ``end`` (unit included) may name a place. ``trust`` 0: nothing around them says so."""

    start: int
    end: int
    unit: str | None
    spelt: tuple[Spelt, ...]
    trust: float


class MentionFinder:
    """Looks for names in running text."""

    def __init__(self, gazetteer: Gazetteer, words: PlaceWords) -> None:
        self.gazetteer = gazetteer
        self.leading = frozenset(words.leading)
        self.plain_leading = frozenset(syllable(word).plain for word in words.leading)
        self.foreign = frozenset(words.foreign)
        self.counting = frozenset(words.counting)
        self.sounds: dict[int, list[str]] = defaultdict(list)
        for sound in gazetteer.by_sound:
            self.sounds[sound.count(" ") + 1].append(sound)
        self.names: dict[int, list[Name]] = defaultdict(list)
        self.longer: dict[tuple[tuple[str, ...], int], list[Name]] = defaultdict(list)
        """Names by the words they begin with and their length."""
        for name in (name for alike in gazetteer.by_plain.values() for name in alike if name.readings):
            length = len(name.syllables)
            self.names[length].append(name)
            for size in range(1, length):
                self.longer[tuple(part.plain for part in name.syllables[:size]), length].append(name)
        self.toned = {length: [_toned(name) for name in names] for length, names in self.names.items()}

    def mentions(self, text: str) -> list[Mention]:
        """The mentions in ``text`` in its order, also those of trust 0."""
        return _Search(self, tokens(text)[:LONGEST_TEXT]).mentions()


class _Search:
    """One text being searched."""

    def __init__(self, finder: MentionFinder, found: list[Token]) -> None:
        self._finder, self._gazetteer, self._tokens = finder, finder.gazetteer, found
        self._unmarked = sum(token.syllable.marked for token in found) * 10 < len(found)

    def mentions(self) -> list[Mention]:
        found = list(self._scan())
        covered = self._covered(found)
        if covered * 2 > len(self._tokens):
            whole = covered == len(self._tokens)
            return [
                replace(mention, trust=max(mention.trust, WHOLE_ANSWER))
                if whole or not _ordinary(mention.spelt)
                else mention
                for mention in found
            ]
        if not found and 1 < len(self._tokens) <= 6:
            length, spelt = self._misheard(0)
            if length * 2 > len(self._tokens):
                return [Mention(0, length, None, spelt, LEADING_WORD)]
        return found

    def _covered(self, found: list[Mention]) -> int:
        """How many words belong to an answer to "where?": the names, what leads to them, numbers, "ấp" and the like."""
        named = {index for mention in found for index in range(mention.start, mention.end)}
        leading = {
            mention.start - 1 for mention in found if mention.start and self._leads(self._tokens[mention.start - 1])
        }
        filling = {i for i, token in enumerate(self._tokens) if token.word.isdigit() or token.word in _FILLERS}
        return len(named | leading | filling)

    def _scan(self) -> Iterator[Mention]:
        index, last_end = 0, 0
        while index < len(self._tokens):
            unit, length = self._unit(index)
            begin = index + length
            if unit and begin < len(self._tokens) and self._tokens[begin].word == "số":
                begin += 1
            size, spelt = self._named(begin, unit) if unit else self._named_bare(index)
            if unit and size == 1 and self._is_counted(index, begin):
                size = 0
            trust = UNIT_SAID if unit else self._surroundings(index, size, spelt, after_name=index == last_end)
            if size and trust is not None:
                last_end = begin + size
                yield Mention(index, begin + size, unit, spelt + self._rivals(begin, size, spelt), trust)
            index = begin + max(size, 0 if unit else 1)

    def _is_counted(self, index: int, begin: int) -> bool:
        """Whether "phường một" at ``index`` is no name: "mỗi phường một kiểu"."""
        return (
            index > 0
            and self._tokens[index - 1].word in self._finder.counting
            and not self._tokens[begin].word.isdigit()
        )

    def _unit(self, index: int) -> tuple[str | None, int]:
        """The unit written at ``index`` and its length in tokens."""
        token = self._tokens[index]
        following = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        if following:
            for (first, second), unit in _TWO_WORD_UNITS.items():
                if self._reads(token, first) and self._reads(following, second):
                    return unit, 2
            if token.word in _INITIALS and (token.dotted or (following.word.isdigit() and token.word in "pf")):
                return _INITIALS[token.word], 1
        if token.word in _SHORT:
            return _SHORT[token.word], 1
        for word, unit in _UNITS.items():
            if self._reads(token, word):
                return unit, 1
        return None, 0

    def _reads(self, token: Token, word: str) -> bool:
        return token.word == word or (self._unmarked and token.word == syllable(word).plain)

    def _leads(self, token: Token) -> bool:
        return token.word in self._finder.leading or (self._unmarked and token.word in self._finder.plain_leading)

    def _run(self, index: int) -> int:
        """How many tokens from ``index`` can belong to one name."""
        longest = min(self._gazetteer.longest, len(self._tokens) - index)
        for length in range(1, longest):
            if self._tokens[index + length].breaks:
                return length
        return max(longest, 0)

    def _spelt(self, index: int, length: int) -> tuple[Spelt, ...]:
        window = [token.syllable for token in self._tokens[index : index + length]]
        names = self._gazetteer.by_plain.get(tuple(part.plain for part in window))
        if not names:
            return ()
        marked = any(part.marked for part in window)
        toned = [part.toned for part in window]
        return tuple(
            Spelt(name, EXACT if toned == [part.toned for part in name.syllables] else SLIP if marked else PLAIN)
            for name in names
            if name.readings or name.districts
        )

    def _longest(self, index: int, shortest: int) -> tuple[int, tuple[Spelt, ...]]:
        """The longest name at ``index``; a right spelling goes before a longer one with wrong marks."""
        slipped: tuple[int, tuple[Spelt, ...]] = (0, ())
        for length in range(self._run(index), shortest - 1, -1):
            spelt = self._spelt(index, length)
            if any(one.trust > SLIP for one in spelt):
                return self._cut_short(index, length, shortest) or (length, spelt)
            if spelt and not slipped[0]:
                slipped = (length, spelt)
        return slipped

    def _cut_short(self, index: int, length: int, shortest: int) -> tuple[int, tuple[Spelt, ...]] | None:
        """A shorter name at ``index`` where the longer one would bite into a district: "tan hoa | thanh binh"."""
        for shorter in range(length - 1, shortest - 1, -1):
            after = index + shorter
            spelt = [one for one in self._spelt(index, shorter) if one.trust > SLIP]
            for size in range(self._run(after), length - shorter, -1) if spelt else ():
                if any(one.trust > SLIP and one.name.districts for one in self._spelt(after, size)):
                    return shorter, tuple(spelt)
        return None

    def _named(self, index: int, unit: str | None) -> tuple[int, tuple[Spelt, ...]]:
        length, spelt = self._longest(index, 1 if unit == "Phường" else 2)
        return (length, spelt) if length else self._misheard(index)

    def _named_bare(self, index: int) -> tuple[int, tuple[Spelt, ...]]:
        length, spelt = self._longest(index, 2)
        led = index > 0 and self._leads(self._tokens[index - 1])
        if not led:
            spelt = tuple(one for one in spelt if one.trust == EXACT or (one.trust == PLAIN and self._unmarked))
        return (length, spelt) if spelt else (0, ())

    def _misheard(self, index: int) -> tuple[int, tuple[Spelt, ...]]:
        """The names that sound like, or nearly like, what stands at ``index``."""
        best: tuple[float, int, tuple[Spelt, ...]] = (0.0, 0, ())
        for length in range(self._run(index), 1, -1):
            sound = " ".join(token.syllable.sound for token in self._tokens[index : index + length])
            if names := self._gazetteer.by_sound.get(sound):
                return length, tuple(Spelt(name, SOUND) for name in names)
            known = self._finder.sounds[length]
            near = process.extract(sound, known, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=3)
            if near and near[0][1] > best[0]:
                alike = [(name, like) for heard, like, _ in near for name in self._gazetteer.by_sound[heard]]
                best = (near[0][1], length, tuple(Spelt(name, SOUND * like / 100) for name, like in alike))
        return best[1], best[2]

    def _rivals(self, index: int, size: int, spelt: tuple[Spelt, ...]) -> tuple[Spelt, ...]:
        """Other names that one wrong letter may have turned into these words: where there is one, nothing is certain."""
        best = max(one.trust for one in spelt)
        known = {id(one.name) for one in spelt}
        rivals: list[Name] = []
        for length in range(size + 1, self._run(index) + 1):
            rest = self._tokens[index + size : index + length]
            rivals += [
                name
                for name in self._finder.longer.get((tuple(part.plain for part in spelt[0].name.syllables), length), ())
                if all(
                    _one_slip(token.syllable.plain, part.plain)
                    for token, part in zip(rest, name.syllables[size:], strict=True)
                )
            ]
            rivals += self._near(self._written(index, length), length, 1)
        if best <= SLIP:
            written = self._written(index, size)
            slips = min(OSA.distance(written, _toned(one.name)) for one in spelt)
            rivals += self._near(written, size, max(slips, 1))
        found = {id(name): name for name in rivals if id(name) not in known}
        return tuple(Spelt(name, min(best, PLAIN)) for name in found.values())

    def _written(self, index: int, length: int) -> str:
        return " ".join(token.syllable.toned for token in self._tokens[index : index + length])

    def _near(self, written: str, length: int, slips: int) -> list[Name]:
        """The names of ``length`` words that are written so but for a few letters."""
        known = self._finder.toned.get(length, ())
        near = process.extract(written, known, scorer=OSA.distance, score_cutoff=slips, limit=None)
        return [self._finder.names[length][place] for _, _, place in near]

    def _surroundings(self, index: int, length: int, spelt: tuple[Spelt, ...], *, after_name: bool) -> float | None:
        """The trust in a name without unit; None when the word before makes it a street, a person, another province."""
        alone = index == 0 or after_name or self._tokens[index].breaks
        before = None if alone else self._tokens[index - 1]
        if before and before.word in self._finder.foreign:
            return None
        if _ordinary(spelt):
            return 0.0
        if before and self._leads(before):
            return LEADING_WORD
        named = all(token.capital for token in self._tokens[index : index + length])
        return CAPITALS if named and index and not (before and before.capital) else 0.0


def _toned(name: Name) -> str:
    return " ".join(part.toned for part in name.syllables)


def _one_slip(written: str, meant: str) -> bool:
    """Whether ``written`` is ``meant`` but for one letter, or ``meant`` run together with the next word."""
    spellings = (written, f"{written[:-1]}y")  # "thy" is written for "thủy", though "mỹ" and "mĩ" are one
    alike = any(OSA.distance(spelling, meant, score_cutoff=1) <= 1 for spelling in spellings)
    return alike or (len(meant) > 2 and written.startswith(meant))


def _ordinary(spelt: tuple[Spelt, ...]) -> bool:
    return any(one.name.ordinary for one in spelt)
