"""What must survive the service's own death about calls in progress: one small file a call, rewritten at each step. No audio, no words."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a call stands. ``state`` is the menu's own; ``recorded``: a recording may exist."""

    call: str
    number: str | None
    arrived_at: str
    state: dict[str, Any]
    recorded: bool = False
    reported: bool = False

    @property
    def arrived(self) -> datetime:
        """The instant of arrival, UTC."""
        return datetime.fromisoformat(self.arrived_at)


class ProgressFolder:
    """The files of calls in progress; what is left in it at start belongs to calls that an earlier run did not end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def write(self, progress: Progress) -> None:
        """Replace the call's file. It is not forced to the disk: it guards against our death, not against the machine's."""
        path = self._path(progress.call)
        fresh = path.with_suffix(".fresh")
        fresh.write_text(json.dumps(asdict(progress)), encoding="utf-8")
        fresh.replace(path)

    def forget(self, call: str) -> None:
        """The call's end stands in the ledger."""
        self._path(call).unlink(missing_ok=True)

    def find(self, call: str) -> Progress | None:
        """What is known of this call."""
        return next((progress for progress in self._read([self._path(call)])), None)

    def left_over(self) -> Iterator[Progress]:
        """Every call that has a file. A file that cannot be read is put aside and told."""
        return self._read(sorted(self._folder.glob("*.json")))

    def _read(self, paths: Iterable[Path]) -> Iterator[Progress]:
        for path in paths:
            try:
                yield Progress(**json.loads(path.read_text(encoding="utf-8")))
            except FileNotFoundError:
                continue
            except (ValueError, TypeError, OSError) as error:
                log.error("call_progress_unreadable", file=path.name, reason=type(error).__name__)
                path.rename(path.with_suffix(".broken"))

    def _path(self, call: str) -> Path:
        return self._folder / f"{call.replace('/', '-')}.json"
