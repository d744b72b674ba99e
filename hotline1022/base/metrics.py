"""What this process counts while it works: counters and histograms on a registry of their own, made once and handed to whoever counts.

No metric is global, so a test has its own. Labels are few and closed: never a telephone number, a ticket, a call or a person.
Gauges are not kept here: they are read from what is, when somebody asks (``hotline1022.reporting``).
"""

from collections.abc import Iterable
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_WAITS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
_TALKS = (15, 30, 60, 120, 180, 300, 600, 900, 1800)
_LAGS = (1, 2, 5, 10, 30, 60, 120, 300, 900, 3600, 7200, 14400)
_LATENESS = (0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800)

QUEUE_RESULTS = ("answered", "abandoned", "given_back")
OUT_RESULTS = (
    "answered", "machine", "busy", "no-answer", "rejected", "invalid-number", "failed", "unknown", "cancelled", "no-telephone",
)  # fmt: skip


class Collects(Protocol):
    """What is read at the moment of a scrape."""

    def collect(self) -> Iterable[Metric]:
        """The families as they are now."""
        ...


class Metrics:
    """The counters and histograms of one process. Lengths are in seconds. The page ``docs/reporting.md`` says what each is."""

    def __init__(self) -> None:
        # A second series for each counter, of which nobody asks. The switch is the library's, for the whole process.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self.calls = Counter("hotline_calls", "Cuộc gọi đã kết thúc", ["direction", "result"], registry=self.registry)
        self.queue_wait = Histogram(
            "hotline_queue_wait_seconds",
            "Thời gian chờ điện thoại viên",
            ["result"],
            buckets=_WAITS,
            registry=self.registry,
        )
        self.talk = Histogram(
            "hotline_call_talk_seconds", "Thời gian nói với điện thoại viên", buckets=_TALKS, registry=self.registry
        )
        self.wrap_up = Histogram(
            "hotline_wrap_up_seconds", "Thời gian ghi kết quả sau cuộc gọi", buckets=_TALKS, registry=self.registry
        )
        self.transcription_lag = Histogram(
            "hotline_transcription_lag_seconds",
            "Từ lúc gác máy đến khi có bản chép",
            ["phase"],
            buckets=_LAGS,
            registry=self.registry,
        )
        self.job_lateness = Histogram(
            "hotline_job_lateness_seconds", "Việc bắt đầu trễ", buckets=_LATENESS, registry=self.registry
        )
        self.jobs = Counter("hotline_jobs", "Lần làm việc bền đã xong", ["result"], registry=self.registry)
        self.steps_swept = Counter("hotline_steps_swept", "Bước đến hạn mà không ai hẹn trước", registry=self.registry)
        self.http_requests = Counter(
            "hotline_http_requests", "Yêu cầu HTTP đã trả lời", ["method", "status"], registry=self.registry
        )

        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        """A series that appears with its first event is not seen to grow by it: Prometheus would miss the first call of each kind."""
        for result in ("ivr", *QUEUE_RESULTS):
            self.calls.labels("in", result)
        for result in OUT_RESULTS:
            self.calls.labels("out", result)
        for result in QUEUE_RESULTS:
            self.queue_wait.labels(result)
        for phase in ("live", "after"):
            self.transcription_lag.labels(phase)
        for result in ("done", "failed"):
            self.jobs.labels(result)

    def text(self, *collectors: Collects) -> bytes:
        """Everything in Prometheus' text format: what was counted, then what ``collectors`` tell."""
        return generate_latest(_Together((self.registry, *collectors)))


class _Together:
    def __init__(self, parts: Iterable[Collects]) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Metric]:
        for part in self._parts:
            yield from part.collect()
