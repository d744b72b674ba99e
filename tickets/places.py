"""Which commune of today words mean: candidates best first, and the question to ask when they mean several. Pure.

Never a silent guess: either one commune is certain, or there is a question, or there is nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from tickets.gazetteer import District, Gazetteer, Reading, listed, split_unit
from tickets.localities import COMMUNE_UNITS, DISTRICT_UNITS, Localities, in_sentence
from tickets.mentions import WHOLE_ANSWER, Mention, MentionFinder, PlaceWords
from tickets.model import PlaceCandidate
from tickets.spelling import tokens

CERTAIN = 0.85
"""A lone candidate from here on needs no question."""
MARGIN = 0.1
"""A second candidate nearer than this to the first makes a question."""
POSSIBLE = 0.5
"""Below this nothing is a candidate."""
_DISTRICT_NAMED = 0.1
"""What a district that fits adds to a reading."""
_OTHER_DISTRICT = 0.8
"""What is left of a reading when a district was named and it lay in none of that name."""
_OTHER_UNIT = 0.85
_OLD_UNIT_OF_TODAY = 0.95
"""Many say "xã" of what has become a phường."""
_ONLY_DISTRICT = 0.5
_NEAR = 6
"""Words within which a name that nothing announces can belong to a district's."""
MOST_MENTIONS = 100
"""Mentions that are weighed against each other; a report names a handful."""


class Said(NamedTuple):
    """Where a place was said: words ``start`` to ``end`` of the text, as ``tickets.spelling`` counts them."""

    start: int
    end: int
    old: str | None
    """The old commune that was named, where it was not one of today."""


class Finding(NamedTuple):
    """What words say about the place."""

    candidates: tuple[PlaceCandidate, ...]
    question: str | None
    said: Mapping[str, Said] = MappingProxyType({})
    """By the code of a candidate, the words that name it."""

    @property
    def certain(self) -> PlaceCandidate | None:
        """The commune that needs no question."""
        return self.candidates[0] if self.candidates and self.question is None else None


class _Meant(NamedTuple):
    score: float
    reading: Reading
    mention: int


class PlaceFinder:
    """Looks for communes in what people write and say."""

    def __init__(self, localities: Localities, words: PlaceWords) -> None:
        self._gazetteer = Gazetteer(localities, words.ordinary)
        self._mentions = MentionFinder(self._gazetteer, words)

    def find(self, text: str) -> Finding:
        """The communes of today that ``text`` may mean."""
        mentions = self._mentions.mentions(text)[:MOST_MENTIONS]
        communes, districts = self._parted(mentions)
        if "tiền giang" in text.lower():
            districts = [d for d in districts if d.province == "Tiền Giang"] or districts
        meant: dict[str, _Meant] = {}
        for index, mention in enumerate(communes):
            for one in _meanings(index, mention, districts):
                known = meant.get(one.reading.code)
                if one.score >= POSSIBLE and (known is None or _rank(one) < _rank(known)):
                    meant[one.reading.code] = one
        if not meant:
            return self._in_districts(districts, mentions)
        ranked = sorted(meant.values(), key=_rank)
        candidates = tuple(self._candidate(one.reading.code, one.score) for one in ranked)
        said = {one.reading.code: _said(communes[one.mention], one.reading) for one in ranked}
        return Finding(candidates, self._question(ranked), said)

    def named(self, words: Sequence[str]) -> frozenset[int]:
        """Which of the words, one after the other, may be naming a place."""
        owners = [index for index, word in enumerate(words) for _ in tokens(word)]
        mentions = self._mentions.mentions(" ".join(words))
        return frozenset(
            index for each in mentions if each.trust > 0 and each.spelt for index in owners[each.start : each.end]
        )

    def _parted(self, mentions: Sequence[Mention]) -> tuple[list[Mention], list[District]]:
        """The mentions that name communes, and the districts that are named beside them."""
        communes = [m for m in mentions if m.unit not in DISTRICT_UNITS and any(s.name.readings for s in m.spelt)]
        districts = [d for m in mentions if m.unit in DISTRICT_UNITS for d in _districts(m)]
        for mention in mentions:
            of_name = _districts(mention) if mention.unit is None else []
            others = [m for m in communes if m is not mention and (m.trust or abs(m.start - mention.start) <= _NEAR)]
            if of_name and any(r.districts & set(of_name) for m in others for s in m.spelt for r in s.name.readings):
                districts += of_name
                communes = [m for m in communes if m is not mention]
        communes = [m for m in communes if m.trust or _beside(m, mentions, districts)]
        bare = [d for m in communes if m.unit is None for d in _districts(m)]
        if not bare:
            return communes, districts
        return [m for m in communes if m.unit is not None or not _districts(m)], districts + bare

    def _in_districts(self, districts: Iterable[District], mentions: Iterable[Mention]) -> Finding:
        """Only a district was named: all its communes, the one of the same name first, and the question which."""
        named = list(dict.fromkeys(districts))
        if not named:
            return Finding((), None)
        codes = dict.fromkeys(code for district in named for code in self._gazetteer.within[district])
        namesakes = {district.name for district in named}
        ranked = sorted(codes, key=lambda code: self._name(code).split(" ", 1)[1] not in namesakes)
        question = f"Ông/bà ở xã, phường nào của {listed([d.in_sentence for d in named], 'hay')} trước đây?"
        places = {d: Said(m.start, m.end, None) for m in mentions for d in _districts(m)}
        said = {code: places[d] for d in reversed(named) if d in places for code in self._gazetteer.within[d]}
        return Finding(tuple(self._candidate(code, _ONLY_DISTRICT) for code in ranked), question, said)

    def _question(self, ranked: Sequence[_Meant]) -> str | None:
        best = ranked[0]
        rivals = [one for one in ranked if one.score > best.score - MARGIN]
        names = [in_sentence(self._name(one.reading.code)) for one in rivals]
        if len(rivals) == 1:
            return None if best.score >= CERTAIN else f"Có phải nơi xảy ra là {names[0]} không?"
        said = {one.reading.whole_name for one in rivals}
        districts = sorted({d.in_sentence for one in rivals for d in one.reading.districts})
        if len({one.mention for one in rivals}) == 1:
            if len({split_unit(name)[1] for name in said}) > 1:
                heard = dict.fromkeys(in_sentence(one.reading.whole_name) for one in rivals)
                return f"Ông/bà nói {listed([*heard], 'hay')}?"
            if len(said) == 1 and len(districts) == 1 and not all(one.reading.today for one in rivals):
                return f"{best.reading.whole_name} trước đây nay thuộc {listed(names, 'và')}: ông/bà ở ấp, khóm nào?"
            if len(districts) > 1:
                where = listed(districts, "hay")
                return f"Nhiều nơi có tên này: chỗ ông/bà nói trước ngày 1/7/2025 thuộc {where}?"
        return f"Nơi xảy ra là {listed(names, 'hay')}?"

    def _name(self, code: str) -> str:
        return self._gazetteer.communes[code].name

    def _candidate(self, code: str, score: float) -> PlaceCandidate:
        return PlaceCandidate(code=code, name=self._name(code), score=round(min(score, 1.0), 3))


