"""Which periods a simulation signs. Pure."""

from datetime import date

import pytest

from hotline1022.simulation.plan import Plan
from hotline1022.simulation.scoring import periods_before

YEAR = Plan.months("2026-01", 12)


@pytest.mark.parametrize(
    ("day", "signed"),
    [
        (date(2026, 1, 10), ()),
        (date(2026, 2, 10), ("2026-01",)),
        (date(2026, 4, 10), ("2026-03", "2026-Q1")),
        (date(2027, 1, 10), ("2026-12", "2026-Q4")),
    ],
)
def test_months_and_quarters_are_signed_when_they_are_over(day: date, signed: tuple[str, ...]) -> None:
    assert periods_before(day, YEAR) == signed


def test_what_the_plan_has_only_in_part_is_not_signed() -> None:
    part = Plan(first_day=date(2026, 2, 2), days=90)
    assert periods_before(date(2026, 3, 10), part) == ()
    assert periods_before(date(2026, 4, 10), part) == ("2026-03",)
