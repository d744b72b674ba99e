"""What leaders did to the floor, and every listening, in the database. Rows only: whether somebody may do it is not decided here."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Row, String, Table, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor
from hotline1022.base.db import Instant, metadata

Act = Literal["pause", "move", "queue-closed", "queue-opened"]
"""A colleague paused, a call moved to somebody else, the queue closed and opened."""

Mode = Literal["listen", "whisper", "barge"]
"""A leader hears only; speaks to the operator alone; speaks to both."""

End = Literal["stopped", "not-answered", "call-over", "leader-gone", "failed", "service-restarted"]
"""Why a listening ended. ``service-restarted``: nobody saw it, it had ended at the instant that is kept or before."""

_ID = BigInteger().with_variant(Integer(), "sqlite")

floor_acts = Table(
    "floor_acts",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False, index=True),
    Column("act", String(20), nullable=False),
    Column("by", String(100), nullable=False),
    Column("by_account", Integer),
    Column("account", Integer),
    Column("call", String(80)),
    Column("to_account", Integer),
    Column("reason", String(200)),
)
"""Who (``by``) did what, to whom (``account``), with which call, sent to whom (``to_account``), and why."""

listenings = Table(
    "listenings",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("node", String(60), nullable=False),
    Column("leader", String(100), nullable=False),
    Column("leader_account", Integer, nullable=False),
    Column("operator", String(100), nullable=False),
    Column("operator_account", Integer, nullable=False),
    Column("call", String(80), nullable=False, index=True),
    Column("mode", String(10), nullable=False),
    Column("reason", String(200), nullable=False),
    Column("began_at", Instant, nullable=False, index=True),
    Column("heard_at", Instant),
    Column("ended_at", Instant),
    Column("end", String(20)),
)
"""One row a listening, written before it begins. ``mode`` is the first; ``heard_at`` is None when the leader never heard anything."""

listening_modes = Table(
    "listening_modes",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("listening", _ID, ForeignKey("listenings.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("mode", String(10), nullable=False),
)
"""Every change of mode within a listening."""


async def keep(
    connection: AsyncConnection,
    act: Act,
    by: Actor,
    at: datetime,
    *,
    account: int | None = None,
    call: str | None = None,
    to_account: int | None = None,
    reason: str | None = None,
) -> None:
    """One more act."""
    whom = {"account": account, "call": call, "to_account": to_account, "reason": reason}
    await connection.execute(
        insert(floor_acts).values(at=at, act=act, by=by.name, by_account=by.account, **whom)
    )  # fmt: skip


async def queue_is_open(connection: AsyncConnection) -> bool:
    """How the queue was left; open when nobody has ever closed it."""
    own = floor_acts.c
    doors = own.act.in_(("queue-closed", "queue-opened"))
    last = await connection.scalar(select(own.act).where(doors).order_by(own.id.desc()).limit(1))
    return last != "queue-closed"


async def begin_listening(
    connection: AsyncConnection,
    *,
    node: str,
    leader: Actor,
    operator: str,
    operator_account: int,
    call: str,
    mode: Mode,
    reason: str,
    at: datetime,
) -> int:
    """Write down that a leader is about to listen."""
    who = {"node": node, "leader": leader.name, "leader_account": leader.account}
    whom = {"operator": operator, "operator_account": operator_account, "call": call}
    row = insert(listenings).values(**who, **whom, mode=mode, reason=reason, began_at=at)
    made: int = (await connection.execute(row.returning(listenings.c.id))).scalar_one()
    return made


async def change_mode(connection: AsyncConnection, listening: int, mode: Mode, at: datetime) -> None:
    """Write down another mode."""
    await connection.execute(insert(listening_modes).values(listening=listening, mode=mode, at=at))


async def note(connection: AsyncConnection, listening: int, **facts: datetime | str) -> None:
    """Write these columns of a listening that has no end yet: the first end that somebody saw stands."""
    own = listenings.c
    await connection.execute(update(listenings).where(own.id == listening, own.ended_at.is_(None)).values(**facts))


async def close_forgotten(connection: AsyncConnection, node: str, before: datetime, now: datetime) -> int:
    """End the listenings of this node that began ``before`` and have no end. Gives how many there were."""
    own = listenings.c
    left = update(listenings).where(own.node == node, own.ended_at.is_(None), own.began_at < before)
    return (await connection.execute(left.values(ended_at=now, end="service-restarted"))).rowcount


async def last_listenings(
    connection: AsyncConnection, limit: int
) -> list[tuple[Row[Any], list[tuple[datetime, Mode]]]]:
    """The last listenings, the latest first, each with its changes of mode in order."""
    query = select(listenings).order_by(listenings.c.id.desc()).limit(limit)
    rows = list(await connection.execute(query))
    changes: dict[int, list[tuple[datetime, Mode]]] = {row.id: [] for row in rows}
    own = listening_modes.c
    modes = select(own.listening, own.at, own.mode).where(own.listening.in_(changes)).order_by(own.id)
    for listening, at, mode in await connection.execute(modes):
        changes[listening].append((at, mode))
    return [(row, changes[row.id]) for row in rows]


async def last_acts(connection: AsyncConnection, limit: int) -> list[Row[Any]]:
    """The last acts, the latest first."""
    return list(await connection.execute(select(floor_acts).order_by(floor_acts.c.id.desc()).limit(limit)))
