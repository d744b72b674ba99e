"""The shipped texts, recordings and flow, read once."""

import pytest

from ivr.flow import Flow
from ivr.prompt_book import PromptBook, load_book
from ivr.recordings import recorded
from ivr.shelf import SHIPPED_FLOW, examine


@pytest.fixture(scope="session")
def book() -> PromptBook:
    """The shipped texts."""
    return load_book()


@pytest.fixture(scope="session")
def usable(book: PromptBook) -> dict[str, str]:
    """The shipped recordings."""
    return recorded(book)


@pytest.fixture(scope="session")
def flow(book: PromptBook, usable: dict[str, str]) -> Flow:
    """The shipped flow."""
    flow, findings = examine(SHIPPED_FLOW, book, usable)
    assert flow is not None, findings
    return flow
