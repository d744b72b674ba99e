"""Saves and reads drafts: whose a draft is, how large it may be, and what is put aside when two write one field."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import HOTLINE_ROLES, Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from tickets.drafts import store
from tickets.drafts.merging import Merged, merge
from tickets.drafts.model import MOST_DRAFTS, MOST_FIELDS, MOST_OF_ALL, DraftTold, SentField
from tickets.model import HOTLINE
from tickets.reading import seen
from tickets.rules import StandingRules

KEPT = timedelta(days=90)
"""How long a draft that nobody touches is kept: citizens' words stand in it."""

Heard = Callable[[str, str, Actor, tuple[str, ...], int], None]
"""Told of a draft that was changed: key, room (``hotline``, an agency's code, or one person's), writer, fields, version."""


class DraftBook:
    """Drafts. Methods raise DatabaseAway.

    A draft of a call is the hotline's: whoever takes the call over goes on writing. One of a ticket belongs to the writer's side, the
    hotline or their agency. One of nothing yet is its writer's alone.
    """

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules
        self.heard: Heard = lambda *_: None

    async def save(self, key: str, sent: Mapping[str, SentField], actor: Actor) -> tuple[DraftTold, Merged]:
        """Save what can be saved; what clashes is put aside for the writer and told. Raises NotFound, Invalid, Refused."""
        sent = {name: one.model_copy(update={"value": _clean(one.value)}) for name, one in sent.items()}
        person, now = person_of(actor), self._clock.now()
        async with self._database.transaction() as connection:
            place = await self._place(connection, key, actor)
            version = await store.locked(connection, place, now)
            kept = await store.fields_of(connection, place)
            merged = merge(kept, sent)
            if merged.changed:
                _check_size({name: one.value for name, one in kept.items()} | merged.changed)
                if not kept and await store.count_of(connection, person) >= MOST_DRAFTS:
                    raise Refused(f"Đang có {MOST_DRAFTS} bản nháp chưa xong", remedy="gửi hoặc bỏ bớt bản nháp cũ")
                version += 1
                await store.write(
                    connection, place, merged.changed, version=version, person=person, by=actor.name, at=now
                )
            clashing = {clash.field: clash.yours for clash in merged.clashes}
            await store.put_aside(connection, place, person, clashing, now)
            await store.forget_asides(connection, place, person, [*merged.changed, *merged.agreed])
            told = await self._told(connection, place, person)
        if merged.changed:
            self.heard(key, place[1], actor, tuple(merged.changed), version)
        return told, merged

    async def read(self, key: str, actor: Actor) -> DraftTold:
        """A draft; an empty one where nobody has begun. Raises NotFound."""
        async with self._database.reading() as connection:
            return await self._told(connection, await self._place(connection, key, actor), person_of(actor))

    async def own(self, actor: Actor) -> list[DraftTold]:
        """The drafts of the actor's side in which they have written something, those saved last first."""
        async with self._database.reading() as connection:
            places = await store.places_of(connection, person_of(actor), MOST_DRAFTS)
            mine = [place for place in places if place[1] == _room_of(place[0], actor)]
            found = [await self._told(connection, place, person_of(actor)) for place in mine]
        return [draft for draft in found if draft.aside or any(each.value.strip() for each in draft.fields.values())]

    async def drop(self, key: str, actor: Actor, version: int | None = None) -> None:
        """Take a draft away, because it was sent or is not wanted. Raises Refused when somebody has written since ``version``."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            place = await self._place(connection, key, actor)
            current, _ = await store.version_of(connection, place)
            if current == 0:
                return
            current = await store.locked(connection, place, now)
            if version is not None and version != current:
                raise Refused(
                    "Bản nháp vừa có người viết thêm nên chưa bỏ", remedy="xem lại bản nháp rồi bỏ nếu vẫn muốn"
                )
            await store.drop(connection, place, version=current + 1, at=now)
        self.heard(key, place[1], actor, (), current + 1)

    async def forget_old(self) -> int:
        """Erase drafts that nobody has touched for long; returns how many."""
        async with self._database.transaction() as connection:
            return await store.forget_before(connection, self._clock.now() - KEPT)

    async def _place(self, connection: AsyncConnection, key: str, actor: Actor) -> store.Place:
        kind, _, rest = key.partition(":")
        if kind == "ticket":
            await seen(connection, self._rules.current, rest, actor, self._clock.now())
        elif actor.role not in HOTLINE_ROLES:
            raise NotFound("Không có bản nháp này")
        return key, _room_of(key, actor)

    async def _told(self, connection: AsyncConnection, place: store.Place, person: str) -> DraftTold:
        version, at = await store.version_of(connection, place)
        fields = await store.fields_of(connection, place)
        aside = await store.asides_of(connection, place, person)
        return DraftTold(key=place[0], version=version, at=at, fields=fields, aside=aside)


def person_of(actor: Actor) -> str:
    """Who writes, the same at every window: the account, else the access key, else the name."""
    if actor.account is not None:
        return f"account:{actor.account}"
    return f"key:{actor.key}" if actor.key is not None else f"name:{actor.name}"[:80]


def _room_of(key: str, actor: Actor) -> str:
    if key.startswith("new:"):
        return person_of(actor)
    return actor.agency or HOTLINE


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _check_size(values: Mapping[str, str]) -> None:
    if len(values) > MOST_FIELDS:
        raise Invalid(f"Bản nháp có quá {MOST_FIELDS} ô", field="fields")
    if sum(map(len, values.values())) > MOST_OF_ALL:
        raise Invalid(f"Bản nháp dài quá {MOST_OF_ALL} chữ", remedy="gửi phần đã xong hoặc rút gọn", field="fields")
