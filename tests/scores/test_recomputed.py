"""The figures are those that an independent computation makes of the raw rows of the journal: numpy, and none of the product's code."""

import json
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import text

from hotline1022.base.access import MACHINE
from hotline1022.base.db import Database
from hotline1022.base.rule_files import rule_path
from hotline1022.score_sources import AgencyNames
from surveys.scores.model import AgencyFigures
from surveys.scores.scoreboard import Scoreboard, ScoreQuery
from surveys.scores.weights import StandingWeights
from tests.scores.conftest import Counted
from tests.tickets.conftest import HOA, LAN, Hands, StillClock, approver, officer
from tests.tickets.test_life import opened
from tests.tickets.test_timers import civil
from tickets.rules import StandingRules
from tickets.timers import Timers

AGENCIES = ("xa-29869", "so-xay-dung", "dien-luc")
TICKETS = 60
FEWEST = 5


VISITS = ("kept", "late", "citizen", "agency", "other", "cancelled", "never")
"""How home visits go in these lives. For ``other`` and ``cancelled`` nobody answers; the rest counts."""


async def visit(hands: Hands, clock: StillClock, code: str, agency: str, end: str) -> None:
    """A window that has been chosen, and what comes of it."""
    starts = civil("11-26T08:00")
    window = {"starts": starts, "ends": starts + timedelta(hours=2)}
    await hands.move(code, officer(agency), "book", procedure="Chứng thực chữ ký", address="Số 5, ấp Trung", **window)
    if end == "cancelled":
        await hands.move(code, LAN, "cancel-visit", reason="Người dân tự đến.")
        return
    clock.instant = starts + timedelta(hours=3 if end in {"late", "agency"} else 1)
    if end in {"kept", "late"}:
        await hands.move(code, officer(agency), "visited-partly", text="Đã nhận hồ sơ, còn thiếu một giấy.")
    elif end != "never":
        await hands.move(code, LAN, "missed-visit", fault=end, reason="Không gặp được.")


