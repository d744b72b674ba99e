"""What leaders did to the floor, for leaders to read: the last listenings and the last acts. Read only; nothing is ever taken out."""

from typing import Any

from pydantic import BaseModel

from hotline1022.base.access import Role
from hotline1022.base.db import Database
from hotline1022.base.http.routes import Call, CivilInstant, Route, Told
from telephony.leading import store
from telephony.leading.store import Act, End, Mode

TAG = "Trưởng ca"
READERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})
LIMIT = 200


class ModeTold(BaseModel):
    """Another mode from that instant on."""

    at: CivilInstant
    mode: Mode


class ListeningTold(BaseModel):
    """One listening. ``heard_at`` is null when the leader never heard anything, ``ended_at`` while it goes on."""

    leader: str
    operator: str
    call: str
    mode: Mode
    changes: tuple[ModeTold, ...]
    reason: str
    began_at: CivilInstant
    heard_at: CivilInstant | None
    ended_at: CivilInstant | None
    ending: End | None


class ActTold(BaseModel):
    """One act. ``account`` is whom it was done to, ``to_account`` who was given the call."""

    at: CivilInstant
    act: Act
    by: str
    account: int | None
    call: str | None
    to_account: int | None
    reason: str | None


class FloorJournalTold(BaseModel):
    """The latest first."""

    listenings: tuple[ListeningTold, ...]
    acts: tuple[ActTold, ...]


def routes(database: Database) -> list[Route]:
    """``/api/floor/journal``."""

    async def read(_call: Call[Told, None]) -> FloorJournalTold:
        async with database.reading() as connection:
            heard = await store.last_listenings(connection, LIMIT)
            acts = await store.last_acts(connection, LIMIT)
        return FloorJournalTold(
            listenings=tuple(
                ListeningTold(
                    **_named(row, ListeningTold),
                    ending=row.end,
                    changes=tuple(ModeTold(at=at, mode=mode) for at, mode in modes),
                )
                for row, modes in heard
            ),
            acts=tuple(ActTold(**_named(row, ActTold)) for row in acts),
        )

    return [
        Route(
            "GET", "/api/floor/journal", read, "Nhật ký nghe và việc của trưởng ca", TAG, READERS,
            {200: FloorJournalTold}, description=f"{LIMIT} lần gần nhất, mới nhất trước.",
        )
    ]  # fmt: skip


def _named(row: Any, model: type[BaseModel]) -> dict[str, Any]:
    """The columns of a row that a model has."""
    return {name: value for name, value in row._mapping.items() if name in model.model_fields}
