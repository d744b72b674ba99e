"""What words propose: the topics that their phrases speak for, the places they name, who would answer, what is dangerous. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from tickets.localities import in_sentence
from tickets.places import Finding
from tickets.rules import Rules
from tickets.suggesting.heard import Found, Heard, SpokenWord
from tickets.suggesting.model import DangerHeard, ReasonWord, Suggestion, Suggestions

MOST = 4
"""One and three others."""
MOST_QUOTED = 3
MOST_DANGERS = 6


class Chosen(NamedTuple):
    """What a person has chosen already: it is never proposed against, and the rest follows from it."""

    topic: str | None = None
    place: str | None = None


NOTHING_CHOSEN = Chosen()


def propose(heard: Heard, rules: Rules, now: datetime, chosen: Chosen = NOTHING_CHOSEN) -> Suggestions:
    """Everything that the words alone propose; tickets alike are looked for elsewhere."""
    found = heard.find(rules.phrases)
    finding = rules.places.find(heard.text) if heard.text else Finding((), None)
    topics = () if chosen.topic else _topics(heard, found, rules)
    places = () if chosen.place else _places(heard, finding)
    return Suggestions(
        topic=topics,
        place=places,
        agency=_agencies(topics, places, finding, chosen, rules=rules, now=now),
        danger=_dangers(heard, found),
        question=None if chosen.place or finding.question is None else _asked(finding.question),
    )


def certain_place(heard: Heard, rules: Rules) -> str | None:
    """The commune that the words name without any doubt."""
    found = rules.places.find(heard.text).certain if heard.text else None
    return found.code if found else None


def _topics(heard: Heard, found: Sequence[Found], rules: Rules) -> tuple[Suggestion, ...]:
    said: dict[str, dict[str, Found]] = {}
    for one in found:
        if one.phrase.topic is not None and one.phrase.topic in rules.topics.codes:
            said.setdefault(one.phrase.topic, {}).setdefault(one.phrase.text, one)
    scores = {code: sum(one.phrase.weight for one in _apart(each.values())) for code, each in said.items()}
    first = {code: min(one.start for one in each.values()) for code, each in said.items()}
    ranked = sorted(said, key=lambda code: (-scores[code], first[code], code))[:MOST]
    return tuple(
        _suggestion(code, rules.topics.name_of(code), heard, _strongest(said[code].values())) for code in ranked
    )


def _apart(found: Iterable[Found]) -> list[Found]:
    """Those that share no word, the longest first: "ngập" inside "đường ngập" counts once."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (-each.phrase.weight, each.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


def _strongest(found: Iterable[Found]) -> list[Found]:
    return sorted(_apart(found)[:MOST_QUOTED], key=lambda one: one.start)


def _suggestion(code: str, name: str, heard: Heard, found: Sequence[Found]) -> Suggestion:
    quoted = ", ".join(f"“{_quote(heard.said(one.start, one.end))}”" for one in found)
    words = [word for one in found for word in heard.said(one.start, one.end)]
    return Suggestion(value=code, name=name, reason=f"vì nghe {quoted}", words=_words(words))


def _places(heard: Heard, finding: Finding) -> tuple[Suggestion, ...]:
    told = []
    for candidate in finding.candidates[:MOST]:
        said = finding.said.get(candidate.code)
        words = heard.said(said.start, said.end) if said else ()
        reason = f"vì nghe “{_quote(words)}”" if words else "theo lời người dân"
        if said and said.old:
            reason += f": {in_sentence(said.old)} trước đây, nay thuộc {in_sentence(candidate.name)}"
        told.append(Suggestion(value=candidate.code, name=candidate.name, reason=reason, words=_words(words)))
    return tuple(told)


def _agencies(
    topics: Sequence[Suggestion],
    places: Sequence[Suggestion],
    finding: Finding,
    chosen: Chosen,
    *,
    rules: Rules,
    now: datetime,
) -> tuple[Suggestion, ...]:
    """Who would answer, for what is chosen, else for what is proposed. A place that is not certain decides nothing."""
    place = chosen.place if chosen.place in rules.localities.communes else None
    words: tuple[ReasonWord, ...] = ()
    if place is None and finding.certain is not None and places:
        place, words = finding.certain.code, places[0].words
    told: dict[str, Suggestion] = {}
    wanted = [(chosen.topic, ())] if chosen.topic in rules.topics.codes else [(one.value, one.words) for one in topics]
    for topic, spoken in wanted:
        route = rules.route(topic or rules.topics.unknown, place, now)
        reason = f"{route.reason} Bảng phân công bản {rules.routing.version}, dòng “{route.rule}”."
        # The words about the place are a reason only where another place would have another agency.
        by_place = words if rules.route(topic or rules.topics.unknown, None, now).agency != route.agency else ()
        found = Suggestion(
            value=route.agency.code,
            name=route.agency.name,
            reason=reason,
            words=tuple(dict.fromkeys((*spoken, *by_place))),
        )
        told.setdefault(route.agency.code, found)
    return tuple(told.values())[:MOST]


def _dangers(heard: Heard, found: Sequence[Found]) -> tuple[DangerHeard, ...]:
    told: dict[str, DangerHeard] = {}
    for one in found:
        if one.phrase.danger is None:
            continue
        words = heard.said(one.start, one.end)
        danger = one.phrase.danger
        heard_now = DangerHeard(words=_quote(words), seconds=words[0].start, advice=danger.advice, line=danger.line)
        told.setdefault(one.phrase.text, heard_now)
    return tuple(told.values())[:MOST_DANGERS]


def _quote(words: Sequence[SpokenWord]) -> str:
    return " ".join(word.w for word in words).strip(" ,.;:!?…")


def _words(words: Iterable[SpokenWord]) -> tuple[ReasonWord, ...]:
    return tuple(ReasonWord(w=word.w, start=word.start) for word in words)


def _asked(question: str) -> str:
    """A question as an operator reads it out."""
    return f"Dạ, {question[0].lower()}{question[1:].rstrip(' ?')} ạ?"
