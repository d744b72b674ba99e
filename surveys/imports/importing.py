"""Imports a file of old operator surveys: checked whole, then written in one transaction. They stay apart from what this service asks."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from surveys.imports import store
from surveys.imports.lines import ID, MARK_COLUMNS, Wrong, read_lines
from surveys.model import Mode

log = structlog.get_logger()

SOURCE = "import"

MOST_BYTES = 64 * 1024 * 1024
"""Of a file."""


@dataclass(frozen=True)
class Report:
    """What came of a file."""

    lines: int
    good: int
    """Lines that can be imported."""
    imported: int
    wrong: tuple[Wrong, ...]
    """Everything that is wrong, in the order of the lines."""


class Importing:
    """Imports files. ``agency_of`` gives the code of an agency's code or name. Methods raise DatabaseAway."""

    def __init__(self, database: Database, clock: Clock, agency_of: Callable[[str], str | None]) -> None:
        self._database, self._clock, self._agency_of = database, clock, agency_of

    async def take(self, data: bytes, *, only_try: bool = False, skip_wrong: bool = False) -> Report:
        """Import a file: all of it, or nothing when a line is wrong. With ``skip_wrong`` the good lines are taken all the same.

        A file that cannot be read to its end is never taken. With ``only_try`` nothing is written. An id that was imported before is
        wrong, so the same file twice changes nothing.
        """
        if len(data) > MOST_BYTES:
            return Report(0, 0, 0, (Wrong(1, None, f"tệp lớn quá {MOST_BYTES // 1024**2} MiB; hãy chia nhỏ"),))
        now = self._clock.now()
        found = read_lines(data, self._agency_of, now.astimezone(CIVIL_ZONE).date())
        if not found.usable:
            return Report(found.count, 0, 0, found.wrong)
        digest = hashlib.sha256(data).hexdigest()
        async with self._database.transaction() as connection:
            before = await store.known_ids(connection, [row.id for row in found.rows])
            good = [row for row in found.rows if row.id not in before]
            known = [Wrong(row.line, ID, "mã này đã được nhập trước đây") for row in found.rows if row.id in before]
            wrong = tuple(sorted((*found.wrong, *known), key=lambda each: each.line))
            taken = [] if only_try or (wrong and not skip_wrong) else good
            await store.add_imports(
                connection,
                [
                    {
                        "id": row.id,
                        "agency": row.agency,
                        "told_on": row.told_on,
                        "asked_on": row.asked_on,
                        **{name: row.marks.get(name) for name in MARK_COLUMNS},
                        "comment": row.comment,
                        "mode": Mode.OPERATOR,
                        "source": SOURCE,
                        "file_hash": digest,
                        "line": row.line,
                        "imported_at": now,
                    }
                    for row in taken
                ],
            )
        log.info("surveys_imported", lines=found.count, imported=len(taken), wrong=len(wrong))
        return Report(found.count, len(good), len(taken), wrong)
