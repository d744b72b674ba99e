"""Letters and visits as a journal tells them: what was moved, handed over, inherited, planned anew."""

from datetime import UTC, datetime

from surveys.counting import counted
from surveys.points import Entry, Point

A, B = "so-xay-dung", "so-khcn"


def at(text: str) -> datetime:
    """An instant of November or December 2026."""
    return datetime.fromisoformat(f"2026-{text}:00+00:00").astimezone(UTC)


def entry(when: str, what: str, **details: object) -> Entry:
    """An entry; instants are said as ``12-02T10:00``."""
    written = {
        name: at(str(value)).isoformat() if name in ("due", "ends", "after", "answer_due") else value
        for name, value in details.items()
    }
    return Entry(at(when), what, written)


def found(*entries: Entry) -> dict[tuple[str, str, str], int]:
    return {(point.agency, point.month, point.name): amount for point, amount in counted(entries).items()}


def test_a_letter_that_a_calendar_gave_more_time_is_not_late() -> None:
    owed = entry("11-27T10:00", "letter-owed", agency=A, due="11-30T10:00")
    missed = entry("11-30T10:00", "breached", clock="apology_sent", party=A, due="11-30T10:00")
    moved = entry("11-30T11:00", "replanned", clock="apology_sent", party=A, after="12-01T10:00")
    sent = entry("12-01T09:00", "letter-sent", agency=A, due="12-01T10:00")
    assert found(owed) == {}
    assert found(owed, missed) == {(A, "2026-11", "letters_owed"): 1}
    assert found(owed, missed, moved) == {}
    assert found(owed, missed, moved, sent) == {(A, "2026-12", "letters_owed"): 1, (A, "2026-12", "letters_on_time"): 1}


def test_a_letter_that_the_heir_did_not_send_is_missed_too() -> None:
    owed = entry("11-27T10:00", "letter-owed", agency=A, due="11-30T10:00")
    heir = entry("11-28T00:00", "inherited", heirs={A: B})
    missed = entry("11-30T10:00", "breached", clock="apology_sent", party=B, due="11-30T10:00")
    assert found(owed, heir, missed) == {(A, "2026-11", "letters_owed"): 1}


def test_a_letter_without_a_time_is_never_late() -> None:
    assert found(entry("11-27T10:00", "letter-owed", agency=A), entry("11-28T10:00", "letter-sent", agency=A)) == {}


def test_a_visit_is_the_business_of_who_had_it_when_its_window_ended() -> None:
    booked = entry("11-27T10:00", "visit-booked", agency=A, ends="11-30T10:00")
    moved = entry("11-28T10:00", "visit-moved", agency=A, ends="12-02T10:00")
    handed = entry("11-29T10:00", "visit-handed-over", agency=B, ends="12-02T10:00")
    kept = entry("12-02T09:00", "visited", agency=B, ends="12-02T10:00")
    late = entry("12-02T11:00", "visited-partly", agency=B, ends="12-02T10:00")
    over = entry("12-02T10:00", "breached", clock="visit", party=B, due="12-02T10:00")
    assert found(booked, moved, handed) == {}
    assert found(booked, moved, handed, kept) == {(B, "2026-12", "visits_due"): 1, (B, "2026-12", "visits_kept"): 1}
    assert found(booked, moved, handed, over) == {(B, "2026-12", "visits_due"): 1}
    assert found(booked, moved, handed, over, late) == {(B, "2026-12", "visits_due"): 1}
    inherited = entry("11-29T10:00", "inherited", heirs={A: B})
    assert found(booked, moved, inherited, over) == {(B, "2026-12", "visits_due"): 1}


def test_a_window_that_passed_unkept_is_not_undone_by_another_or_by_calling_it_off() -> None:
    booked = entry("11-27T10:00", "visit-booked", agency=A, ends="11-30T10:00")
    over = entry("11-30T10:00", "breached", clock="visit", party=A, due="11-30T10:00")
    again = entry("11-30T11:00", "visit-moved", agency=A, ends="12-02T10:00")
    kept = entry("12-02T09:00", "visited", agency=A, ends="12-02T10:00")
    off = entry("11-30T12:00", "visit-cancelled", agency=A, ends="11-30T10:00")
    assert found(booked, off) == {}
    assert found(booked, over, off) == {(A, "2026-11", "visits_due"): 1}
    assert found(booked, over, again, kept) == {
        (A, "2026-11", "visits_due"): 1, (A, "2026-12", "visits_due"): 1, (A, "2026-12", "visits_kept"): 1,
    }  # fmt: skip


def test_a_missed_answer_falls_into_the_month_to_which_its_due_time_was_brought_forward() -> None:
    missed = entry("12-01T10:00", "breached", clock="answer", party=A, due="12-01T10:00")
    earlier = entry("12-02T10:00", "replanned", clock="answer", party=A, after="11-30T10:00", answer_due="11-30T10:00")
    later = entry("12-02T10:00", "replanned", clock="answer", party=A, after="12-03T10:00", answer_due="12-03T10:00")
    assert found(missed, earlier)[(A, "2026-11", "due")] == 1
    assert found(missed, later) == {}


def test_the_civil_month_begins_at_midnight_in_vietnam() -> None:
    routed = entry("11-30T17:00", "routed", agency=A)
    assert counted([routed]) == {Point(A, "2026-12", "received"): 1}
