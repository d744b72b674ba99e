"""What the tests of the panel find in the database: answers of citizens, a survey that is due. No test lives here."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import count

import aiohttp
from sqlalchemy import insert, select
from sqlalchemy.dialects import sqlite

from hotline1022.base.access import Role
from hotline1022.base.clock import CIVIL_ZONE, SystemClock
from hotline1022.base.ids import new_id
from surveys.scores.store import score_contributions, score_counts
from surveys.store import survey_cases
from tests.hotline import RunningHotline
from tests.panel.browser import PASSWORD, add_person
from tickets.store import tickets

CODES: Iterator[int] = count(80_000_001)


def this_month() -> str:
    """The civil month of now: ``2026-11``."""
    return f"{SystemClock().now().astimezone(CIVIL_ZONE):%Y-%m}"


def add_answers(
    hotline: RunningHotline, agency: str, marks: Mapping[int, int], *, late: int = 0, mode: str = "ivr", month: str = ""
) -> list[str]:
    """So many tickets of ``agency`` whose citizens gave these marks, of which ``late`` were answered late; their codes."""
    month, codes = month or this_month(), list[str]()
    rows, sums = list[dict[str, object]](), Counter[tuple[str, str]]()
    for mark in [mark for mark, many in marks.items() for _ in range(many)]:
        code = str(next(CODES))
        solved = "solved" if mark > 3 else "solved_partly" if mark == 3 else "unsolved"
        told = ["due", "answered", "received"] + ([] if len(codes) < late else ["on_time"])
        asked = ["eligible", "reached", "completed", f"mark-{mark}", solved]
        for name, of in [*((name, "") for name in told), *((name, mode) for name in asked)]:
            rows.append(
                {"code": code, "agency": agency, "month": month, "name": name, "mode": of, "amount": 1}
            )  # fmt: skip
            sums[name, of] += 1
        codes.append(code)
    counts = [
        {"month": month, "agency": agency, "name": name, "mode": of, "amount": amount}
        for (name, of), amount in sums.items()
    ]
    with hotline.connect() as connection:
        connection.execute(insert(score_contributions), rows)
        adding = sqlite.insert(score_counts)
        keys = ["month", "agency", "name", "mode"]
        more = {"amount": score_counts.c.amount + adding.excluded.amount}
        connection.execute(adding.on_conflict_do_update(index_elements=keys, set_=more), counts)
    return codes


async def open_ticket(
    hotline: RunningHotline, summary: str = "Đèn đường tắt ba ngày", number: str = "0912345678"
) -> str:
    """A ticket that the hotline has just written down, with a number to ring; its code."""
    key = f"stored-{next(CODES)}"
    add_person(hotline, key, Role.OPERATOR)
    base = f"http://127.0.0.1:{hotline.settings.http_port}"
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        signed = await client.post("/api/session", json={"name": key, "password": PASSWORD})
        headers = {"X-CSRF-Token": (await signed.json())["csrf"], "Idempotency-Key": f"{key}-once-only"}
        report = {
            "channel": "phone",
            "summary": summary,
            "number": number,
            "topic": "giao-thong",
            "place": "29869",
        }
        made = await client.post("/api/tickets", json=report, headers=headers)
        return str((await made.json())["ticket"]["code"])


def add_due_case(hotline: RunningHotline, code: str, agency: str) -> str:
    """A survey about the answer to this ticket that has been due for an hour; its id."""
    now, case = SystemClock().now(), new_id()
    ((answered,),) = hotline.rows(select(tickets.c.round).where(tickets.c.code == code))
    row = {
        "id": case,
        "code": code,
        "round": answered,
        "agency": agency,
        "topic": "giao-thong",
        "place": "29869",
        "told_at": now - timedelta(days=1),
        "business": False,
        "person": "0" * 32,
        "item": "time",
        "policy": "thử",
        "reasons": [],
        "explanation": "Khảo sát vì người dân đã được trả lời và số điện thoại gọi được.",
        "decided_at": now - timedelta(days=1),
        "next_at": now - timedelta(hours=1),
        "attempts": 0,
    }
    with hotline.connect() as connection:
        connection.execute(insert(survey_cases).values(row))
    return case
