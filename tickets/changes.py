"""Reads tickets into changes and writes changes back: the one place where a change meets the database. No rule is here."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import MACHINE, Actor
from hotline1022.base.events import Event
from tickets import store
from tickets.appointments import store as appointments
from tickets.assignees import store as assignees
from tickets.change import Change
from tickets.journal import store as journal
from tickets.letters import store as letters
from tickets.photos.store import add_photos
from tickets.publication import store as publication
from tickets.rules import Rules
from tickets.search.store import add_words
from tickets.search.words import searchable

RecordEvent = Callable[[AsyncConnection, Event], Awaitable[None]]
"""Keeps an event in the transaction of the change that it tells."""


async def locked(
    connection: AsyncConnection,
    codes: Iterable[str],
    *,
    rules: Rules,
    now: datetime,
    actor: Actor = MACHINE,
    passing_over: bool = False,
) -> dict[str, Change]:
    """The tickets of ``codes`` that exist, held until the transaction ends; ``passing_over`` leaves out those that others hold."""
    rows = await store.locked_rows(connection, sorted(set(codes)), passing_over=passing_over)
    deadlines = await store.deadlines_of(connection, list(rows))
    parties = await store.parties_of(connection, list(rows))
    owed = await letters.letters_of(connection, list(rows))
    visits = await appointments.appointments_of(connection, list(rows))
    return {
        code: Change(
            row,
            deadlines[code],
            parties[code],
            rules=rules,
            actor=actor,
            now=now,
            letters=owed[code],
            visits=visits[code],
        )
        for code, row in rows.items()
    }


async def write(connection: AsyncConnection, changes: Sequence[Change], record_event: RecordEvent) -> None:
    """Write everything that the changes hold; the journal comes last, because others wait for it."""
    for change in changes:
        if change.values:
            await store.change_ticket(connection, change.code, **change.values)
        if written := [change.values[name] for name in ("summary", "address") if change.values.get(name)]:
            await add_words(connection, change.code, change["taken_at"], searchable(" ".join(written)))
        await store.write_deadlines(connection, change.code, change.changed_deadlines)
        await store.add_texts(connection, change.texts)
        await add_photos(connection, change.photos)
        await store.add_parties(connection, change.code, change.touched_parties)
        await letters.write_letters(connection, change.letters.changed)
        await appointments.write_appointments(connection, change.visits.changed)
        if change.assigned is not None:
            await assignees.write(connection, change.code, *change.assigned)
        if change.publication == "withdraw":
            await publication.withdraw(connection, change.code)
        elif change.publication is not None:
            await publication.publish(connection, change.publication)
        for event in change.events:
            await record_event(connection, event)
    await journal.add(connection, [entry for change in changes for entry in change.told_entries])
