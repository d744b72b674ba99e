"""``python -m bench [--quick] [--keep] [--size N] [--on DATABASE] [NAME]...``: prints the machine and each table.

``telephony``, ``machine`` and ``legs`` need a prepared data folder, which gives only the Asterisk program, the flow and the models:
what is measured runs in an installation of its own. The others make their own databases and remove them.
"""

import argparse
import asyncio
import importlib.util
import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import (
    databases,
    host,
    ivr_machine,
    lists,
    moves,
    opening,
    page,
    panels,
    places,
    scores,
    scrape,
    sla,
    surveys,
    telephony,
    timers,
    year,
)
from hotline1022 import installation
from hotline1022.base.errors import HotlineError
from hotline1022.base.log import configure as configure_log
from hotline1022.cli.run import until_stopped
from hotline1022.config import Settings

SIZE = 100_000
"""Tickets where nothing else is asked for: a minute to write, not ten."""


@dataclass(frozen=True)
class Wanted:
    """How the person who asked wants it measured."""

    quick: bool
    keep: bool
    size: int
    kinds: Sequence[str]


def _machine(wanted: Wanted) -> None:
    ivr_machine.measure(installation.flow_shelf(Settings.load()).current, quick=wanted.quick)


def _telephony(wanted: Wanted) -> None:
    program = installation.find_asterisk(Settings.load())
    if program is None:
        raise HotlineError("Không tìm thấy Asterisk", remedy="chạy `make setup`")
    asyncio.run(until_stopped(telephony.measure(program, quick=wanted.quick, keep=wanted.keep)))


def _legs(wanted: Wanted) -> None:
    """In a process of its own: models stay in memory."""
    if importlib.util.find_spec("bench.live_legs") is None:
        return
    subprocess.run([sys.executable, "-m", "bench.live_legs", *(["--quick"] if wanted.quick else [])], check=True)


BENCHES: dict[str, tuple[str, Callable[[Wanted], None]]] = {
    "sla": ("Deadlines", lambda wanted: sla.measure(quick=wanted.quick)),
    "places": ("Places", lambda wanted: places.measure(quick=wanted.quick)),
    "opening": ("Opening tickets", lambda wanted: opening.measure(quick=wanted.quick, kinds=wanted.kinds)),
    "moves": ("Moves", lambda wanted: moves.measure(quick=wanted.quick, kinds=wanted.kinds)),
    "timers": ("Timers", lambda wanted: timers.measure(quick=wanted.quick, size=wanted.size, kinds=wanted.kinds)),
    "lists": (
        "Lists and searches",
        lambda wanted: lists.measure(quick=wanted.quick, size=wanted.size, kinds=wanted.kinds),
    ),
    "scores": (
        "Scores",
        lambda wanted: scores.measure(quick=wanted.quick, size=wanted.size, kinds=wanted.kinds),
    ),
    "scrape": (
        "Metrics",
        lambda wanted: scrape.measure(quick=wanted.quick, size=wanted.size, kinds=wanted.kinds),
    ),
    "year": ("A year, as managers read it", lambda wanted: year.measure(quick=wanted.quick, kinds=wanted.kinds)),
    "machine": ("IVR machine", _machine),
    "page": ("The page", lambda wanted: page.measure(quick=wanted.quick)),
    "panels": ("Panels", lambda wanted: panels.measure(quick=wanted.quick)),
    "surveys": ("Survey campaign", lambda wanted: surveys.measure(quick=wanted.quick, size=wanted.size // 500)),
    "legs": ("Live legs", _legs),
    "telephony": ("Telephony", _telephony),
}


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Đo tốc độ của tổng đài trên máy này.")
    parser.add_argument("what", nargs="*", metavar="|".join(BENCHES), help="đo gì; để trống: tất cả")
    parser.add_argument("--quick", action="store_true", help="đo ngắn, chỉ để biết phép đo chạy được")
    parser.add_argument("--keep", action="store_true", help="giữ lại thư mục tạm của phép đo điện thoại")
    parser.add_argument("--size", type=int, default=SIZE, help=f"số phiếu (mặc định {SIZE}); surveys hỏi một phần 500")
    parser.add_argument("--on", choices=databases.KINDS, help="chỉ đo trên cơ sở dữ liệu này; để trống: cả hai")
    options = parser.parse_args()
    if unknown := set(options.what) - set(BENCHES):
        parser.error(f"không có phép đo {', '.join(sorted(unknown))}")
    if options.size < 1:
        parser.error("--size phải từ 1 trở lên")
    wanted = Wanted(options.quick, options.keep, options.size, (options.on,) if options.on else databases.KINDS)
    configure_log("console", logging.WARNING)
    print(f"# {host.described()}", flush=True)
    try:
        for name, (title, measure) in BENCHES.items():
            if name in (options.what or BENCHES):
                print(f"\n# {title}\n", flush=True)
                measure(wanted)
    except HotlineError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
