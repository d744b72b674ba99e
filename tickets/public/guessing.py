"""How often code and digits may be wrong. Four digits are 10,000 guesses: the code, not only the address, runs out of tries. Pure.

A code that names no ticket runs out in the same way as one that does, so the limit tells nothing either.
"""

from ipaddress import IPv6Address, ip_address

from hotline1022.base.http.rate_limit import RateLimit

WRONG_BY_CODE = (5, 3600.0)
"""Wrong tries in an hour for one code, from wherever they come: all 10,000 would take 83 days."""

WRONG_BY_ADDRESS = (20, 3600.0)
"""Wrong tries in an hour from one address: a whole mobile network may stand behind one, so it is more than a person needs."""

HOUSEHOLD = 64
"""Bits of an IPv6 address that one subscriber is given: behind them an address costs nothing."""


class Guessing:
    """Counts wrong tries. Every try counts as wrong until it is known to be right, so that tries at the same time count too."""

    def __init__(self) -> None:
        self._codes, self._addresses = RateLimit(*WRONG_BY_CODE), RateLimit(*WRONG_BY_ADDRESS)

    def wait(self, code: str | None, client: str, now: float) -> float:
        """0.0 when a try may be made (and is counted), else the seconds until one may; ``code`` is None for digits that are none."""
        seconds = self._addresses.wait(_household(client), now)
        if seconds or code is None:
            return seconds
        return self._codes.wait(code, now)

    def right(self, code: str, client: str) -> None:
        """The try was no guess."""
        self._codes.give_back(code)
        self._addresses.give_back(_household(client))


def _household(client: str) -> str:
    try:
        address = ip_address(client)
    except ValueError:
        return client
    return str(int(address) >> (128 - HOUSEHOLD)) if isinstance(address, IPv6Address) else client
