"""What must survive the service's own death about calls in progress: one small file a call, rewritten at each step. No audio, no words."""

import json
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, Literal, NamedTuple

import structlog

log = structlog.get_logger()


class QueueTimes(NamedTuple):
    """When a caller was given to the operators, was given back because nobody answered, was answered; None: never."""

    queued_at: datetime | None = None
    unqueued_at: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a call stands. ``state`` is the menu's own; ``recorded``: a recording may exist."""

    call: str
    number: str | None
    arrived_at: str
    state: dict[str, Any]
    recorded: bool = False
    reported: bool = False
    queued_at: str | None = None
    unqueued_at: str | None = None
    answered_at: str | None = None

    @property
    def arrived(self) -> datetime:
        """The instant of arrival, UTC."""
        return datetime.fromisoformat(self.arrived_at)

    @property
    def waits(self) -> "QueueTimes":
        """What is known of the queue and the operators."""
        return QueueTimes(
            *(datetime.fromisoformat(at) if at else None for at in (self.queued_at, self.unqueued_at, self.answered_at))
        )


class ProgressFolder:
    """The files of calls in progress; what is left in it at start belongs to calls that an earlier run did not end.

    Files are written by a thread of their own, of several states of a call only the last: a disk that is busy holds back a rename for
    tenths of a second (measured), and every caller would wait with it. What is asked is answered as if the thread were done.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="progress")
        self._wanted: dict[Path, Progress | None] = {}
        """What the thread has still to do: the content of a file, or None to remove it."""
        self._lock = Lock()
        """Held for a look at ``_wanted``, never while the disk works."""

    def write(self, progress: Progress) -> None:
        """Replace the call's file. It is not forced to the disk: it guards against our death, not against the machine's."""
        self._want(self._path(progress.call), progress)

    def forget(self, call: str) -> None:
        """The call's end stands in the ledger."""
        self._want(self._path(call), None)

    def find(self, call: str) -> Progress | None:
        """What is known of this call."""
        return next(self._read([self._path(call)]), None)

    def left_over(self, led: Collection[str] = ()) -> Iterator[Progress]:
        """Every call that has a file, but for those that are led now. A file that cannot be read is put aside and told."""
        with self._lock:
            waiting = set(self._wanted)
        return self._read(sorted({*self._folder.glob("*.json"), *waiting} - {self._path(call) for call in led}))

    def close(self) -> None:
        """Return when everything is written."""
        self._disk.shutdown()

    def _want(self, path: Path, progress: Progress | None) -> None:
        with self._lock:
            waits = path in self._wanted
            self._wanted[path] = progress
        if not waits:
            self._disk.submit(self._do, path)

    def _do(self, path: Path) -> None:
        done: Progress | Literal["nothing"] | None = "nothing"
        while True:
            with self._lock:
                wanted = self._wanted[path]
                if wanted is done:
                    del self._wanted[path]
                    return
            try:
                self._put(path, wanted)
            except OSError as error:
                log.error("call_progress_not_written", reason=type(error).__name__)
            done = wanted

    def _put(self, path: Path, progress: Progress | None) -> None:
        if progress is None:
            path.unlink(missing_ok=True)
            return
        fresh = path.with_suffix(".fresh")
        fresh.write_text(json.dumps(asdict(progress)), encoding="utf-8")
        fresh.replace(path)

    def _read(self, paths: Iterable[Path]) -> Iterator[Progress]:
        for path in paths:
            with self._lock:
                waits, wanted = path in self._wanted, self._wanted.get(path)
            if waits:
                if wanted:
                    yield wanted
                continue
            try:
                yield Progress(**json.loads(path.read_text(encoding="utf-8")))
            except FileNotFoundError:
                continue
            except (ValueError, TypeError, OSError) as error:
                log.error("call_progress_unreadable", file=path.name, reason=type(error).__name__)
                path.rename(path.with_suffix(".broken"))

    def _path(self, call: str) -> Path:
        return self._folder / f"{call.replace('/', '-')}.json"
