"""What the tests of reporting share: tickets as tests/tickets makes them."""

from tests.tickets.conftest import (  # noqa: F401 (fixtures)
    desk,
    handling,
    hands,
    recorded,
    standing,
    still_clock,
    timers,
)
