"""Who does not want to be asked: a number opted out, or in again, by hand. Every change is written down with who made it and why."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hotline1022.base.access import ROLE_NAMES, Actor, Role
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid
from hotline1022.base.http.routes import CivilInstant, Told
from hotline1022.base.phone_numbers import e164, masked
from surveys import store
from surveys.asking import store as journal
from surveys.selection import person_of

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Wish(Told):
    """Whose number it is about, and why it is done."""

    number: Annotated[str, StringConstraints(min_length=1, max_length=40)] = Field(description="Như 0912 345 678")
    reason: Why


class OptOutChange(BaseModel):
    """What was done by hand."""

    model_config = ConfigDict(frozen=True)

    at: CivilInstant
    opted_out: bool
    by: str
    role: Role
    reason: str


class OptOutState(BaseModel):
    """Whether somebody may be asked. The number is shown by its last digits only."""

    model_config = ConfigDict(frozen=True)

    number: str
    opted_out: bool
    since: CivilInstant | None
    explanation: str
    changes: tuple[OptOutChange, ...]


class OptOuts:
    """Opts numbers out and in. Methods raise DatabaseAway, and Invalid for what is no number; the same again changes nothing."""

    def __init__(self, database: Database, clock: Clock, key: bytes) -> None:
        """``key`` hashes numbers; it never changes in an installation."""
        self._database, self._clock, self._key = database, clock, key

    async def opt_out(self, wish: Wish, actor: Actor) -> OptOutState:
        """Never ask this number again."""
        return await self._change(wish, actor, opted_out=True)

    async def opt_in(self, wish: Wish, actor: Actor) -> OptOutState:
        """The number may be asked again."""
        return await self._change(wish, actor, opted_out=False)

    async def _change(self, wish: Wish, actor: Actor, *, opted_out: bool) -> OptOutState:
        number = e164(wish.number)
        if number is None:
            raise Invalid("Số điện thoại không đúng dạng", remedy="viết như 0912345678", field="number")
        person, now = person_of(number, self._key), self._clock.now()
        async with self._database.transaction() as connection:
            since = await journal.opted_out_at(connection, person)
            if (since is not None) != opted_out:
                if opted_out:
                    await store.opt_out(connection, person, now, None)
                else:
                    await journal.opt_in(connection, person)
                await journal.add_change(
                    connection,
                    person=person,
                    at=now,
                    opted_out=opted_out,
                    by=actor.name,
                    role=str(actor.role),
                    reason=wish.reason,
                )
            since = await journal.opted_out_at(connection, person)
            changes = [OptOutChange.model_validate(row) for row in await journal.changes_of(connection, person)]
        return OptOutState(
            number=masked(number),
            opted_out=since is not None,
            since=since,
            explanation=_explained(since, changes),
            changes=tuple(changes),
        )


def _explained(since: datetime | None, changes: list[OptOutChange]) -> str:
    if since is None:
        return "Số này được gọi khảo sát bình thường."
    day = f"{since.astimezone(CIVIL_ZONE):%H:%M %d/%m/%Y}"
    if changes and changes[-1].opted_out and changes[-1].at == since:
        last = changes[-1]
        return f"Không gọi khảo sát số này từ {day}, do {ROLE_NAMES[last.role]} {last.by} ghi: {last.reason}"
    return f"Không gọi khảo sát số này từ {day}, theo đề nghị của chính người dân."