async def live(hands: Hands, timers: Timers, clock: StillClock, chance: random.Random) -> None:
    """Tickets of three agencies: most in time, some late, some never, some returned, extended, sent back; most are asked."""
    begun = clock.instant
    for number in range(TICKETS):
        clock.instant = begun
        agency = AGENCIES[number % len(AGENCIES)]
        code = (await opened(hands, f"r{number}", taken_at=begun)).code
        await hands.move(code, LAN, "classify", topic="giao-thong", place="29869")
        await hands.move(code, LAN, "route", agency=agency, reason="theo địa bàn")
        if chance.random() < 0.15:
            clock.advance(hours=1)
            await hands.move(code, officer(agency), "return", reason="Chưa rõ vị trí.")
            await hands.move(code, LAN, "route", agency=agency, reason="đã hỏi rõ")
        clock.advance(hours=chance.choice((1, 30)))
        await hands.move(code, officer(agency), "accept")
        if chance.random() < 0.15:
            await hands.move(code, officer(agency), "ask-extension", amount="1wd", reason="Chờ vật tư.")
            await hands.move(code, approver(agency), "grant-extension")
        if number % 4 == 3:
            await visit(hands, clock, code, agency, VISITS[number // 4 % len(VISITS)])
        clock.advance(days=chance.choice((0, 1, 6)))
        if chance.random() < 0.1:
            continue
        await hands.move(code, officer(agency), "draft", text="Đã xử lý.")
        await hands.move(code, approver(agency), "approve")
        if chance.random() < 0.15:
            await hands.move(code, HOA, "object", reason="Chưa nói khi nào xong.")
            await hands.move(code, officer(agency), "draft", text="Đã xử lý hôm qua.")
            await hands.move(code, approver(agency), "approve")
        await hands.move(code, LAN, "tell", how="phone")
        if chance.random() < 0.2:
            await hands.move(code, HOA, "publish", question="Hỏi?", answer="Đáp.")
        disposition = chance.choice(("completed", "completed", "partial", "refused", "no-answer"))
        answers = {}
        if disposition in ("completed", "partial"):
            answers = {"satisfaction": chance.choice((1, 2, 3, 4, 4, 5, 5)), "resolved": chance.choice((1, 1, 2, 3))}
        said = {"disposition": disposition, "mode": chance.choice(("ivr", "link")), "answers": answers}
        await hands.move(code, MACHINE, "survey", **said)
        if answers.get("resolved") == 3:
            clock.advance(hours=1)
            await hands.move(code, LAN, "reopen", reason="Chưa xong.")
    clock.instant = begun + timedelta(days=20)
    await timers.tick()


def month(instants: Sequence[datetime]) -> Any:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    return np.array([each.astimezone(zone).strftime("%Y-%m") for each in instants])


def wilson(part: int, whole: int) -> tuple[float, float]:
    """As the roots of the quadratic whose solutions are Wilson's limits."""
    z = 1.959963984540054
    roots = np.roots([1 + z**2 / whole, -(2 * part / whole + z**2 / whole), (part / whole) ** 2])
    return float(roots.min()), float(roots.max())


def kept_visits(of: Mapping[str, Sequence[Any]], wanted: str) -> Any:
    """Of each visit of the month that counts, whether it was kept; in these lives a ticket has one."""
    window = {row.code: datetime.fromisoformat(row.details["ends"]) for row in of.get("visit-booked", [])}
    kept = {row.code: False for row in of.get("breached", []) if row.details["clock"] == "visit"}
    kept |= {row.code: row.at <= window[row.code] for row in of.get("visited-partly", [])}
    faults = {row.code: row.details["fault"] for row in of.get("visit-missed", [])}
    kept |= {code: fault == "citizen" for code, fault in faults.items() if fault != "other"}
    return np.array([good for code, good in kept.items() if month([window[code]])[0] == wanted])


def recomputed(rows: Sequence[Any], agency: str, wanted: str) -> dict[str, float]:
    """In these lives a ticket stays with one agency, so each row of a ticket is its agency's."""
    routed = {row.code: row.details["agency"] for row in rows if row.what == "routed"}
    mine = [row for row in rows if routed.get(row.code) == agency]
    of = {what: [row for row in mine if row.what == what] for what in {row.what for row in rows}}
    told, answered_in = of["told"], month([row.at for row in of["told"]])
    due_in = month([datetime.fromisoformat(row.details["due"]) for row in told])
    on_time = np.array([row.details["on_time"] for row in told], dtype=bool)
    rounds = [(row.code, row.details["round"]) for row in told]
    reopened_at = {row.code: row.number for row in of.get("reopened", [])}
    still_open = [
        row
        for row in of.get("breached", [])
        if row.details["clock"] == "answer"
        and not [other for other in told if other.code == row.code and other.number > row.number]
    ]
    open_in = month([datetime.fromisoformat(row.details["due"]) for row in still_open])
    due = int((due_in == wanted).sum() + (open_in == wanted).sum())
    surveys = [row for row in of["surveyed"] if answered_in[rounds.index((row.code, row.details["round"]))] == wanted]
    marks = np.array([row.details["answers"]["satisfaction"] for row in surveys if row.details["answers"]])
    solved = np.array([row.details["answers"]["resolved"] for row in surveys if row.details["answers"]])
    reopened = np.array([row.code in reopened_at for row in told], dtype=bool)
    handed = sorted([*of["routed"], *of.get("reopened", [])], key=lambda each: each.number)
    handed_in = month([row.at for row in handed])

    def happened(rows: Sequence[Any]) -> float:
        """Of what the agency was given in the month, the share that this happened to."""
        to = {
            [each for each in handed if each.code == row.code and each.number < row.number][-1].number for row in rows
        }
        return float((np.isin([each.number for each in handed], list(to)) & (handed_in == wanted)).sum()) / received

    def sent_back(row: Any) -> bool:
        """Whether an answer was sent back before it was told."""
        earlier = max(
            (other.number for other in told if other.code == row.code and other.number < row.number), default=0
        )
        return any(each.code == row.code and earlier < each.number < row.number for each in of["object"])

    late = [row for row in of.get("breached", []) if row.details["clock"] == "accept"]
    answered, received = int((answered_in == wanted).sum()), int((handed_in == wanted).sum())
    last = (answered_in == wanted) & ~reopened
    published = {row.code for row in of.get("published", [])}
    letters = [row for row in of.get("breached", []) if row.details["clock"] == "apology_sent"]
    letters_in = month([datetime.fromisoformat(row.details["due"]) for row in letters])
    duties = [0.0] if int((letters_in == wanted).sum()) else []
    if (visits := kept_visits(of, wanted)).size:
        duties.append(float(visits.mean()))
    low, high = wilson(int((marks >= 4).sum()), len(marks))
    solved_low, _ = wilson(int((solved == 1).sum()), len(solved))
    values = {
        "on_time": float(((due_in == wanted) & on_time).sum()) / due,
        "satisfaction": float((marks >= 4).mean()),
        "solved": float((solved == 1).mean()),
        "lasting": 1 - float(((answered_in == wanted) & reopened).sum()) / answered,
        "discipline": 1 - (happened(late) + happened(of["returned"]) + happened(of["extension-granted"])) / 3,
        "answers": (
            1
            - sum(sent_back(row) for row, then in zip(told, answered_in, strict=True) if then == wanted) / answered
            + sum(row.code in published for row, is_last in zip(told, last, strict=True) if is_last) / last.sum()
        )
        / 2,
    }
    points = {"on_time": 30, "satisfaction": 30, "solved": 10, "lasting": 5, "discipline": 10, "answers": 10}
    if duties:
        values["duties"], points["duties"] = float(np.mean(duties)), 5
    lows = values | {"satisfaction": low, "solved": solved_low}
    weights = np.array(list(points.values()))
    ended = np.array([row.details["disposition"] for row in surveys])
    reached, asked = int((ended != "no-answer").sum()), len(surveys)
    return {
        "n": len(marks),
        "satisfied": int((marks >= 4).sum()),
        "csat": values["satisfaction"],
        "low": low,
        "high": high,
        "mean": float(marks.mean()),
        "response_rate": float(np.isin(ended, ("completed", "partial")).sum()) / asked,
        "contact_rate": reached / asked,
        "refusal_rate": float((ended == "refused").sum()) / reached,
        "composite": float(100 * (np.array([values[name] for name in points]) * weights).sum() / weights.sum()),
        "composite_low": float(100 * (np.array([lows[name] for name in points]) * weights).sum() / weights.sum()),
    }


@pytest.fixture
def board(database: Database, still_clock: StillClock, standing: StandingRules, tmp_path: Path) -> Scoreboard:
    """The shipped weights, but for how many answers are enough."""
    shipped = rule_path("surveys", "score-weights.yaml", None).read_text(encoding="utf-8")
    few = shipped.replace("fewest_answers: 30", f"fewest_answers: {FEWEST}")
    assert few != shipped
    (tmp_path / "score-weights.yaml").write_text(few, encoding="utf-8")
    return Scoreboard(database, still_clock, StandingWeights(tmp_path), AgencyNames(standing))


async def test_every_figure_is_that_of_the_raw_journal(
    hands: Hands, timers: Timers, still_clock: StillClock, counted: Counted, board: Scoreboard
) -> None:
    await live(hands, timers, still_clock, random.Random(1022))
    await counted.follow()
    scores = await board.scores(ScoreQuery(period="2026-11"), HOA)
    async with counted.database.reading() as connection:
        raw = await connection.execute(
            text("SELECT id AS number, code, at, what, details FROM ticket_journal ORDER BY id")
        )
        rows = [Row(row) for row in raw]
    found = {each.agency: each for each in scores.scores}
    assert set(AGENCIES) <= set(found)
    for agency in AGENCIES:
        expected = recomputed(rows, agency, "2026-11")
        assert expected["n"] >= FEWEST, "these lives are long enough to be scored"
        assert {name: getattr(found[agency], name) for name in expected} == pytest.approx(expected, abs=1e-6)
    assert_ranked(list(scores.scores))


def assert_ranked(scores: list[AgencyFigures]) -> None:
    lows = [each.composite_low for each in scores if each.composite_low is not None]
    assert lows == sorted(lows, reverse=True)
    assert [each.rank for each in scores if each.composite_low is not None] == list(range(1, len(lows) + 1))


class Row:
    """A row of the journal as the driver gives it."""

    def __init__(self, row: Any) -> None:
        self.number, self.code, self.what = row.number, row.code, row.what
        self.at = datetime.fromisoformat(row.at) if isinstance(row.at, str) else row.at
        if self.at.tzinfo is None:
            self.at = self.at.replace(tzinfo=ZoneInfo("UTC"))
        self.details = json.loads(row.details) if isinstance(row.details, str) else row.details
