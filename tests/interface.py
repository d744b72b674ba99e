"""The interface as a client meets it: the real routes on a real port, with keys for every role. No test lives here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from hotline1022.api import Api
from hotline1022.base.access import AGENCY_ROLES, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.keys import KEYLESS
from hotline1022.config import Settings
from hotline1022.panel.operators import without_a_line
from hotline1022.survey_desk import SurveyRules
from tickets.changes import RecordEvent
from tickets.desk import Desk
from tickets.rules import StandingRules

SURVEY_KEY = b"a key of the tests"
COMMUNE = "xa-29869"
"""The agency that the people of the tests work for: UBND phường Cao Lãnh."""


@dataclass
class Interface:
    """A client of the interface."""

    api: Api
    client: TestClient[web.Request, web.Application]
    keys: dict[str, str] = field(default_factory=dict)

    async def key(self, role: Role | str, agency: str | None = None) -> str:
        """A key of ``role``; made when it is first asked for. Officers and approvers are those of ``agency``."""
        role = Role(role)
        agency = (agency or COMMUNE) if role in AGENCY_ROLES else None
        name = f"{role}-{agency}"
        if name not in self.keys:
            self.keys[name] = await self.api.keys.issue(name, role, agency)
        return self.keys[name]

    async def call(
        self, method: str, path: str, role: Role | str | None = None, *, agency: str | None = None, **request: Any
    ) -> ClientResponse:
        """One request as somebody of ``role`` makes it, without a key if None."""
        headers = dict(request.pop("headers", {}))
        if role is not None:
            headers["Authorization"] = f"Bearer {await self.key(role, agency)}"
        return await self.client.request(method, path, headers=headers, **request)

    async def get(self, path: str, role: Role | str | None = None, **request: Any) -> ClientResponse:
        """A GET."""
        return await self.call("GET", path, role, **request)

    async def post(self, path: str, role: Role | str | None = None, **request: Any) -> ClientResponse:
        """A POST."""
        return await self.call("POST", path, role, **request)

    async def move(self, code: str, role: Role | str, name: str, *, agency: str | None = None, **said: Any) -> Any:
        """Make a move; the answer as JSON. Asserts that it was made."""
        body = {"move": {"move": name, **said}}
        answer = await self.post(f"/api/tickets/{code}/moves", role, agency=agency, json=body)
        told = await answer.json()
        assert answer.status == 200, told
        return told


WITH_KEYS = tuple(role for role in Role if role not in KEYLESS)
"""Every role that can have a key."""


@asynccontextmanager
async def interface(
    database: Database, clock: Clock, rules: StandingRules, record_event: RecordEvent, data: Path
) -> AsyncIterator[Interface]:
    """The interface on ``database``, served until the block ends."""
    desk, surveys = Desk(database, clock, rules, record_event), SurveyRules.load(None, SURVEY_KEY)
    api = Api(
        account_key=b"k" * 32,
        database=database,
        clock=clock,
        rules=rules,
        desk=desk,
        record_event=record_event,
        data=data,
        surveys=surveys,
    )
    api.add(without_a_line(Settings.load(), clock, database, api, surveys.current_policy).routes)
    app = web.Application()
    api.mount(app)
    async with TestClient(TestServer(app)) as client:
        yield Interface(api, client)
