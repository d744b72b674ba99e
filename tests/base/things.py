"""Events that only these tests know. No test lives here."""

from datetime import UTC, datetime, timedelta

from hotline1022.base.events import Event


class SomethingHappened(Event):
    """A fact with a citizen's words in it."""

    words: str = "đường ngập trước nhà bà Hoa"
    number: int = 0


class NobodyCares(Event):
    """A fact without handlers."""


AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def happened(number: int) -> SomethingHappened:
    """The ``number``-th fact: its id and its instant follow from the number."""
    return SomethingHappened(id=f"fact-{number}", at=AT + timedelta(seconds=number), number=number)
