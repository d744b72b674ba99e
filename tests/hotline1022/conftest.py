"""What the tests of the composed hotline share: the whole interface, on the same database as the desk."""

from tests.tickets.conftest import recorded, served, standing, still_clock

__all__ = ["recorded", "served", "standing", "still_clock"]
