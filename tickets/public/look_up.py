"""Looking a ticket up with its code and the last four digits of the citizen's number, and what the citizen may do there.

Nobody learns from a refusal whether a ticket exists: a code that names none, one whose ticket has other digits, and one whose ticket
has no number at all are answered in the same words, after the same one query, and run out of tries alike. The words name the way for
whoever hid their number or left none: to ring 1022 and be asked by a person. Only a code or digits of the wrong length are told as
such: that, everybody can count. Who has code and digits reads what stands there and may add and reopen; who wrote is never shown.
"""

import hmac
import math
import re
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import NamedTuple

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from hotline1022.base.http.problems import ProblemError
from hotline1022.base.http.rate_limit import RateLimit
from tickets import store
from tickets.appointments.store import appointments_of
from tickets.code import DIGITS, is_code
from tickets.handling import Handling
from tickets.model import Stage, Text, Ticket
from tickets.moves import Inform, Reopen, Resume
from tickets.public.guessing import Guessing
from tickets.public.model import CITIZENS_TEXT, PublicTicket, public_ticket
from tickets.reading import read
from tickets.rules import StandingRules

log = structlog.get_logger()

CITIZEN = Actor(name="citizen", role=Role.CITIZEN)
"""The journal's name for the citizen of the ticket, whoever that is."""

NO_MATCH = "Không tìm thấy phiếu khớp với mã và số điện thoại"
NO_MATCH_REMEDY = (
    "xem lại từng chữ số; nếu quý vị đã gọi bằng số ẩn hoặc không để lại số điện thoại, xin gọi 1022 để được tra cứu"
)

ADDITIONS = (10, 3600.0)
"""What one ticket's citizen may send in an hour."""

TRIES = 4
"""Attempts while officials change the ticket at the same time."""

SAME = timedelta(hours=1)
"""Within it the same words again are the same form sent twice."""


class _Opened(NamedTuple):
    ticket: Ticket
    texts: tuple[Text, ...]
    shown: PublicTicket