def _said(mention: Mention, reading: Reading) -> Said:
    return Said(mention.start, mention.end, None if reading.today else reading.whole_name)


def _rank(one: _Meant) -> tuple[float, bool, str]:
    """The likelier first; of equals the one that bears the name today."""
    return (-one.score, not one.reading.today, one.reading.code)


def _districts(mention: Mention) -> list[District]:
    """The districts that a mention can mean; the unit that was said decides where one of that unit exists."""
    districts = [district for spelt in mention.spelt for district in spelt.name.districts]
    return [district for district in districts if district.unit == mention.unit] or districts


def _beside(mention: Mention, mentions: Sequence[Mention], districts: Sequence[District]) -> bool:
    """Whether a name that nothing announces stands next to the name of a district it lay in."""
    near = (
        m for m in mentions if m is not mention and (0 <= m.start - mention.end <= 1 or 0 <= mention.start - m.end <= 1)
    )
    around = {district for m in near for district in _districts(m)} & set(districts)
    return any(reading.districts & around for spelt in mention.spelt for reading in spelt.name.readings)


def _meanings(index: int, mention: Mention, districts: Sequence[District]) -> list[_Meant]:
    trust = mention.trust or WHOLE_ANSWER
    meant = [
        _Meant(trust * spelt.trust * reading.weight * _unit_trust(mention.unit, reading), reading, index)
        for spelt in mention.spelt
        for reading in spelt.name.readings
        if len(spelt.name.syllables) > 1 or mention.unit == reading.unit
    ]
    if not districts:
        return meant
    named = set(districts)
    fitting = [one._replace(score=one.score + _DISTRICT_NAMED) for one in meant if one.reading.districts & named]
    numbered = any(len(spelt.name.syllables) == 1 for spelt in mention.spelt)
    return fitting or [one._replace(score=one.score * _OTHER_DISTRICT) for one in meant if not numbered]


def _unit_trust(said: str | None, reading: Reading) -> float:
    if said not in COMMUNE_UNITS or said == reading.unit:
        return 1.0
    return _OLD_UNIT_OF_TODAY if reading.today and said == "Xã" else _OTHER_UNIT
