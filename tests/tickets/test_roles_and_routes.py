"""A table made from the routes: every role, with a key and at a browser, at every route; and agencies at each other's tickets."""

import re
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, Role
from hotline1022.base.accounts import accounts
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.http.routes import Route
from hotline1022.base.signing_in.sessions import Session
from tests.conftest import StillClock
from tests.interface import COMMUNE, WITH_KEYS, Interface

PEOPLE = sorted(HOTLINE_ROLES | AGENCY_ROLES)
CODE = "12345674"
SAMPLES = (
    CODE,
    "1",
    COMMUNE,
    "2026-Q3",
    "0123456789abcdef" * 4,
    "0123abcd-0123-4abc-8def-0123456789ab",
    "t" * 43,
    "call:1.2",
)
"""What may stand for a name in a path: the first that its pattern lets through."""

HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
OTHER = "so-y-te"


def address(route: Route) -> str:
    """An address of the route that its patterns let through."""

    def sample(name: re.Match[str]) -> str:
        pattern = route.parameters.get(name[1], "[^/]{1,100}")
        return next(each for each in SAMPLES if re.fullmatch(pattern, each))

    return re.sub(r"{(\w+)}", sample, route.path)


async def session(served: Interface, database: Database, clock: Clock, role: str, agency: str | None = None) -> Session:
    """Somebody of this role at a browser."""
    row = {
        "name": f"{role}-{agency}",
        "role": role,
        "password_hash": HASH,
        "must_change": False,
        "created_at": clock.now(),
    }
    row["agency"] = agency or (COMMUNE if role in AGENCY_ROLES else None)
    async with database.transaction() as connection:
        account = (await connection.execute(insert(accounts).values(row).returning(accounts.c.id))).scalar_one()
    return await served.api.sessions.begin(account)


async def asked(served: Interface, route: Route, headers: dict[str, str]) -> int:
    """The status that a request with no body gets: what it lacks is told only to those who may ask at all."""
    served.client.session.cookie_jar.clear()
    answer = await served.client.request(route.method, address(route), headers=headers, allow_redirects=False)
    return answer.status


def guarded(served: Interface) -> list[Route]:
    """Every route that is not everybody's."""
    return [route for route in served.api.routes if route.roles is not None]


async def test_every_route_is_closed_to_every_role_that_it_does_not_name(
    served: Interface, database: Database, clock: StillClock
) -> None:
    routes = guarded(served)
    assert len(routes) > 40
    wrong: list[Any] = []
    for role in sorted(WITH_KEYS):
        key = {"Authorization": f"Bearer {await served.key(role)}"}
        for route in routes:
            status = await asked(served, route, key)
            if (status == 403) != (role not in (route.roles or ())) or status == 401:
                wrong.append((role, "key", route.method, route.path, status))
    for role in PEOPLE:
        person = await session(served, database, clock, role)
        cookie = {"Cookie": f"hotline_session={person.token}", "X-CSRF-Token": person.csrf}
        for route in routes:
            if route.path == "/api/session" and route.method == "DELETE":
                continue
            status = await asked(served, route, cookie)
            if (status == 403) != (role not in (route.roles or ())) or status == 401:
                wrong.append((role, "session", route.method, route.path, status))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer 1022_1_x"}, {"Cookie": "hotline_session=" + "x" * 43}]
)
async def test_nobody_without_a_key_or_a_session_gets_anywhere(served: Interface, headers: dict[str, str]) -> None:
    assert {await asked(served, route, headers) for route in guarded(served)} == {401}


async def test_what_changes_something_is_refused_without_the_word_that_only_our_page_knows(
    served: Interface, database: Database, clock: StillClock
) -> None:
    person = await session(served, database, clock, Role.ADMINISTRATOR)
    cookie = {"Cookie": f"hotline_session={person.token}"}
    changing = [route for route in guarded(served) if route.method != "GET"]
    assert {await asked(served, route, cookie | {"X-CSRF-Token": "x"}) for route in changing} == {403}


async def test_no_route_shows_an_agency_the_ticket_of_another(
    served: Interface, database: Database, clock: StillClock
) -> None:
    made = await served.post(
        "/api/tickets",
        Role.OPERATOR,
        json={"channel": "phone", "summary": "Ổ gà trước chợ", "topic": "giao-thong", "place": "29869"},
        headers={"Idempotency-Key": "roles-and-routes-1"},
    )
    ticket = (await made.json())["ticket"]
    await served.move(ticket["code"], Role.OPERATOR, "classify", topic="giao-thong", place="29869")
    await served.move(ticket["code"], Role.OPERATOR, "route")
    stranger = await session(served, database, clock, Role.OFFICER, OTHER)
    assert ticket["agency"] != OTHER
    cookie = {"Cookie": f"hotline_session={stranger.token}", "X-CSRF-Token": stranger.csrf}
    routes = [route for route in guarded(served) if "{code}" in route.path and Role.OFFICER in (route.roles or ())]
    assert len(routes) >= 4
    for route in routes:
        at = address(route).replace(CODE, ticket["code"])
        body: dict[str, Any] = {"json": {"move": {"move": "accept"}}} if route.path.endswith("moves") else {}
        body = {"json": {"reason": "xem thử"}} if route.path.endswith("identity") else body
        body = {"json": {"account": None}} if route.path.endswith("assignee") else body
        answer = await served.client.request(route.method, at, headers=cookie, **body)
        assert answer.status in (404, 415, 400), (route.method, route.path, answer.status)
        assert "Ổ gà" not in await answer.text()
    listed = await served.client.get("/api/tickets", headers=cookie)
    assert (await listed.json())["items"] == []