class LookUp:
    """Reads and answers for citizens. Methods raise DatabaseAway, Invalid, NotFound, Refused, and ProblemError (429) for too many tries."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rules: StandingRules,
        handling: Handling,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._database, self._clock, self._rules, self._handling = database, clock, rules, handling
        self._seconds = seconds
        self._guessing, self._additions = Guessing(), RateLimit(*ADDITIONS)

    async def find(self, code: str, digits: str, client: str) -> PublicTicket:
        """The ticket of ``code`` when ``digits`` are the last four of its number; ``client`` is the address that asks."""
        return (await self._opened(code, digits, client)).shown

    async def add(self, code: str, digits: str, client: str, text: str) -> PublicTicket:
        """Let the citizen add something, or answer what they were asked; the ticket as it stands then."""
        for _ in range(TRIES):
            ticket, texts, shown = await self._opened(code, digits, client)
            # While a question stands nothing has been sent in answer to it, even if the same words were sent before.
            waiting = ticket.stage is Stage.WAITING
            if not waiting and self._is_there(ticket, texts, text):
                return shown
            if not shown.may_add:
                raise Refused("Phiếu này không nhận thêm thông tin", remedy="gửi phản ánh mới hoặc gọi 1022")
            move = Resume(move="resume", text=text) if waiting else Inform(move="inform", text=text)
            if await self._moved(ticket, move):
                return await self.find(code, digits, client)
        raise _busy()

    async def reopen(self, code: str, digits: str, client: str, reason: str) -> PublicTicket:
        """Let the citizen say, in time, that it is not solved; the ticket as it stands then."""
        for _ in range(TRIES):
            ticket, texts, shown = await self._opened(code, digits, client)
            if ticket.stage is Stage.REOPENED and self._is_there(ticket, texts, reason):
                return shown
            if shown.reopen_until is None:
                raise Refused("Phiếu này không mở lại được", remedy="gửi phản ánh mới hoặc gọi 1022")
            if await self._moved(ticket, Reopen(move="reopen", reason=reason)):
                return await self.find(code, digits, client)
        raise _busy()

    async def _moved(self, ticket: Ticket, move: Inform | Resume | Reopen) -> bool:
        """Make a move of the ticket that was looked at; False when somebody has changed it since."""
        _allow(self._additions.wait(ticket.code, self._seconds()), "Phiếu này vừa nhận nhiều thông tin")
        try:
            await self._handling.make(ticket.code, move, CITIZEN, version=ticket.version)
        except Refused:
            # Why is not told from here: the sentence may name a stage that is no business of the citizen's.
            self._additions.give_back(ticket.code)
            return False
        return True

    def _is_there(self, ticket: Ticket, texts: tuple[Text, ...], body: str) -> bool:
        """Whether the citizen has just sent the same words: a page that was sent twice."""
        since = self._clock.now() - SAME
        sent = [text for text in texts if text.code == ticket.code and text.kind == CITIZENS_TEXT and text.at > since]
        return any(text.author == CITIZEN.name and text.body == body for text in sent)

    async def _opened(self, code: str, digits: str, client: str) -> _Opened:
        code, digits = read_written_code(code), read_last_digits(digits)
        sound = is_code(code)
        _allow(self._guessing.wait(code if sound else None, client, self._seconds()), "Đã nhập sai nhiều lần")
        columns = store.tickets.c
        async with self._database.reading() as connection:
            number = await connection.scalar(select(columns.number).where(columns.code == code))
            if not hmac.compare_digest((number or "none")[-4:], digits):
                log.info("look_up_refused")
                raise NotFound(NO_MATCH, remedy=NO_MATCH_REMEDY)
            self._guessing.right(code, client)
            (ticket,) = await read(connection, self._rules.current, columns.code == code)
            texts = await store.texts_of(connection, code)
            return _Opened(ticket, texts, await self._shown(connection, ticket, texts))

    async def _shown(self, connection: AsyncConnection, ticket: Ticket, texts: tuple[Text, ...]) -> PublicTicket:
        rules = self._rules.current
        main: Ticket | None = None
        main_texts: tuple[Text, ...] = ()
        if ticket.stage is Stage.MERGED and ticket.duplicate_of is not None:
            (main,) = await read(connection, rules, store.tickets.c.code == ticket.duplicate_of)
            main_texts = await store.texts_of(connection, main.code)
        visits = (await appointments_of(connection, [ticket.code]))[ticket.code]
        return public_ticket(
            ticket,
            texts,
            visit=next((each for each in visits if each.open), None),
            main=main,
            main_texts=main_texts,
            answer=await store.text(connection, ticket.answer) if ticket.answer else None,
            rules=rules,
            now=self._clock.now(),
        )


def read_written_code(text: str) -> str:
    """The eight digits that were written as a code, sound or not. Raises Invalid."""
    digits = _digits(text)
    if len(digits) != DIGITS:
        raise Invalid("Mã phiếu phải gồm tám chữ số", remedy="nhập đúng mã đã được báo", field="code")
    return digits


def read_last_digits(text: str) -> str:
    """The last four digits of a number, also when the whole number was written. Raises Invalid."""
    digits = _digits(text)
    if len(digits) != 4 and not 9 <= len(digits) <= 15:
        raise Invalid(
            "Cần đúng bốn chữ số cuối của số điện thoại", remedy="nhập số đã gọi hoặc đã để lại", field="digits"
        )
    return digits[-4:]


def _digits(text: str) -> str:
    return "" if re.search(r"[^0-9\s.\-–()+]", text) else re.sub(r"[^0-9]", "", text)


def _allow(seconds: float, what: str) -> None:
    if seconds:
        minutes = math.ceil(seconds / 60)
        detail = f"{what} — xin thử lại sau {minutes} phút, hoặc gọi 1022"
        raise ProblemError(429, detail, headers={"Retry-After": str(math.ceil(seconds))})


def _busy() -> Refused:
    return Refused("Phiếu đang được cán bộ cập nhật", remedy="xin gửi lại sau ít phút")
