"""Signing in over HTTP: ``/api/session`` and what belongs to it. Routes only; the desk decides."""

import math
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BaseModel, StringConstraints

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, Role
from hotline1022.base.clock import Clock
from hotline1022.base.http.problems import ProblemError
from hotline1022.base.http.routes import Call, CivilInstant, Reply, Route, Told
from hotline1022.base.signing_in import second_factor
from hotline1022.base.signing_in.desk import CodeWanted, SignInDesk, TooManyTries, WrongSignIn
from hotline1022.base.signing_in.sessions import Session

PEOPLE = HOTLINE_ROLES | AGENCY_ROLES
TAG = "Đăng nhập"
TRIES = (20, 60.0)
"""Of signing in from one address in so many seconds: an office behind one address signs in at seven in the morning."""

Text = Annotated[str, StringConstraints(max_length=200)]


class SignIn(Told):
    """Who wants to come in."""

    name: Text
    password: Text
    code: Annotated[str, StringConstraints(max_length=10)] | None = None


class NewPassword(Told):
    """The password in use, and the one to come."""

    old: Text
    new: Annotated[str, StringConstraints(max_length=1000)]


class Code(Told):
    """A one-time code."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class Password(Told):
    """The password in use."""

    password: Text


class PersonTold(BaseModel):
    """Who is signed in."""

    account: int
    name: str
    display_name: str
    role: Role
    agency: str | None
    agency_name: str | None


class SessionTold(BaseModel):
    """A session, as its own page reads it."""

    person: PersonTold
    csrf: str
    must_change: bool
    second_factor: Literal["off", "on", "required"]
    expires_at: CivilInstant
    now: CivilInstant


class FactorTold(BaseModel):
    """What an authenticator needs."""

    secret: str
    uri: str
    svg: str


class Cookie:
    """The cookie of a session. Behind HTTPS its name makes every browser refuse it from anywhere else (RFC 6265bis, ``__Host-``)."""

    def __init__(self, *, secure: bool) -> None:
        self.name = "__Host-hotline_session" if secure else "hotline_session"
        self._rest = "; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if secure else "")

    def holding(self, token: str) -> str:
        """The header that gives it to a browser."""
        return f"{self.name}={token}{self._rest}"

    @property
    def gone(self) -> str:
        """The header that takes it away."""
        return f"{self.name}=; Max-Age=0{self._rest}"

    def token(self, header: str) -> str | None:
        """What a browser has sent back."""
        try:
            found = SimpleCookie(header).get(self.name)
        except CookieError:
            return None
        return found.value if found else None


class SessionRoutes:
    """``/api/session``."""

    def __init__(
        self, desk: SignInDesk, cookie: Cookie, clock: Clock, agency_name: Callable[[str], str | None]
    ) -> None:
        self._desk, self._cookie, self._clock, self._agency_name = desk, cookie, clock, agency_name

    def routes(self) -> list[Route]:
        """Every route of it."""
        told: dict[int, Any] = {200: SessionTold}
        factor = "/api/session/second-factor"
        return [
            Route(
                "POST", "/api/session", self._begin, "Đăng nhập", TAG, None, told, body=SignIn, limit=TRIES, also=(401,)
            ),
            Route("GET", "/api/session", self._look, "Ai đang đăng nhập", TAG, PEOPLE, told),
            Route("DELETE", "/api/session", self._end, "Đăng xuất", TAG, PEOPLE, {204: None}),
            Route("POST", "/api/session/password", self._password, "Đổi mật khẩu", TAG, PEOPLE, told, body=NewPassword),
            Route("POST", factor, self._begin_factor, "Bắt đầu bật xác nhận hai bước", TAG, PEOPLE, {200: FactorTold}),
            Route("PUT", factor, self._confirm_factor, "Bật xác nhận hai bước", TAG, PEOPLE, told, body=Code),
            Route("POST", f"{factor}-off", self._end_factor, "Tắt xác nhận hai bước", TAG, PEOPLE, told, body=Password),
        ]

    async def session_of(self, request: web.Request, *, used: bool = True) -> Session | None:
        """Whose session a request carries; None when it carries none that holds. ``used``: see ``SessionBook.find``."""
        return await self._of_header(request.headers.get("Cookie", ""), used=used)

    async def _of_header(self, header: str, *, used: bool = True) -> Session | None:
        token = self._cookie.token(header)
        return await self._desk.sessions.find(token, used=used) if token else None

    async def _own(self, call: Call[Any, Any]) -> Session:
        session = await self._of_header(call.headers.get("Cookie", ""))
        if session is None:
            raise ProblemError(409, "Chỉ dùng được trong phiên đăng nhập, không dùng bằng khoá")
        return session

    async def _begin(self, call: Call[Told, SignIn]) -> Reply:
        try:
            session = await self._desk.sign_in(call.body.name, call.body.password, call.body.code)
        except CodeWanted as error:
            raise ProblemError(401, str(error), needs="code") from error
        except WrongSignIn as error:
            raise ProblemError(401, str(error)) from error
        except TooManyTries as error:
            raise ProblemError(429, str(error), headers={"Retry-After": str(math.ceil(error.seconds))}) from error
        return self._told(session)

    async def _look(self, call: Call[Told, Told]) -> Reply:
        return self._told(await self._own(call))

    async def _end(self, call: Call[Told, Told]) -> Reply:
        await self._desk.sessions.end(await self._own(call))
        return Reply(status=204, headers={"Set-Cookie": self._cookie.gone})

    async def _password(self, call: Call[Told, NewPassword]) -> Reply:
        session = await self._own(call)
        return self._told(await self._tried(self._desk.change_password(session, call.body.old, call.body.new)))

    async def _begin_factor(self, call: Call[Told, Told]) -> FactorTold:
        secret, uri = await self._desk.begin_second_factor(await self._own(call))
        return FactorTold(secret=secret, uri=uri, svg=second_factor.picture(uri))

    async def _confirm_factor(self, call: Call[Told, Code]) -> Reply:
        return self._told(await self._desk.confirm_second_factor(await self._own(call), call.body.code))

    async def _end_factor(self, call: Call[Told, Password]) -> Reply:
        session = await self._own(call)
        return self._told(await self._tried(self._desk.end_second_factor(session, call.body.password)))

    @staticmethod
    async def _tried(doing: Awaitable[Session]) -> Session:
        try:
            return await doing
        except WrongSignIn as error:
            raise ProblemError(422, str(error)) from error
        except TooManyTries as error:
            raise ProblemError(429, str(error), headers={"Retry-After": str(math.ceil(error.seconds))}) from error

    def _told(self, session: Session) -> Reply:
        actor = session.actor
        person = PersonTold(
            account=actor.account or 0,
            name=actor.name,
            display_name=session.display_name,
            role=actor.role,
            agency=actor.agency,
            agency_name=self._agency_name(actor.agency) if actor.agency else None,
        )
        told = SessionTold(
            person=person,
            csrf=session.csrf,
            must_change=session.needs == "password",
            second_factor=session.second_factor,
            expires_at=session.over_at,
            now=self._clock.now(),
        )
        return Reply(told, headers={"Set-Cookie": self._cookie.holding(session.token)})
