"""Claims about call-backs, announcements and notices as browsers meet them over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from hotline1022.base.db import Database
from hotline1022.base.signing_in.sessions import Session
from telephony.callbacks.model import QueueNow
from telephony.events import CallEnded
from tests.interface import Interface
from tests.tickets.conftest import StillClock
from tests.tickets.test_roles_and_routes import session

NUMBER = "+84912345678"


class Browsers:
    """A browser of an operator and one of a leader."""

    def __init__(self, served: Interface, operator: Session, leader: Session) -> None:
        self._served, self._sessions = served, {"operator": operator, "leader": leader}

    def account(self, role: str) -> int:
        return self._sessions[role].actor.account or 0

    async def ask(self, method: str, path: str, role: str = "operator", **request: Any) -> tuple[int, Any]:
        """The status and the answer."""
        own = self._sessions[role]
        headers = {"Cookie": f"hotline_session={own.token}", "X-CSRF-Token": own.csrf}
        self._served.client.session.cookie_jar.clear()
        answer = await self._served.client.request(method, path, headers=headers, **request)
        return answer.status, await answer.json() if answer.status != 204 else None


@pytest.fixture
async def browsers(served: Interface, database: Database, still_clock: StillClock) -> Browsers:
    """Both are free, nobody waits."""
    made = [await session(served, database, still_clock, role) for role in ("operator", "leader")]
    found = Browsers(served, *made)
    free = frozenset({found.account("operator"), found.account("leader")})
    served.api.callbacks.queue = lambda: QueueNow(0, free)
    return found


async def gave_up(served: Interface, clock: StillClock) -> None:
    now = clock.now()
    ended = CallEnded(
        at=now, call="c-1", began_at=now - timedelta(minutes=2), cause="x", result="caller-left", recorded=False,
        number=NUMBER, queued_at=now - timedelta(seconds=130),
    )  # fmt: skip
    await served.api.callbacks.hear_end(ended)


async def test_an_operator_takes_one_and_writes_down_what_came_of_it(
    served: Interface, browsers: Browsers, still_clock: StillClock
) -> None:
    await gave_up(served, still_clock)
    _, listed = await browsers.ask("GET", "/api/callbacks")
    (owed,) = listed["callbacks"]
    assert (listed["offerable"], listed["why"], listed["open"]) == (True, None, 1)
    assert (owed["reason"], owed["waited_seconds"], owed["state"], owed["offerable"]) == (
        "abandoned",
        130,
        "open",
        True,
    )
    path = f"/api/callbacks/{owed['id']}"
    status, taken = await browsers.ask("POST", f"{path}/take")
    assert (status, taken["state"]) == (200, "taken")
    assert taken["taken_by"] == {"account": browsers.account("operator"), "name": "operator-None"}
    status, refused = await browsers.ask("POST", f"{path}/take", "leader")
    assert (status, refused["detail"]) == (409, "operator-None đang gọi")
    status, done = await browsers.ask("POST", f"{path}/result", json={"result": "reached"})
    assert (status, done["state"], done["why"]) == (200, "done", "Đã gọi lại và gặp lúc 09:00 23/11")
    assert (await browsers.ask("GET", "/api/callbacks"))[1]["callbacks"] == []
    _, closed = await browsers.ask("GET", "/api/callbacks?closed=true")
    assert [each["ending"] for each in closed["callbacks"]] == ["reached"]


async def test_why_nobody_may_be_called_is_told_for_each(
    served: Interface, browsers: Browsers, still_clock: StillClock
) -> None:
    await gave_up(served, still_clock)
    served.api.callbacks.queue = lambda: QueueNow(3, frozenset({1}))
    _, listed = await browsers.ask("GET", "/api/callbacks")
    assert listed["why"] == listed["callbacks"][0]["why"] == "Đang có 3 người chờ máy; nghe máy trước"
    still_clock.advance(hours=13)
    listed = await (await served.get("/api/callbacks", "operator")).json()
    assert listed["why"] == "Ngoài giờ được phép gọi; gọi từ 08:00 25/11", "24 November is a holiday"


async def test_a_call_is_promised_for_an_hour_in_which_people_may_be_called(browsers: Browsers) -> None:
    wanted = {"number": "0912 345 678", "at": "2026-11-23T10:30:00+07:00", "note": "hẹn gọi"}
    status, made = await browsers.ask("POST", "/api/callbacks", json=wanted)
    assert (status, made["reason"], made["due_at"]) == (201, "appointment", "2026-11-23T10:30:00+07:00")
    assert (made["offerable"], made["why"]) == (False, "Hẹn gọi 10:30 23/11")
    status, wrong = await browsers.ask("POST", "/api/callbacks", json=wanted | {"at": "2026-11-23T22:30:00+07:00"})
    assert (status, wrong["detail"]) == (422, "Ngoài giờ được phép gọi — hẹn từ 08:00 25/11")


async def test_leaders_announce_and_everybody_of_the_hotline_reads(browsers: Browsers) -> None:
    wanted = {"text": "Mất điện xã Mỹ Thọ", "until": "2026-11-23T16:00:00+07:00", "place": "29869"}
    assert (await browsers.ask("PUT", "/api/announcement", json=wanted))[0] == 403
    status, told = await browsers.ask("PUT", "/api/announcement", "leader", json=wanted)
    assert (status, told["place_name"], told["by"]) == (200, "Phường Cao Lãnh", "leader-None")
    assert (told["spoken"], told["silent_because"]) == (False, "Nơi này không có tổng đài điện thoại")
    assert (await browsers.ask("GET", "/api/announcement"))[1] == told
    status, _ = await browsers.ask("PUT", "/api/announcement", "leader", json=wanted | {"place": "1"})
    assert status == 422
    _, ended = await browsers.ask(
        "PUT", "/api/announcement", "leader", json=wanted | {"until": "2026-11-23T09:00:00+07:00"}
    )
    assert ended["text"] is None
    _, versions = await browsers.ask("GET", "/api/announcement/versions", "leader")
    assert len(versions["versions"]) == 2


async def test_leaders_write_notices_and_take_them_down(browsers: Browsers) -> None:
    status, made = await browsers.ask("POST", "/api/notices", "leader", json={"text": "ĐT.846 cấm xe tải", "say": ""})
    assert (status, made["say"], made["until"]) == (201, None, None)
    assert (await browsers.ask("GET", "/api/notices"))[1] == {"notices": [made]}
    assert (await browsers.ask("DELETE", f"/api/notices/{made['id']}"))[0] == 403
    assert (await browsers.ask("DELETE", f"/api/notices/{made['id']}", "leader"))[0] == 204
    assert (await browsers.ask("GET", "/api/notices"))[1] == {"notices": []}
