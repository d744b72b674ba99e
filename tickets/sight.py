"""Who may see which ticket, and how much of it: the one rule that every list, page and move asks. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, Actor, Role
from tickets.agencies import Agencies
from tickets.appointments.model import Appointment
from tickets.letters.model import Letter
from tickets.model import JournalEntry, Party, Stage, Ticket

NOT_WITH_AGENCY = (Stage.RECEIVED, Stage.CLASSIFIED, Stage.MERGED, Stage.REFERRED)
"""Stages in which the agency that is written on a ticket has not been given it."""

IDENTITY = ("number", "citizen_name", "citizen_email", "call", "recording", "consent", "source_key", "source_digest")
"""What tells who the citizen is, or leads there."""


def source_of(key: int) -> str:
    """How the source key of every report begins that came in with the access key of this number."""
    return f"app:{key}:"


def came_through(actor: Actor, source_key: str) -> bool:
    """Whether a report came in with the actor's own key."""
    return actor.key is not None and source_key.startswith(source_of(actor.key))


def line_of(actor: Actor, agencies: Agencies, day: date) -> frozenset[str]:
    """The agencies whose tickets ``actor`` works on or has inherited; nobody's for those who belong to none."""
    return frozenset() if actor.agency is None else agencies.line_of(actor.agency, day)


def may_see(
    actor: Actor,
    row: Mapping[str, Any],
    parties: Iterable[Party],
    letters: Iterable[Letter] = (),
    *,
    line: Collection[str],
) -> bool:
    """Whether ``actor`` may know of the ticket of ``row`` at all; ``line`` are the agencies that theirs stands for.

    The hotline sees every ticket; an agency those that it, or one that it succeeds, was given, is asked to help with or owes a
    letter for, and never a sealed one; an app those that came in through it.
    """
    if actor.role in HOTLINE_ROLES or actor.role in (Role.MACHINE, Role.CITIZEN):
        return True
    if actor.role is Role.APP:
        return came_through(actor, row["source_key"])
    if actor.role not in AGENCY_ROLES or actor.agency is None or row["sealed"]:
        return False
    given = row["stage"] not in NOT_WITH_AGENCY and row["level"] != 1
    asked = any(party.agency in line for party in parties)
    return (given and row["agency"] in line) or asked or any(each.agency in line for each in letters)


def visit_shown_to(actor: Actor, visit: Appointment, *, sealed: bool) -> Appointment:
    """The appointment as ``actor`` may read it: where the citizen lives is the business of who comes, and of the hotline."""
    if sealed or (actor.role not in HOTLINE_ROLES and visit.agency != actor.agency):
        return visit.model_copy(update={"procedure": None, "address": None})
    return visit


def entry_shown_to(actor: Actor, entry: JournalEntry) -> JournalEntry:
    """The entry as ``actor`` may read it: what a citizen answered in a survey is never told to the agency that it is about."""
    if entry.what != "surveyed" or actor.role in HOTLINE_ROLES:
        return entry
    return entry.model_copy(update={"details": {}})


def shown_to(actor: Actor, ticket: Ticket) -> Ticket:
    """The ticket as ``actor`` may read it: agencies never learn who asked, nobody does of a sealed one."""
    if ticket.sealed or actor.role not in HOTLINE_ROLES:
        return ticket.model_copy(update=dict.fromkeys(IDENTITY) | {"source_key": ""})
    return ticket
