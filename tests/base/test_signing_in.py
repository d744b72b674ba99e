"""Claims about signing in: who comes in, who does not and learns nothing by trying, what a page of another origin cannot do."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from hotline1022.base.access import Actor, Role
from hotline1022.base.accounts import account_changes, accounts, password_fits
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid
from hotline1022.base.http.routes import Call, Reply, Route, Told
from hotline1022.base.http.serving import Serving
from hotline1022.base.signing_in import account_web
from hotline1022.base.signing_in.account_book import AccountBook
from hotline1022.base.signing_in.desk import SignInDesk
from hotline1022.base.signing_in.rules import AT_MOST, FREE_FAILURES, IDLE, LONGEST_WAIT, check_new_password, wait_after
from hotline1022.base.signing_in.second_factor import Seal, step_of_code
from hotline1022.base.signing_in.sessions import SessionBook, sessions
from hotline1022.base.signing_in.web import PEOPLE, Cookie, SessionRoutes
from tests.conftest import StillClock

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "con mèo trèo cây cau"
SECRET = pyotp.random_base32()
SEAL = Seal(b"k" * 32)


class House:
    """Signing in and one thing that can be done, on a real server."""

    def __init__(self, database: Database, clock: StillClock, client: TestClient[Any, Any], book: SessionBook) -> None:
        self.database, self.clock, self.client, self.sessions = database, clock, client, book
        self.csrf = ""

    async def account(self, name: str = "lan", role: Role = Role.OPERATOR, **more: Any) -> int:
        row = {"name": name, "role": role.value, "password_hash": QUICK.hash(PASSWORD), "must_change": False}
        async with self.database.transaction() as connection:
            values = row | {"created_at": self.clock.now()} | more
            return int(
                (await connection.execute(insert(accounts).values(values).returning(accounts.c.id))).scalar_one()
            )

    async def change(self, account: int, **values: Any) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(update(accounts).where(accounts.c.id == account).values(**values))

    async def sign_in(self, name: str = "lan", password: str = PASSWORD, code: str | None = None) -> ClientResponse:
        body = {"name": name, "password": password} | ({"code": code} if code else {})
        answer = await self.client.post("/api/session", json=body)
        if answer.status == 200:
            self.csrf = (await answer.json())["csrf"]
        return answer

    async def do(self, csrf: str | None = None, path: str = "/api/thing", **more: Any) -> ClientResponse:
        headers = {"X-CSRF-Token": self.csrf if csrf is None else csrf}
        return await self.client.post(path, headers=headers, **more)

    async def stored(self, table: Any) -> list[Any]:
        async with self.database.reading() as connection:
            return list((await connection.execute(select(table))).all())


@asynccontextmanager
async def _house(database: Database, clock: StillClock, wanting: frozenset[Role]) -> AsyncIterator[House]:
    async def nobody(_key: str) -> Actor | None:
        return None

    async def thing(call: Call[Told, None]) -> Reply:
        return Reply(call.by.name, media_type="text/plain")

    book = SessionBook(database, clock, wanting)
    desk = SignInDesk(database, clock, book, SEAL, QUICK)
    signing_in = SessionRoutes(desk, Cookie(secure=False), clock, lambda code: code)
    people = AccountBook(database, clock, book, lambda code: code == "so-y-te", QUICK)
    app = web.Application()
    Serving(nobody, of_session=signing_in.session_of).mount(
        app,
        [
            *signing_in.routes(),
            *account_web.routes(people, lambda code: code),
            Route("GET", "/api/thing", thing, "", "", PEOPLE, {200: "text/plain"}),
            Route("POST", "/api/thing", thing, "", "", PEOPLE, {200: "text/plain"}),
            Route("GET", "/api/leader", thing, "", "", frozenset({Role.LEADER}), {200: "text/plain"}),
        ],
    )
    async with TestClient(TestServer(app)) as client:
        yield House(database, clock, client, book)


@pytest.fixture
async def house(database: Database, clock: StillClock) -> AsyncIterator[House]:
    async with _house(database, clock, frozenset()) as made:
        yield made


async def test_who_has_signed_in_works_until_they_sign_out(house: House) -> None:
    await house.account(display_name="Nguyễn Thị Lan")
    assert (await house.client.get("/api/thing")).status == 401
    answer = await house.sign_in()
    told = await answer.json()
    assert told["person"]["display_name"] == "Nguyễn Thị Lan"
    assert await (await house.client.get("/api/thing")).text() == "Nguyễn Thị Lan"
    assert (await house.client.get("/api/leader")).status == 403
    left = await house.client.delete("/api/session", headers={"X-CSRF-Token": house.csrf})
    assert left.status == 204
    assert (await house.client.get("/api/thing")).status == 401
    assert await house.stored(sessions) == []


async def test_the_cookie_cannot_be_read_by_a_page_or_sent_by_another_and_only_its_hash_is_kept(house: House) -> None:
    await house.account()
    given_cookie = (await house.sign_in()).headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(given_cookie.split("; "))
    secure = Cookie(secure=True).holding("t")
    assert secure.startswith("__Host-hotline_session=t;")
    assert "; Secure" in secure
    token = given_cookie.split("=", 1)[1].split(";")[0]
    (kept,) = await house.stored(sessions)
    assert token not in str(kept)


async def test_what_changes_something_must_come_from_a_page_of_ours(house: House) -> None:
    await house.account()
    await house.sign_in()
    for csrf in ("", "x", house.csrf[:-1], house.csrf.upper() + "é"):
        refused = await house.do(csrf.encode("ascii", "ignore").decode())
        assert (refused.status, (await refused.json())["needs"]) == (403, "csrf"), csrf
    assert (await house.do()).status == 200


async def test_each_signing_in_is_a_session_of_its_own(house: House) -> None:
    await house.account()
    first, first_csrf = (await house.sign_in()).headers["Set-Cookie"], house.csrf
    second = (await house.sign_in()).headers["Set-Cookie"]
    assert first != second
    assert first_csrf != house.csrf


async def test_trying_tells_nobody_which_names_exist(house: House) -> None:
    await house.account()
    answers = [await house.sign_in(name, "một mật khẩu sai") for name in ("lan", "nobody")]
    assert [answer.status for answer in answers] == [401, 401]
    assert await answers[0].json() == await answers[1].json()


async def test_wrong_passwords_make_the_account_wait_even_for_the_right_one(house: House) -> None:
    await house.account()
    for _ in range(FREE_FAILURES):
        assert (await house.sign_in(password="một mật khẩu sai")).status == 401
    waiting = await house.sign_in()
    assert waiting.status == 429
    assert 0 < int(waiting.headers["Retry-After"]) <= 60
    assert "Thử lại sau 1 phút" in (await waiting.json())["detail"]
    house.clock.instant += timedelta(seconds=61)
    assert (await house.sign_in()).status == 200
    (row,) = await house.stored(accounts)
    assert (row.failures, row.locked_until) == (0, None)


@given(st.integers(0, 10_000))
def test_the_wait_grows_and_has_an_end(failures: int) -> None:
    wait, longer = wait_after(failures), wait_after(failures + 1)
    assert (wait is None) == (failures < FREE_FAILURES)
    assert (wait or timedelta()) <= (longer or timedelta()) <= LONGEST_WAIT


async def test_a_session_ends_when_nobody_uses_it_and_after_a_shift_whatever_is_done(house: House) -> None:
    await house.account()
    await house.sign_in()
    began = house.clock.instant
    while house.clock.instant < began + AT_MOST - IDLE:
        house.clock.instant += IDLE - timedelta(minutes=1)
        assert (await house.client.get("/api/thing")).status == 200
    house.clock.instant = began + AT_MOST
    assert (await house.client.get("/api/thing")).status == 401
    await house.sign_in()
    house.clock.instant += IDLE
    assert (await house.client.get("/api/thing")).status == 401


async def test_a_page_that_is_only_open_does_not_keep_its_session_young(house: House) -> None:
    await house.account()
    cookie = (await house.sign_in()).headers["Set-Cookie"]
    token = cookie.split("=", 1)[1].split(";")[0]
    for _ in range(3):
        house.clock.instant += IDLE / 3 - timedelta(seconds=1)
        assert await house.sessions.find(token, used=False) is not None
    house.clock.instant += timedelta(seconds=3)
    assert await house.sessions.find(token, used=False) is None


async def test_a_first_password_must_be_changed_before_anything_else(house: House) -> None:
    await house.account(must_change=True)
    assert (await (await house.sign_in()).json())["must_change"] is True
    refused = await house.do()
    assert (refused.status, (await refused.json())["needs"]) == (403, "password")
    new = {"old": PASSWORD, "new": "mười hai con giáp quanh ao"}
    changed = await house.do(path="/api/session/password", json=new)
    told = await changed.json()
    assert (changed.status, told["must_change"]) == (200, False)
    house.csrf = told["csrf"]
    assert (await house.do()).status == 200
    assert len(await house.stored(sessions)) == 1
    (noted,) = await house.stored(account_changes)
    assert (noted.by, noted.what) == ("lan", "Đổi mật khẩu")


@pytest.mark.parametrize("password", ["ngắn", "1234567890", "aaaaaaaaaaaa", "tôi là lan đây mà", "x" * 201])
def test_a_password_that_is_easily_guessed_is_not_taken(password: str) -> None:
    with pytest.raises(Invalid, match="Mật khẩu"):
        check_new_password(password, "lan")
    check_new_password(PASSWORD, "lan")


async def test_a_second_factor_is_asked_only_behind_the_right_password_and_a_code_counts_once(house: House) -> None:
    await house.account(second_factor=SEAL.seal(SECRET), second_factor_step=0)
    code = pyotp.TOTP(SECRET).at(house.clock.instant)
    assert "needs" not in str((await (await house.sign_in(password="sai rồi nhé ạ")).json())["needs"])
    asked = await house.sign_in()
    assert (asked.status, (await asked.json())["needs"]) == (401, "code")
    assert (await house.sign_in(code="000000" if code != "000000" else "111111")).status == 401
    assert (await house.sign_in(code=code)).status == 200
    assert (await house.sign_in(code=code)).status == 401
    house.clock.instant += timedelta(seconds=60)
    assert (await house.sign_in(code=pyotp.TOTP(SECRET).at(house.clock.instant))).status == 200


async def test_a_second_factor_is_set_up_by_a_code_of_it(house: House) -> None:
    await house.account()
    await house.sign_in()
    begun = await (await house.do(path="/api/session/second-factor")).json()
    assert begun["svg"].startswith("<svg")
    assert re.search(r"secret=[A-Z2-7]{32}", begun["uri"])
    headers = {"X-CSRF-Token": house.csrf}
    wrong = await house.client.put("/api/session/second-factor", json={"code": "123456"}, headers=headers)
    assert wrong.status == 422
    code = pyotp.TOTP(begun["secret"]).at(house.clock.instant)
    right = await house.client.put("/api/session/second-factor", json={"code": code}, headers=headers)
    told = await right.json()
    assert (right.status, told["second_factor"]) == (200, "on")
    (row,) = await house.stored(accounts)
    assert begun["secret"] not in str(row)
    house.csrf = told["csrf"]
    off = await house.do(path="/api/session/second-factor-off", json={"password": PASSWORD})
    assert (await off.json())["second_factor"] == "off"


async def test_a_role_that_must_have_a_second_factor_does_nothing_without(
    database: Database, clock: StillClock
) -> None:
    async with _house(database, clock, frozenset({Role.LEADER})) as house:
        await house.account(role=Role.LEADER)
        assert (await (await house.sign_in()).json())["second_factor"] == "required"
        refused = await house.client.get("/api/leader")
        assert (refused.status, (await refused.json())["needs"]) == (403, "second-factor")


@given(drift=st.integers(-100, 100), used=st.one_of(st.none(), st.integers(0, 3)))
def test_a_code_is_good_for_its_half_minute_and_its_neighbours(drift: int, used: int | None) -> None:
    step_now = int(StillClock.instant.timestamp()) // 30
    spent = None if used is None else step_now - 2 + used
    code = pyotp.TOTP(SECRET).at(StillClock.instant + timedelta(seconds=drift))
    found = step_of_code(SECRET, code, StillClock.instant, spent)
    of_code = (int(StillClock.instant.timestamp()) + drift) // 30
    good = abs(of_code - step_now) <= 1 and (spent is None or of_code > spent)
    assert found == (of_code if good else None)


async def test_a_locked_person_is_out_at_once_and_their_open_pages_are_told(house: House) -> None:
    account = await house.account()
    await house.account("chief", Role.ADMINISTRATOR)
    told: list[int] = []
    house.sessions.ended = told.append
    await house.sign_in()
    cookies = house.client.session.cookie_jar
    lan = {cookie.key: cookie.value for cookie in cookies}
    await house.sign_in("chief")
    locked = await house.do(path=f"/api/accounts/{account}/lock")
    assert (await locked.json())["locked"] is True
    assert told == [account]
    cookies.clear()
    assert (await house.client.get("/api/thing", cookies=lan)).status == 401
    assert (await house.sign_in()).status == 401


async def test_the_last_administrator_cannot_be_shut_out(house: House) -> None:
    chief = await house.account("chief", Role.ADMINISTRATOR)
    other = await house.account("other", Role.ADMINISTRATOR)
    await house.sign_in("chief")
    assert (await house.do(path=f"/api/accounts/{chief}/lock")).status == 409
    assert (await house.do(path=f"/api/accounts/{other}/lock")).status == 200
    change = {"display_name": "Chief", "role": "operator"}
    kept = await house.client.put(f"/api/accounts/{chief}", json=change, headers={"X-CSRF-Token": house.csrf})
    assert kept.status == 409


async def test_a_new_person_gets_a_password_once_and_the_history_says_who_let_them_in(house: House) -> None:
    await house.account("chief", Role.ADMINISTRATOR)
    await house.sign_in("chief")
    person = {"name": "tuan", "display_name": "Trần Quốc Tuấn", "role": "officer", "agency": "so-y-te"}
    made = await house.do(path="/api/accounts", json=person)
    told = await made.json()
    assert (made.status, told["account"]["agency"]) == (201, "so-y-te")
    assert any("cơ quan khác" in sentence for sentence in told["account"]["cannot"])
    assert (await house.do(path="/api/accounts", json=person)).status == 422
    for wrong in ({"agency": None}, {"agency": "nowhere"}, {"role": "app"}, {"display_name": "Machine"}):
        assert (await house.do(path="/api/accounts", json=person | {"name": "someone"} | wrong)).status == 422, wrong
    history = await (await house.client.get(f"/api/accounts/{told['account']['id']}/history")).json()
    assert [line["by"] for line in history["changes"]] == ["chief"]
    row = next(row for row in await house.stored(accounts) if row.name == "tuan")
    assert await asyncio.to_thread(password_fits, told["password"], row.password_hash)
    assert (await house.sign_in("tuan", told["password"])).status == 200
