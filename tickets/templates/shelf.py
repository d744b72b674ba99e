"""Reads and changes answer templates: whose each is and who may change it. Every version stays."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from hotline1022.base.access import AGENCY_ROLES, Actor, Role
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, Invalid, NotFound, Refused
from tickets.rules import StandingRules
from tickets.templates import store
from tickets.templates.model import KIND_NAMES, Kind, Template, TemplateText, TemplateVersion


class TemplateShelf:
    """Templates. Methods raise DatabaseAway. Everybody reads the hotline's; an agency reads and changes its own beside them."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules

    async def listed(self, actor: Actor, kind: Kind | None = None, topic: str | None = None) -> tuple[Template, ...]:
        """What ``actor`` may use, of one kind and for one topic if these are given."""
        async with self._database.reading() as connection:
            rows = await store.listed(connection, actor.agency)
        wider = self._rules.current.topics.wider(topic) if topic else ()
        fitting = (row for row in rows if not topic or row["topic"] is None or row["topic"] in wider)
        return tuple(self._template(row) for row in fitting if kind is None or row["kind"] == kind)

    async def one(self, number: int, actor: Actor) -> Template:
        """A template. Raises NotFound, also for one of another agency."""
        async with self._database.reading() as connection:
            return self._template(_seen(await store.one(connection, number), actor))

    async def versions(self, number: int, actor: Actor) -> tuple[TemplateVersion, ...]:
        """All that a template has said, the last first. Raises NotFound."""
        async with self._database.reading() as connection:
            _seen(await store.one(connection, number), actor)
            return tuple(TemplateVersion.model_validate(row) for row in await store.versions(connection, number))

    async def add(self, said: TemplateText, actor: Actor) -> Template:
        """A new template of the actor's side. Raises Forbidden, Invalid."""
        _may_write(actor, actor.agency)
        async with self._database.transaction() as connection:
            number = await store.add(connection, actor.agency, self._row(said, actor))
        return await self.one(number, actor)

    async def change(self, number: int, said: TemplateText, actor: Actor, version: int | None = None) -> Template:
        """The next version of a template. Raises NotFound, Forbidden, Invalid, and Refused when ``version`` is not the last one."""
        async with self._database.transaction() as connection:
            row = _seen(await store.one(connection, number, lock=True), actor)
            _may_write(actor, row["agency"])
            if version is not None and version != row["version"]:
                raise Refused(
                    f"{row['by']} vừa sửa mẫu này (bản {row['version']})", remedy="xem bản mới rồi sửa lại nếu còn cần"
                )
            fresh = self._row(said, actor)
            if any(row[name] != fresh[name] for name in TemplateText.model_fields):
                await store.change(connection, number, row["version"] + 1, fresh)
        return await self.one(number, actor)

    async def withdraw(self, number: int, actor: Actor) -> None:
        """Take a template out of use. Raises NotFound, Forbidden."""
        async with self._database.transaction() as connection:
            row = _seen(await store.one(connection, number, lock=True), actor)
            _may_write(actor, row["agency"])
            await store.withdraw(connection, number)

    def _row(self, said: TemplateText, actor: Actor) -> dict[str, Any]:
        if said.topic is not None and said.topic not in self._rules.current.topics.codes:
            raise Invalid("Không có lĩnh vực này", remedy="chọn mã trong danh mục lĩnh vực", field="topic")
        row = said.model_dump()
        for name in ("title", "text", "basis"):
            row[name] = unicodedata.normalize("NFC", row[name]) if row[name] is not None else None
        return row | {"by": actor.name, "at": self._clock.now()}

    def _template(self, row: Mapping[str, Any]) -> Template:
        now, today = self._rules.current, self._clock.now().astimezone(CIVIL_ZONE).date()
        return Template.model_validate(
            {
                **row,
                "kind_name": KIND_NAMES[Kind(row["kind"])],
                "topic_name": now.topics.name_of(row["topic"]) if row["topic"] else None,
                "agency_name": now.agencies.name_of(row["agency"]) if row["agency"] else None,
                "expired": row["valid_until"] is not None and row["valid_until"] < today,
            }
        )


def _seen(row: dict[str, Any] | None, actor: Actor) -> dict[str, Any]:
    if row is None or row["agency"] not in (None, actor.agency):
        raise NotFound("Không có mẫu câu này")
    return row


def _may_write(actor: Actor, agency: str | None) -> None:
    if actor.role in AGENCY_ROLES and agency is not None and agency == actor.agency:
        return
    if agency is None and actor.role in (Role.LEADER, Role.ADMINISTRATOR):
        return
    whose = "mẫu của cơ quan do cán bộ của cơ quan đó sửa" if agency else "mẫu của tổng đài do trưởng ca sửa"
    raise Forbidden(f"Không sửa được mẫu này: {whose}")
