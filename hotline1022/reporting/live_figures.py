"""What is now: read from the running parts at the moment of a scrape. Nothing is counted or kept here, and no database is asked."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import get_args

from prometheus_client.core import GaugeMetricFamily, Metric

from hotline1022.backup import FOLDER, last_success
from hotline1022.base.clock import Clock
from telephony.floor.presence import State

OPERATOR_STATES = get_args(State)
"""States that are told even when nobody is in them, so that a graph shows a zero and no gap."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """Where each figure is read. Every function answers at once, from memory."""

    calls: Callable[[], int]
    waiting: Callable[[], tuple[int, datetime | None]]
    """Callers in the queue, and since when the one who waits longest does."""
    operators: Callable[[], Iterable[str]]
    """The state of each person on shift."""
    ari: Callable[[], bool]
    ami: Callable[[], bool]
    trunk: Callable[[], bool | None]
    """Whether the carrier's side can be reached; None when none is set up or nobody has looked."""
    recogniser: Callable[[], bool | None]
    """Whether words can be recognised; None where a province wants none."""
    legs: Callable[[], int]
    panels: Callable[[], int]
    spooled: Callable[[], int]


class LiveFigures:
    """Gauges of this process. ``data`` is the folder of recordings and backups."""

    def __init__(self, parts: Parts, clock: Clock, data: Path) -> None:
        self._parts, self._clock, self._data = parts, clock, data

    def collect(self) -> Iterable[Metric]:
        """See ``hotline1022.base.metrics.Collects``."""
        parts, now = self._parts, self._clock.now()
        waiting, since = parts.waiting()
        yield _gauge("hotline_build_info", "Phiên bản", {(version("hotline1022"),): 1}, ["version"])
        yield _one("hotline_calls_in_progress", "Cuộc gọi đang có", parts.calls())
        yield _one("hotline_queue_waiting", "Người đang chờ", waiting)
        longest = 0.0 if since is None else max((now - since).total_seconds(), 0.0)
        yield _one("hotline_queue_longest_wait_seconds", "Người chờ lâu nhất đã chờ", longest)
        states = dict.fromkeys(OPERATOR_STATES, 0) | Counter(parts.operators())
        yield _gauge("hotline_operators", "Người trong ca", {(state,): n for state, n in states.items()}, ["state"])
        yield _one("hotline_ari_connected", "Kết nối ARI", parts.ari())
        yield _one("hotline_ami_connected", "Kết nối AMI", parts.ami())
        if (trunk := parts.trunk()) is not None:
            yield _one("hotline_trunk_registered", "Nhà mạng liên lạc được", trunk)
        if (recogniser := parts.recogniser()) is not None:
            yield _one("hotline_recogniser_up", "Bộ nhận dạng chạy được", recogniser)
        yield _one("hotline_live_legs", "Chiều thoại đang chép trực tiếp", parts.legs())
        yield _one("hotline_panels_connected", "Trang điều hành đang mở", parts.panels())
        yield _one("hotline_spool_files", "Sự việc chờ trên đĩa", parts.spooled())
        yield from self._disk()

    def _disk(self) -> Iterable[Metric]:
        try:
            disk = shutil.disk_usage(self._data)
        except OSError:
            return
        yield _one("hotline_data_free_bytes", "Chỗ trống của đĩa dữ liệu", disk.free)
        yield _one("hotline_data_size_bytes", "Cỡ của đĩa dữ liệu", disk.total)
        if (backup := last_success(self._data / FOLDER)) is not None:
            yield _one("hotline_last_backup_timestamp_seconds", "Lần sao lưu tốt gần nhất", backup.timestamp())


def _one(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=float(value))


def _gauge(name: str, about: str, values: Mapping[tuple[str, ...], float], labels: Iterable[str]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=list(labels))
    for key, value in values.items():
        family.add_metric(list(key), value)
    return family
