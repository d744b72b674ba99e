"""``python -m bench [--quick] [--keep] [telephony|machine|legs]...``: prints the machine and each table. Needs a prepared data folder.

What is measured runs in an installation of its own; the data folder gives only the Asterisk program and the models.
"""

import argparse
import asyncio
import importlib.util
import logging
import subprocess
import sys

from bench import host, ivr_machine, telephony
from hotline1022 import installation
from hotline1022.base.errors import HotlineError
from hotline1022.base.log import configure as configure_log
from hotline1022.cli.run import until_stopped
from hotline1022.config import Settings

WHAT = ("telephony", "machine", "legs")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Đo tốc độ của tổng đài trên máy này.")
    parser.add_argument("what", nargs="*", metavar="|".join(WHAT), help="đo gì; để trống: tất cả")
    parser.add_argument("--quick", action="store_true", help="đo ngắn, chỉ để biết phép đo chạy được")
    parser.add_argument("--keep", action="store_true", help="giữ lại thư mục tạm của phép đo")
    options = parser.parse_args()
    if unknown := set(options.what) - set(WHAT):
        parser.error(f"không có phép đo {', '.join(sorted(unknown))}")
    wanted = options.what or WHAT
    configure_log("console", logging.WARNING)
    settings = Settings.load()
    print(f"# {host.described()}", flush=True)
    try:
        if "machine" in wanted:
            print("\n# IVR machine\n")
            ivr_machine.measure(installation.flow_shelf(settings).current, quick=options.quick)
        if "legs" in wanted:
            _measure_legs(quick=options.quick)
        if "telephony" in wanted:
            print("\n# Telephony", flush=True)
            program = installation.find_asterisk(settings)
            if program is None:
                raise HotlineError("Không tìm thấy Asterisk", remedy="chạy `make setup`")
            asyncio.run(until_stopped(telephony.measure(program, quick=options.quick, keep=options.keep)))
    except HotlineError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


def _measure_legs(*, quick: bool) -> None:
    """In a process of its own: models stay in memory."""
    if importlib.util.find_spec("bench.live_legs") is None:
        return
    print("\n# Live legs\n", flush=True)
    subprocess.run([sys.executable, "-m", "bench.live_legs", *(["--quick"] if quick else [])], check=True)


if __name__ == "__main__":
    main()
