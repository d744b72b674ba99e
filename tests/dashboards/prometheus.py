"""A real Prometheus on blocks of samples: a private folder, a free loopback port, stopped by its process id. No test lives here."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.asterisk import free_port

PATIENCE_SECONDS = 30.0


def make_blocks(samples: Path, folder: Path) -> None:
    """Turn a file in OpenMetrics' format into blocks that Prometheus opens. Raises CalledProcessError for a file that is none."""
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", str(samples), str(folder)]
    subprocess.run(command, check=True, capture_output=True)


@dataclass
class Answer:
    """What an expression gave: each series' labels and its values."""

    series: list[tuple[dict[str, str], list[float]]]
    seconds: float

    @property
    def is_empty(self) -> bool:
        """No series, or none with a number."""
        return all(value != value for _, values in self.series for value in values)  # noqa: PLR0124 - NaN

    @property
    def single(self) -> float:
        """The one value. Raises ValueError for several."""
        ((_, (value,)),) = self.series
        return value

    def by(self, label: str) -> dict[str, float]:
        """The last value by a label."""
        return {labels[label]: values[-1] for labels, values in self.series}


class Prometheus:
    """One server on ``folder``; it scrapes nobody and forgets nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        configuration = folder.parent / "prometheus.yml"
        configuration.write_text("{}", encoding="utf-8")
        self._log = (folder.parent / "prometheus.log").open("wb")
        command = [
            "prometheus",
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder}",
            "--storage.tsdb.retention.time=100y",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--log.level=error",
        ]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        until = time.monotonic() + PATIENCE_SECONDS
        while not self._ready():
            if time.monotonic() > until or self._process.poll() is not None:
                self.stop()
                raise RuntimeError((folder.parent / "prometheus.log").read_text())
            time.sleep(0.05)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def query(self, expression: str, at: datetime) -> Answer:
        """The value at an instant. Raises ValueError with Prometheus' own words."""
        return self._ask("query", query=expression, time=str(at.timestamp()))

    def query_range(self, expression: str, start: datetime, end: datetime, step: float) -> Answer:
        """The course between two instants. Raises ValueError with Prometheus' own words."""
        span = {"start": str(start.timestamp()), "end": str(end.timestamp()), "step": str(step)}
        return self._ask("query_range", query=expression, **span)

    def _ask(self, what: str, **arguments: str) -> Answer:
        began = time.monotonic()
        url = f"http://127.0.0.1:{self.port}/api/v1/{what}"
        try:
            with urllib.request.urlopen(url, urllib.parse.urlencode(arguments).encode(), timeout=30) as answer:
                told: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(f"{error.read().decode()}: {arguments['query']}") from error
        seconds = time.monotonic() - began
        if told["data"]["resultType"] == "scalar":
            return Answer([({}, [float(told["data"]["result"][1])])], seconds)
        series = [
            (each["metric"], [float(value) for _, value in each.get("values", [each.get("value")])])
            for each in told["data"]["result"]
        ]
        return Answer(series, seconds)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(timeout=PATIENCE_SECONDS)
        self._log.close()
