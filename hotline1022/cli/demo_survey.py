"""The demonstration goes on: the agency answers, the citizen's telephone rings, keys are pressed, a score stands.

People work over HTTP with keys of their own, the citizen has a telephone; nothing of the service is shortened for them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import aiohttp
from rich.console import Console

from hotline1022 import citizen
from hotline1022.base.access import Role
from hotline1022.base.clock import CIVIL_ZONE, SystemClock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError
from hotline1022.base.keys import Keys
from hotline1022.cli.telling import Teller
from hotline1022.config import Settings
from telephony.phone import Phone

KEYS = "1154"
"""Yes, ask me; it is solved; very satisfied; and the fourth mark for the item that is asked in turn."""

TOPIC, COMMUNE = "giao-thong", "29869"
"""What the operator writes down when the recording leaves it open."""

TALK_SECONDS = 150.0
"""How long the survey call may take until it is over and told, ringing included."""

SCORE_SECONDS = 30.0

SCORE_FIELDS = ("agency", "n", "satisfied", "csat", "low", "high", "response_rate")


class People:
    """Those who work on the demonstration's ticket, over HTTP."""

    def __init__(self, session: aiohttp.ClientSession, keys: Keys) -> None:
        self._session, self._keys = session, keys
        self._of: dict[Role, str] = {}

    async def come(self, role: Role, agency: str | None = None) -> None:
        """Give somebody of this role a key."""
        self._of[role] = await self._keys.issue(f"chạy thử: {role}", role, agency)

    async def leave(self) -> None:
        """Make every key worthless."""
        for key in self._of.values():
            await self._keys.revoke(int(key.split("_")[1]))

    async def ask(self, role: Role, method: str, path: str, body: Any = None) -> Any:
        """One request and its answer. Raises HotlineError for a refusal, with the service's own words."""
        headers = {"Authorization": f"Bearer {self._of[role]}"}
        async with self._session.request(method, path, json=body, headers=headers) as answer:
            told = await answer.json(content_type=None)
            if answer.status >= 400:
                raise HotlineError(str(told.get("detail") or told.get("title")))
            return told

    async def move(self, role: Role, code: str, name: str, **said: Any) -> None:
        """Make a move."""
        await self.ask(role, "POST", f"/api/tickets/{code}/moves", {"move": {"move": name, **said}})


async def tell_second_half(settings: Settings, code: str, console: Console) -> dict[str, Any]:
    """Live on to the score; gives ``survey`` and ``score``. Raises HotlineError when the citizen was not asked."""
    console.rule("[bold]Cơ quan trả lời, tổng đài gọi lại hỏi người dân")
    address, port = settings.trunk_outgoing.rsplit(":", 1)
    async with _people(settings) as people, citizen.live(settings) as messages:
        async with Phone.rung(address, int(port), after=2.0) as phone:
            await phone.until("ready")
            agency = await _answer(people, code, console)
            following = asyncio.create_task(_survey_ended(messages, code, console))
            telling = asyncio.create_task(_tell_phone(phone, console))
            try:
                await phone.script(*citizen.script(KEYS, None, first_silence=citizen.BEEP_SILENCE_SECONDS))
                async with asyncio.timeout(TALK_SECONDS):
                    ended = await following
            except TimeoutError as error:
                raise HotlineError(
                    "Cuộc gọi khảo sát không kết thúc", remedy=f"xem nhật ký trong {settings.data / 'log'}"
                ) from error
            finally:
                following.cancel()
                telling.cancel()
        score = await _score(people, agency, ended["at"])
    console.rule("[bold]Điểm của cơ quan")
    low, high = (f"{100 * score[end]:.1f}".replace(".", ",") for end in ("low", "high"))
    told = f"{score['satisfied']} trong {score['n']} người trả lời hài lòng (khoảng tin cậy 95 %: {low} % đến {high} %)"
    console.print(f"  {told}, {100 * score['response_rate']:.0f} % người được hỏi đã trả lời.", soft_wrap=True)
    console.print(f"  {score['explanation']}", soft_wrap=True)
    survey = {"disposition": ended["disposition"], "answers": ended["answers"]}
    return {"survey": survey, "score": {name: score[name] for name in SCORE_FIELDS}}


@asynccontextmanager
async def _people(settings: Settings) -> AsyncIterator[People]:
    database = Database(settings.database)
    base = f"http://{settings.http_reach}:{settings.http_port}"
    try:
        async with aiohttp.ClientSession(base, timeout=aiohttp.ClientTimeout(total=20)) as session:
            people = People(session, Keys(database, SystemClock()))
            try:
                yield people
            finally:
                await people.leave()
    finally:
        await database.close()


async def _answer(people: People, code: str, console: Console) -> str:
    """Classify, route, work, answer, tell; gives the agency that did it."""
    await people.come(Role.OPERATOR)
    ticket = (await people.ask(Role.OPERATOR, "GET", f"/api/tickets/{code}"))["ticket"]
    await people.move(Role.OPERATOR, code, "classify", topic=TOPIC, place=ticket["place"] or COMMUNE)
    await people.move(Role.OPERATOR, code, "route")
    ticket = (await people.ask(Role.OPERATOR, "GET", f"/api/tickets/{code}"))["ticket"]
    agency: str = ticket["agency"]
    console.print(f"[cyan]✎[/]  Tổng đài viên chuyển phiếu cho {ticket['agency_name']}", soft_wrap=True)
    await people.come(Role.OFFICER, agency)
    await people.come(Role.APPROVER, agency)
    await people.move(Role.OFFICER, code, "accept")
    await people.move(Role.OFFICER, code, "draft", text="Tổ quản lý đường bộ đã sửa xong trong ngày.")
    await people.move(Role.APPROVER, code, "approve")
    console.print("[cyan]✎[/]  Cán bộ tiếp nhận, dự thảo; lãnh đạo cơ quan duyệt câu trả lời")
    await people.move(Role.OPERATOR, code, "tell", how="phone")
    console.print("[cyan]✔[/]  Người dân đã được báo kết quả")
    return agency


async def _survey_ended(messages: AsyncIterator[dict[str, Any]], code: str, console: Console) -> dict[str, Any]:
    teller = Teller(console)
    async for message in messages:
        if message.get("code") != code:
            continue
        if message["type"] in ("SurveyDecided", "SurveyEnded"):
            teller.tell(message)
        if message["type"] == "SurveyDecided" and message["reasons"]:
            raise HotlineError(message["explanation"])
        if message["type"] == "SurveyEnded":
            return message
    raise HotlineError("Dịch vụ tổng đài đã dừng giữa cuộc khảo sát")


async def _tell_phone(phone: Phone, console: Console) -> None:
    async for event in phone.events():
        if event.kind == "incoming":
            console.print("[cyan]☎[/]  Điện thoại của người dân đổ chuông")
        elif event.kind == "done" and event.facts["step"][0] == "keys":
            console.print(f"[cyan]⌨[/]  Người dân bấm phím {event.facts['step'][1]}")


async def _score(people: People, agency: str, told_at: str) -> dict[str, Any]:
    """The agency's figures of the quarter, as soon as the answers are counted."""
    told = datetime.fromisoformat(told_at).astimezone(CIVIL_ZONE)
    path = f"/api/scores?period={told.year}-Q{(told.month + 2) // 3}&agency={agency}"
    async with asyncio.timeout(SCORE_SECONDS):
        while True:
            scores: list[dict[str, Any]] = (await people.ask(Role.OPERATOR, "GET", path))["scores"]
            if scores and scores[0]["n"]:
                return scores[0]
            await asyncio.sleep(0.2)
