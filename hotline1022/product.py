"""What the line needs of the rest of the hotline, put together: codes, look-ups, opening hours, flows, recordings. No call is led here."""

from collections.abc import Callable, Mapping
from pathlib import Path

from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.errors import HotlineError
from hotline1022.base.events import Event
from hotline1022.base.ledger import Ledger
from hotline1022.base.phone_numbers import masked
from hotline1022.live import Stage, as_told
from ivr import speech
from ivr.flow import Flow
from ivr.model import Say
from tickets.desk import Desk
from tickets.rules import StandingRules
from tickets.stages import TOLD

HOURS = "hotline"
"""The calendar of the hotline's own opening hours."""

ANNOUNCEMENT = "announcement"
"""The fact that something is announced, and the prompt in whose place its recording is played."""

NOBODY = "unknown"
"""Instead of an agency's code, where it is nobody's business whose ticket it is."""


class Hotline:
    """Implements ``telephony.switchboard.Product``."""

    def __init__(
        self,
        *,
        clock: Clock,
        ledger: Ledger,
        desk: Desk,
        rules: StandingRules,
        stage: Stage,
        flow: Callable[[], Flow],
        sounds: Path,
        playable: frozenset[str],
        always_open: bool,
        silence_means_recorded: bool,
        announced: Callable[[], str | None] = lambda: None,
    ) -> None:
        """``announced`` gives the recording that callers hear before the menu now, as a name beside the prompts."""
        self._clock = clock
        self._ledger = ledger
        self._desk = desk
        self._rules = rules
        self._stage = stage
        self._flow = flow
        self._sounds = sounds
        self.playable = playable
        """The recordings there are; changed when a province lays new ones."""
        self._always_open = always_open
        self._silence_means_recorded = silence_means_recorded
        self._announced = announced

    async def record(self, event: Event) -> None:
        """See Product."""
        told = event.model_dump(mode="json")
        self._stage.tell(event.name, **as_told(told), caller=masked(told.get("number")))
        await self._ledger.record(event)

    def next_code(self) -> str | None:
        """See Product."""
        try:
            return self._desk.take_code()
        except HotlineError:
            return None

    async def look_up(self, code: str) -> tuple[bool, Mapping[str, str], Mapping[str, bool]]:
        """See Product. A code with a wrong check digit is simply not found."""
        try:
            told = await self._desk.told(code)
        except HotlineError as error:
            if type(error) is HotlineError:
                return False, {}, {}
            raise
        if told is None:
            return False, {}, {}
        slots = {"agency": told.agency or NOBODY, "stage": told.stage}
        if told.due is not None:
            slots["due"] = told.due.astimezone(CIVIL_ZONE).date().isoformat()
        # A flow that does not know ``overdue`` names no due time then, rather than one that has passed.
        due_ahead = told.due is not None and not told.overdue
        return True, slots, {"due-known": due_ahead, "overdue": told.overdue, "ticket-answered": told.stage in TOLD}

    def facts(self) -> Mapping[str, bool]:
        """See Product."""
        is_open = self._always_open or self._rules.current.calendar(HOURS).open_at(self._clock.now())
        return {
            "open-now": is_open,
            "silence-means-recorded": self._silence_means_recorded,
            ANNOUNCEMENT: self._announced() is not None,
        }

    def flow(self) -> Flow:
        """See Product."""
        return self._flow()

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        """See Product."""
        named = (part for each in say for part in speech.parts(each, self.playable))
        return [self._sounds / (part if part != ANNOUNCEMENT else self._announced() or part) for part in named]
