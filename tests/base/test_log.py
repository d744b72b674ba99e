"""Claims about the log: a line stays one line, and no citizen's number or words are in it, whoever wrote it and however."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base import log
from hotline1022.base.ids import new_id

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
separators = st.sampled_from(["", " ", ".", "-", ") "])


@st.composite
def phones(draw: st.DrawFn) -> str:
    """A Vietnamese telephone number as somebody may write it."""
    prefix = draw(st.sampled_from(["0", "+84", "84", "0084", "+84 "]))
    return prefix + "".join(
        draw(separators) + draw(st.sampled_from("0123456789")) for _ in range(draw(st.integers(8, 10)))
    )


def through(event: dict[str, Any]) -> dict[str, Any]:
    for processor in (log.tell_errors_by_place, log.mask_personal, log.escape_dangerous):
        event = dict(processor(None, "info", event))
    return event


@given(st.dictionaries(st.text(max_size=12).filter(lambda key: not key.startswith("_")), values, max_size=5))
def test_no_value_can_forge_a_line_or_move_the_cursor(event: dict[str, Any]) -> None:
    line = json.dumps(through(event), ensure_ascii=False)
    assert not any(
        ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or letter in "\u2028\u2029\u202e\u2066\u200f\ufeff"
        for letter in line
    )
    line.encode()


@given(phones(), st.text(alphabet="aă .,:/()<>", max_size=5), st.text(alphabet="aă .,:/()<>", max_size=5))
def test_telephone_number_is_masked_wherever_it_stands(phone: str, before: str, after: str) -> None:
    told = through({"event": before + phone + after, "deep": [{"list": [phone]}, {phone: 1}], "error": OSError(phone)})
    assert phone not in json.dumps(told, ensure_ascii=False, default=str)
    assert log.MASK in told["event"]


@given(st.sampled_from(sorted(log.PERSONAL)), values.filter(lambda value: value is not None))
def test_personal_keys_are_masked_whatever_they_hold_and_however_deep(key: str, value: Any) -> None:
    told = through({"event": "x", key: value, "deep": {key.upper(): value}})
    assert told[key] == log.MASK
    assert told["deep"] == {key.upper(): log.MASK}


def test_identifiers_durations_and_counts_stay_readable() -> None:
    event = {
        "event": "call_ended",
        "call_id": new_id(),
        "seconds": 12.5,
        "events": 1022,
        "ticket": "4711",
        "at": "2026-03-02T01:00:00.123456Z",
    }
    assert through(event) == event
    assert through({"job_id": "00000000-0000-4000-8000-091234567890:open"}) == {
        "job_id": "00000000-0000-4000-8000-091234567890:open"
    }


@pytest.fixture
def put_back() -> Iterator[None]:
    """A test sets the process's log up inside itself (pytest has its own handlers by then); here all is put back."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def configured(put_back: None, capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """What the process writes to stderr."""
    return capsys


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().err.splitlines()]


def test_error_is_told_by_type_and_place_and_not_by_its_message(configured: pytest.CaptureFixture[str]) -> None:
    log.configure("json", logging.DEBUG)
    try:
        raise ValueError("bà Nguyễn Thị Hoa báo ngập")
    except ValueError:
        structlog.get_logger().exception("report_lost", call_id="c1")
        logging.getLogger("aiohttp.server").exception("Error handling request")
    ours, theirs = lines(configured)
    assert (ours["event"], ours["error"], ours["call_id"], ours["level"]) == (
        "report_lost",
        "ValueError",
        "c1",
        "error",
    )
    assert ours["where"].startswith("test_log.py:")
    assert (theirs["event"], theirs["error"], theirs["logger"]) == (
        "Error handling request",
        "ValueError",
        "aiohttp.server",
    )
    assert "Hoa" not in json.dumps([ours, theirs], ensure_ascii=False)


def test_library_line_is_cut_masked_and_escaped(configured: pytest.CaptureFixture[str]) -> None:
    log.configure("json", logging.DEBUG)
    logging.getLogger("panoramisk").warning("From %s\r\nAction: Originate", "0912 345 678")
    logging.getLogger("asyncio").error(
        "Task exception was never retrieved\nfuture: <Task exception=ValueError('ngập')>"
    )
    logging.getLogger("dbos").warning("moved \x1b[2J\u202e")
    first, second, third = (line["event"] for line in lines(configured))
    assert first == "From ***\\r"
    assert second == "Task exception was never retrieved"
    assert third == "moved \\x1b[2J\\u202e"


def test_line_that_cannot_be_written_is_told_without_its_arguments(configured: pytest.CaptureFixture[str]) -> None:
    log.configure("json", logging.DEBUG)
    logging.getLogger("panoramisk").warning("%d calls", "0912345678")
    said = configured.readouterr().err
    assert said.startswith("log line lost: panoramisk test_log.py:")
    assert "0912345678" not in said


def test_libraries_that_quote_what_passes_through_them_stay_quiet_even_in_debug(
    configured: pytest.CaptureFixture[str],
) -> None:
    log.configure("json", logging.DEBUG)
    for name in ("aiosqlite", "sqlalchemy.engine", "aiohttp.access"):
        logging.getLogger(name).info("INSERT ... ('ngập')")
    assert lines(configured) == []


def test_console_style_shows_the_same_promises(configured: pytest.CaptureFixture[str]) -> None:
    log.configure("console")
    structlog.get_logger().info("call_arrived", caller="0912345678", queue="một\ndòng")
    said = configured.readouterr().err
    assert "caller=***" in said.replace(" ", "")
    assert said.count("\n") == 1
