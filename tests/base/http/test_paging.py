"""Claims about cursors: what a page gave is read back exactly; anything else is told and reaches no database."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from hotline1022.base.errors import Invalid
from hotline1022.base.http.paging import Cursor, Page, PageQuery, cursor_of, page_of, read_cursor
from tests.base.http.conftest import Heard

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
BETWEEN = (datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 (hypothesis adds the zone)
INSTANTS = st.datetimes(*BETWEEN, timezones=ZONES)
KEYS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
CURSORS: TypeAdapter[str] = TypeAdapter(Cursor)


@given(INSTANTS, KEYS)
def test_a_cursor_is_read_back_as_it_was_made(at: datetime, key: str) -> None:
    cursor = CURSORS.validate_python(cursor_of(at, key))
    assert read_cursor(cursor) == (at, key)


@given(st.from_regex(r"[A-Za-z0-9_-]{1,60}", fullmatch=True))
def test_what_no_page_gave_is_told(cursor: str) -> None:
    with pytest.raises(Invalid, match="Con trỏ trang") as told:
        read_cursor(cursor)
    assert told.value.field == "cursor"


@pytest.mark.parametrize(
    ("at", "key"),
    [
        (datetime(2026, 1, 1), "x"),  # noqa: DTZ001
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "x"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-14))), "x"),
        (datetime(2026, 1, 1, tzinfo=UTC), "a\0b"),
        (datetime(2026, 1, 1, tzinfo=UTC), "\ud800"),
    ],
    ids=["no zone", "before all time", "after all time", "NUL", "half a character"],
)
def test_a_cursor_that_no_database_can_compare_with_is_told(at: datetime, key: str) -> None:
    with pytest.raises(Invalid, match="Con trỏ trang"):
        read_cursor(cursor_of(at, key))


@pytest.mark.parametrize(
    "written", ['["2026-01-01T00:00:00+00:00"]', "[1, 2]", "{}", "7", '["x", "y"]', "[[[[[", '{"a": 1, "b": 2}']
)
def test_json_that_is_no_cursor_is_told(written: str) -> None:
    with pytest.raises(Invalid, match="Con trỏ trang"):
        read_cursor(base64.urlsafe_b64encode(written.encode()).decode().rstrip("="))


def test_a_page_that_may_not_be_the_last_says_where_to_go_on() -> None:
    items = [Heard(text=str(number)) for number in range(3)]
    assert page_of(items, 3, "c") == Page(items=tuple(items), next="c")
    assert page_of(items, 4, "c").next is None
    assert page_of(items, 2, "c").items == tuple(items[:2])


@pytest.mark.parametrize("limit", [0, 201, -1])
def test_a_page_has_a_sensible_size(limit: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        PageQuery(limit=limit)
