"""Reads the table of metrics in ``docs/reporting.md``: what dashboards and alerts may ask for. No test lives here."""

import re
from pathlib import Path

PAGE = Path(__file__).parent.parent.parent / "docs" / "reporting.md"

ELSEWHERE = {"asterisk_calls_count", "asterisk_channels_count", "asterisk_core_uptime_seconds"}
"""Metrics of Asterisk 22's ``res_prometheus``."""


def contract() -> dict[str, set[str]]:
    """Each metric's labels by its name."""
    found: dict[str, set[str]] = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = line.split("|")
        names = re.findall(r"`(hotline_\w+)`", cells[1]) if len(cells) > 3 else []
        for name in names:
            found[name] = set(re.findall(r"`(\w+)`", cells[2]))
    return found
