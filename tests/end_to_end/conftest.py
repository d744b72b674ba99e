"""One hotline for all whole calls. A test that kills a part of it leaves it running again."""

from collections.abc import Iterator

import pytest

from tests.hotline import RunningHotline, running_hotline


@pytest.fixture(scope="session")
def installation() -> Iterator[RunningHotline]:
    """A prepared hotline with SQLite."""
    with running_hotline() as running:
        yield running


@pytest.fixture(scope="module")
def hotline(installation: RunningHotline) -> RunningHotline:
    """The hotline, serving calls."""
    installation.start_service()
    return installation
