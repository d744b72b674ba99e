"""Figures explain themselves: each score, each rate that was drawn towards the others, each change after a period was signed off."""

from datetime import date

import pytest

from surveys.model import Mode
from surveys.points import HOTLINE, Point
from surveys.scores.figures import View, agency_figures, changed_since
from surveys.scores.model import COUNT_TITLES, AgencyFigures
from surveys.scores.weights import StandingWeights
from surveys.tally import Tally

WEIGHTS = StandingWeights().current.on(date(2026, 7, 1)).weights
NAMES = {"a": "Sở A", "b": "Sở B", HOTLINE: "Tổng đài 1022"}


def counts_of(agency: str, mode: str = "ivr", **named: int) -> dict[Point, int]:
    """Counts of July; ``mark_4`` is the count ``mark-4``."""
    asked = ("mark", "eligible", "reached", "completed", "solved")
    found = {}
    for name, amount in named.items():
        written = name.replace("_", "-") if name.startswith("mark") else name
        found[Point(agency, "2026-07", written, mode if name.startswith(asked) else "")] = amount
    return found


def figures(*counts: dict[Point, int], view: View | None = None) -> dict[str, AgencyFigures]:
    """The figures by agency, in their order."""
    whole = {point: amount for each in counts for point, amount in each.items()}
    return {each.agency: each for each in agency_figures(whole, WEIGHTS, view or View(), lambda code: NAMES[code])}


A = counts_of("a", mark_5=30, mark_2=10, eligible=50, reached=45, completed=40, solved=40, due=50, on_time=46)
B = counts_of("b", mark_5=5, eligible=6, reached=5, completed=5)


def test_a_score_says_in_one_sentence_what_it_is_made_of() -> None:
    found = figures(A)["a"]
    assert found.explanation == (
        "Sở A được 85,9 điểm (Tốt), hạng 1 xếp theo cận dưới 78,1: 30 trong 40 người trả lời hài lòng "
        "(75,0 %, khoảng tin cậy 95 % từ 59,8 % đến 85,8 %), 46 trong 50 phiếu đến hạn được trả lời đúng hạn; "
        "chưa có gì để tính: không phải mở lại, nề nếp xử lý, chất lượng câu trả lời, thư xin lỗi, hẹn tại nhà, "
        "điểm chia cho các phần khác."
    )
    composite = (30 * 46 / 50 + 30 * 30 / 40 + 10 * 1) / 70 * 100
    assert found.composite == pytest.approx(composite, abs=1e-6)
    assert (found.response_rate, found.contact_rate, found.mean) == (0.8, 0.9, 4.25)


def test_every_count_has_a_name_that_people_read() -> None:
    assert set(COUNT_TITLES) == set(Tally.__dataclass_fields__) - {"marks"} | {f"mark-{mark}" for mark in range(1, 6)}


def test_the_hotline_stands_last_without_a_place_and_too_few_answers_have_none_either() -> None:
    hotline = {Point(HOTLINE, *point[1:]): amount for point, amount in A.items()}
    found = figures(hotline, A, B)
    assert list(found) == ["a", "b", HOTLINE]
    assert {code: (each.rank, each.band) for code, each in found.items()} == {
        "a": (1, "Tốt"), "b": (None, "chưa đủ mẫu"), HOTLINE: (None, "Tốt"),
    }  # fmt: skip


def test_a_rate_that_was_drawn_towards_the_others_says_so() -> None:
    plain, drawn = figures(A, B)["b"], figures(A, B, view=View(shrunk=True))["b"]
    assert plain.shrunk is None
    assert drawn.shrunk is not None
    assert plain.csat == drawn.csat == 1.0
    assert 35 / 45 <= drawn.shrunk.csat < 1
    assert "100,0 % dựa trên 5 trả lời" in drawn.shrunk.explanation


def test_operators_surveys_count_only_where_they_are_asked_for() -> None:
    theirs = counts_of("b", "operator", mark_5=100, eligible=100, reached=100, completed=100)
    assert figures(B, theirs)["b"].n == 5
    asked = figures(B, theirs, view=View(modes=(Mode.OPERATOR,)))["b"]
    assert (asked.n, [(each.mode, each.n) for each in asked.by_mode]) == (100, [("ivr", 5), ("operator", 100)])


def test_what_changed_after_the_sign_off_is_said_though_no_rate_moved() -> None:
    frozen = figures(A)["a"]
    assert changed_since(frozen, frozen) is None
    more = figures({**A, Point("a", "2026-07", "received"): 3, Point("a", "2026-07", "returned"): 0})["a"]
    told = changed_since(frozen, more)
    assert told is not None
    assert told.explanation.startswith("Sau khi chốt: Sở A có điểm 85,9 → 87,6")
    only = figures({**A, Point("a", "2026-07", "published"): 0, Point("a", "2026-07", "objected"): 1})["a"]
    told = changed_since(frozen, only)
    assert told is not None
    assert told.explanation == "Sau khi chốt: Sở A có câu trả lời bị tổng đài trả lại 0 → 1."
