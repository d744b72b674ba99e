"""Who may hear a message of what happens: pure. No message is made and no connection is known here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from hotline1022.base.access import HOTLINE_ROLES, Actor, Role
from tickets.model import HOTLINE


@dataclass(frozen=True)
class Audience:
    """Those who hear: each part adds some. ``viewers_of`` is a ticket that people have open before them."""

    accounts: frozenset[int] = frozenset()
    roles: frozenset[Role] = frozenset()
    agency: str | None = None
    viewers_of: str | None = None

    def hears(self, actor: Actor, viewing: str | None) -> bool:
        """Whether ``actor``, who has the ticket ``viewing`` open, is among them."""
        return (
            actor.account in self.accounts
            or actor.role in self.roles
            or (self.agency is not None and actor.agency == self.agency)
            or (self.viewers_of is not None and viewing == self.viewers_of)
        )


def of_facts(told: Mapping[str, Any]) -> Audience:
    """The audience that another part of the house names: ``accounts``, ``roles``, ``agency``."""
    return Audience(
        accounts=frozenset(told.get("accounts", ())),
        roles=frozenset(Role(role) for role in told.get("roles", ())),
        agency=told.get("agency"),
    )


def of_ticket(facts: Mapping[str, Any], *, with_agency: bool) -> Audience:
    """Who hears that a ticket has changed: the hotline, whoever has it open, and the agency that has been given it."""
    agency = facts.get("agency") if with_agency else None
    return Audience(roles=HOTLINE_ROLES, agency=agency, viewers_of=facts["code"])


def of_room(room: str) -> Audience:
    """Who hears that a draft has changed: whose room it lies in (`tickets.drafts.book`): the hotline's, an agency's, one account's."""
    kind, _, whose = room.partition(":")
    if kind == "account":
        return Audience(accounts=frozenset({int(whose)}))
    if kind in ("key", "name"):
        return Audience()  # programs and the command line have no panel
    return Audience(roles=HOTLINE_ROLES) if room == HOTLINE else Audience(agency=room)


def of_words(listening: Collection[int]) -> Audience:
    """Who hears the words of a call: those who are on it or listen to it, and nobody else."""
    return Audience(accounts=frozenset(listening))
