"""What the house says of itself (`hotline1022.live`), as panels hear it: whose business it is, and no more of it than they need. Pure."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from hotline1022.panel.audience import Audience, of_ticket, of_words

Told = tuple[str, Audience, dict[str, Any]]

GIVEN = frozenset({"TicketMoved", "TicketAnswered", "TicketReopened", "LetterOwed"})
"""Of these the agency that the ticket is with is told; of a ticket that is merely written down it is not."""

CHANGED = GIVEN | {
    "TicketOpened",
    "TicketPlaceSuggested",
    "TicketPlaceUnclear",
    "DeadlineWarned",
    "DeadlineBreached",
    "DeadlineMoved",
    "TicketEscalated",
    "SurveyEnded",
}

WORDS = ("call", "leg", "side", "kind", "number", "start", "end", "text", "reason")
"""What panels need of a message of words, but for the words."""


def translated(kind: str, facts: Mapping[str, Any], on_call: Callable[[str], Collection[int]]) -> Told | None:
    """A message as panels hear it, or None when it is nothing for them. ``on_call`` says whose accounts hear a call."""
    if kind in CHANGED and facts.get("code"):
        told = {"code": facts["code"], "what": kind, "by": facts.get("actor"), "version": facts.get("version")}
        sealed = facts.get("sealed", False)
        return "TicketChanged", of_ticket(facts, with_agency=kind in GIVEN and not sealed), told
    if kind == "Words":
        told = {name: facts.get(name) for name in WORDS}
        told["words"] = [
            {"w": word["w"], "start": word["start"], "end": word["end"], "doubt": word.get("doubtful")}
            for word in facts.get("words", ())
        ]
        return "Words", of_words(on_call(facts["call"])), told
    return None
