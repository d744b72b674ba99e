"""Flows, prompts and rules that a province changes while the service runs: taken when they are good, told when they are not."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from hotline1022 import installation
from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings
from hotline1022.product import Hotline
from ivr.shelf import Shelf

log = structlog.get_logger()

LOOK_SECONDS = 2.0
FOLDERS = ("flows", "prompts", "rules")


class Standing(Protocol):
    """Rules in force that can be read again."""

    def reload(self) -> object:
        """Read them again. Raises HotlineError and keeps what was in force when a file is broken."""
        ...


class ProvinceFiles:
    """Looks at the folders of the data folder that a province may fill. A broken file leaves the last good ones in force."""

    def __init__(
        self,
        settings: Settings,
        flows: Sequence[Shelf],
        product: Hotline,
        rules: Sequence[Standing],
        rules_taken: Callable[[], None],
    ) -> None:
        """``rules_taken`` is called when rules have been read: at the start, and after each change."""
        self._settings, self._flows, self._product, self._rules = settings, flows, product, rules
        self._rules_taken = rules_taken

    async def run(self) -> None:
        """Look for changes for ever."""
        self._tell_findings()
        self._rules_taken()
        seen = await asyncio.to_thread(self._fingerprint)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            found = await asyncio.to_thread(self._fingerprint)
            if found != seen:
                seen = found
                await asyncio.to_thread(self.take)
                self._rules_taken()

    def take(self) -> None:
        """Read everything again."""
        taken: list[Callable[[], object]] = [
            *(partial(installation.refresh_flows, self._settings, shelf) for shelf in self._flows),
            self._take_prompts,
            *(standing.reload for standing in self._rules),
        ]
        for take in taken:
            try:
                take()
            except HotlineError as error:  # a mistake in one kind of file keeps no other kind from being taken
                log.error("changed_file_refused", reason=str(error))
        self._tell_findings()
        log.info("files_taken", flows=[shelf.current.version for shelf in self._flows])

    def _take_prompts(self) -> None:
        self._product.playable = installation.lay_prompts(self._settings).playable

    def _tell_findings(self) -> None:
        for finding in (finding for shelf in self._flows for finding in shelf.findings):
            level = logging.ERROR if finding.level == "error" else logging.WARNING
            log.log(level, "flow_finding", finding=str(finding))

    def _fingerprint(self) -> dict[Path, tuple[int, int]]:
        files = (path for name in FOLDERS for path in (self._settings.data / name).rglob("*") if path.is_file())
        found = {}
        for path in files:
            with suppress(FileNotFoundError):  # an editor's own file may be gone by now
                state = path.stat()
                found[path] = (state.st_mtime_ns, state.st_size)
        return found
