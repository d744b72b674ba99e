"""The journal refuses to be changed, and whoever goes around that refusal is found out: each kind of tampering, on both databases."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Connection, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid
from tests.command_line import run, run_json
from tests.tickets.conftest import LAN, Hands
from tests.tickets.test_desk import report
from tickets.journal.chain import START, seal
from tickets.journal.store import ticket_journal
from tickets.journal.verification import Verdict, verify
from tickets.model import JournalEntry

COLUMNS = ticket_journal.c


@pytest.fixture
async def journal(hands: Hands, database: Database) -> Verdict:
    """A journal of twelve entries about two tickets, and what it looks like untouched."""
    for number in range(2):
        ticket = await hands.desk.open(report(f"c{number}"))
        for note in range(5):
            await hands.move(ticket.code, LAN, "note", text=f"Ghi chú {note}.")
    verdict = await verify(database)
    assert (verdict.count, verdict.last, verdict.breaks) == (12, 12, ())
    return verdict


async def tamper(database: Database, deed: Callable[[Connection], object]) -> None:
    """Go around the triggers, as somebody with every right on the database can."""
    async with database.transaction() as connection:
        if database.is_sqlite:
            for name in ("ticket_journal_no_update", "ticket_journal_no_delete"):
                await connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        else:
            await connection.execute(text("DROP TRIGGER IF EXISTS ticket_journal_append_only ON ticket_journal"))
        await connection.run_sync(deed)


def entry(connection: Connection, number: int) -> dict[str, Any]:
    """An entry as it lies in the table."""
    return dict(connection.execute(select(ticket_journal).where(COLUMNS.id == number)).mappings().one())


def swap(connection: Connection) -> None:
    """Let entries 4 and 5 change places, each with its own seal."""
    fourth, fifth = entry(connection, 4), entry(connection, 5)
    connection.execute(delete(ticket_journal).where(COLUMNS.id.in_((4, 5))))
    connection.execute(ticket_journal.insert(), [fourth | {"id": 5}, fifth | {"id": 4}])


def slip_in(connection: Connection) -> None:
    """Put an entry between 5 and 6, sealed as it should be, and move the later ones on."""
    for number in range(12, 5, -1):
        connection.execute(update(ticket_journal).where(COLUMNS.id == number).values(id=number + 1))
    false = entry(connection, 5) | {"id": 6, "reason": "Người báo rút phản ánh."}
    written = {name: value for name, value in false.items() if name not in ("id", "seal")}
    false["seal"] = seal(6, JournalEntry.model_validate(written), entry(connection, 5)["seal"])
    connection.execute(ticket_journal.insert(), false)


def write_anew(connection: Connection) -> None:
    """Change entry 3 and make every later seal anew: the chain holds again."""
    connection.execute(update(ticket_journal).where(COLUMNS.id == 3).values(reason="Không có gì."))
    before = START
    for number in range(1, 13):
        row = entry(connection, number)
        written = {name: value for name, value in row.items() if name not in ("id", "seal")}
        before = seal(number, JournalEntry.model_validate(written), before)
        connection.execute(update(ticket_journal).where(COLUMNS.id == number).values(seal=before))


def set_to(**values: Any) -> Callable[[Connection], object]:
    """Change entry 4."""
    return lambda connection: connection.execute(update(ticket_journal).where(COLUMNS.id == 4).values(**values))


def remove(condition: ColumnElement[bool]) -> Callable[[Connection], object]:
    """Take entries away."""
    return lambda connection: connection.execute(delete(ticket_journal).where(condition))


DEEDS: dict[str, tuple[Callable[[Connection], object], list[int]]] = {
    "another reason": (set_to(reason="Khác."), [4]),
    "other details": (set_to(details={"text": "x"}), [4]),
    "another actor": (set_to(actor="hoa"), [4]),
    "another deed": (set_to(what="told"), [4]),
    "another ticket": (lambda connection: set_to(code=entry(connection, 12)["code"])(connection), [4]),
    "another instant": (set_to(at=datetime(2026, 11, 20, tzinfo=UTC)), [4]),
    "another seal": (set_to(seal=START), [4, 5]),
    "removed": (remove(COLUMNS.id == 4), [5]),
    "removed from the start": (remove(COLUMNS.id <= 2), [3]),
    "swapped": (swap, [4, 5, 6]),
    "slipped in": (slip_in, [7, 8, 9, 10, 11, 12, 13]),
}
"""What an attacker does, and the numbers of the entries at which it is seen."""


@pytest.mark.parametrize("name", DEEDS)
async def test_tampering_is_found_with_its_place(journal: Verdict, database: Database, name: str) -> None:
    deed, seen_at = DEEDS[name]
    await tamper(database, deed)
    found = (await verify(database)).breaks
    assert [each.number for each in found] == seen_at
    assert all(each.what and each.code for each in found)


async def test_a_cut_tail_is_found_by_whoever_wrote_the_last_seal_down(journal: Verdict, database: Database) -> None:
    await tamper(database, remove(COLUMNS.id > 10))
    assert (await verify(database)).breaks == ()
    (found,) = (await verify(database, (journal.last, journal.seal))).breaks
    assert (found.number, found.what) == (12, "nhật ký bị cắt: thiếu bút toán 11 đến 12")


async def test_a_journal_written_anew_is_found_by_whoever_wrote_a_seal_down(
    journal: Verdict, database: Database
) -> None:
    await tamper(database, write_anew)
    assert (await verify(database)).breaks == ()
    (found,) = (await verify(database, (journal.last, journal.seal))).breaks
    assert found.number == 12
    assert "đã bị viết lại" in found.what


async def test_a_remembered_seal_is_still_there_after_the_journal_has_grown(
    journal: Verdict, database: Database, hands: Hands
) -> None:
    await hands.desk.open(report("later"))
    assert (await verify(database, (journal.last, journal.seal))).breaks == ()


async def test_a_value_that_cannot_be_read_is_a_break_and_no_crash(journal: Verdict, database: Database) -> None:
    if database.is_sqlite:
        await tamper(database, lambda c: c.execute(text("UPDATE ticket_journal SET at = 'hôm qua' WHERE id = 4")))
        (found,) = (await verify(database)).breaks
        assert "không đọc được" in found.what
    await tamper(database, lambda c: c.execute(text("UPDATE ticket_journal SET details = '[1]' WHERE id = 5")))
    if not database.is_sqlite:
        assert [each.number for each in (await verify(database)).breaks] == [5]


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE ticket_journal SET reason = 'x' WHERE id = 3",
        "DELETE FROM ticket_journal WHERE id = 12",
        "TRUNCATE ticket_journal",
    ],
)
async def test_the_database_itself_refuses_to_change_an_entry(journal: Verdict, database: Database, deed: str) -> None:
    if deed.startswith("TRUNCATE") and database.is_sqlite:
        deed = "DELETE FROM ticket_journal"  # what SQLite has for it
    with pytest.raises(DBAPIError, match="the journal is only ever added to"):
        async with database.transaction() as connection:
            await connection.execute(text(deed))
    async with database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(ticket_journal)) == 12
    assert await verify(database) == journal


def test_the_command_says_what_it_found_and_ends_with_1_on_a_break(installation: Path, database_url: str) -> None:
    empty = run_json("journal", "verify")
    assert empty == {"good": True, "count": 0, "last": 0, "seal": START, "breaks": []}
    code = run_json("tickets", "open", "--as", "operator:lan", "--summary", "Ngập.")["code"]
    run("tickets", "move", code, "note", "--as", "operator:lan", "--text", "Một.")
    good = run_json("journal", "verify")
    assert (good["good"], good["count"], good["last"]) == (True, 2, 2)
    remembered = f"{good['last']}:{good['seal']}"
    assert f"dấu cuối {remembered}\nChuỗi niêm phong nguyên vẹn." in run("journal", "verify", "--from-seal", remembered)

    async def change() -> None:
        database = Database(database_url)
        await tamper(database, lambda c: c.execute(update(ticket_journal).values(actor="x")))
        await database.close()

    asyncio.run(change())
    bad = run_json("journal", "verify", ends=1)
    assert bad["breaks"][0] == {"number": 1, "code": code, "what": "bút toán 1 không khớp dấu niêm phong"}
    assert "2 chỗ đứt." in run("journal", "verify", ends=1)


@pytest.mark.parametrize("seal_text", ["", "12", "12:abc", f"0:{START}", f"x:{START}"])
def test_a_seal_that_nobody_printed_is_told(installation: Path, seal_text: str) -> None:
    with pytest.raises(Invalid, match="NUMBER:SEAL"):
        run("journal", "verify", "--from-seal", seal_text)
