"""Weights and periods: what a province may write, what it is told when it is wrong, and which version scores which period."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import Invalid
from hotline1022.base.rule_files import RuleFileError, rule_path
from surveys.points import month_of
from surveys.scores.period import Period, read_period
from surveys.scores.weights import StandingWeights
from surveys.scoring import COMPONENTS

SHIPPED = rule_path("surveys", "score-weights.yaml", None).read_text(encoding="utf-8")


def weights(folder: Path, *changes: tuple[str, str]) -> StandingWeights:
    """The shipped file with some words changed."""
    text = SHIPPED
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "score-weights.yaml").write_text(text, encoding="utf-8")
    return StandingWeights(folder)


def test_the_shipped_weights_give_every_component_its_points() -> None:
    version = StandingWeights().current.on(date(2026, 7, 1))
    assert set(version.points) == set(COMPONENTS)
    assert (version.fewest_answers, version.bands[0].name, version.weights.bands[0]) == (
        30,
        "Xuất sắc",
        (90, "Xuất sắc"),
    )


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("on_time: 30", "on_time: 29", "points", "cộng lại bằng 100, đang là 99"),
        ("duties: 5", "kindness: 5", "kindness", "không có thành phần “kindness”"),
        ("least: 80", "least: 95", "least: 95", "phải giảm dần"),
        ("least: 0", "least: 10", "least: 10", "phải từ 0 điểm"),
        ("fewest_answers: 30", "fewest_answers: 0", "fewest_answers", "quá nhỏ"),
        ("valid_from: 2020-01-01", "valid_from: hôm nay", "valid_from", "phải là ngày"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, line: str, told: str) -> None:
    with pytest.raises(RuleFileError, match=told) as error:
        weights(tmp_path, (before, after))
    lines = (tmp_path / "score-weights.yaml").read_text(encoding="utf-8").splitlines()
    assert line in lines[error.value.line - 1]


def test_a_broken_file_leaves_the_last_good_one_standing(tmp_path: Path) -> None:
    standing = weights(tmp_path)
    (tmp_path / "score-weights.yaml").write_text("versions: []", encoding="utf-8")
    with pytest.raises(RuleFileError):
        standing.reload()
    assert standing.current.on(date(2026, 1, 1)).version == "2026.1"


def test_a_period_is_scored_by_what_was_in_force_on_its_first_day(tmp_path: Path) -> None:
    first = SHIPPED[SHIPPED.index("  - version") :]
    second = first.replace('"2026.1"', '"2026.2"').replace("2020-01-01", "2026-08-01")
    (tmp_path / "score-weights.yaml").write_text(SHIPPED + second, encoding="utf-8")
    found = StandingWeights(tmp_path).current
    assert [found.on(read_period(text).starts).version for text in ("2026-Q3", "2026-08", "2026-H2", "2027")] == [
        "2026.1", "2026.2", "2026.1", "2026.2",
    ]  # fmt: skip
    (tmp_path / "score-weights.yaml").write_text(SHIPPED + second.replace("2026-08-01", "2019-01-01"), encoding="utf-8")
    with pytest.raises(RuleFileError, match="tăng dần"):
        StandingWeights(tmp_path)


@pytest.mark.parametrize(
    ("text", "title", "months", "ends"),
    [
        ("2026-11", "tháng 11 năm 2026", ("2026-11", "2026-11", 1), (2026, 12)),
        ("2026-q3", "quý 3 năm 2026", ("2026-07", "2026-09", 3), (2026, 10)),
        ("2026-H2", "sáu tháng cuối năm 2026", ("2026-07", "2026-12", 6), (2027, 1)),
        ("2026", "năm 2026", ("2026-01", "2026-12", 12), (2027, 1)),
    ],
)
def test_a_period_has_its_months(text: str, title: str, months: tuple[str, str, int], ends: tuple[int, int]) -> None:
    period = read_period(text)
    assert period.title == title
    assert (period.months[0], period.months[-1], len(period.months)) == months
    assert (period.ends.year, period.ends.month, period.ends.day, period.ends.tzinfo) == (*ends, 1, CIVIL_ZONE)


@given(st.text(max_size=8))
def test_what_is_no_period_is_refused_and_never_breaks(text: str) -> None:
    try:
        period = read_period(text)
    except Invalid:
        return
    assert isinstance(period, Period)
    assert len(period.months) in (1, 3, 6, 12)


@given(st.datetimes(timezones=st.just(CIVIL_ZONE)).filter(lambda at: 2000 <= at.year < 2999))
def test_every_instant_is_in_one_month_that_is_over_after_it(instant: object) -> None:
    from datetime import datetime

    assert isinstance(instant, datetime)
    period = read_period(month_of(instant))
    assert period.starts <= instant.date()
    assert instant < period.ends
