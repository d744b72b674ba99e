"""One change of one ticket while it is being made: what it was, and everything that the change will write. No input or output.

Acts fill it; the desk writes all of it in one transaction.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from hotline1022.base.access import Actor
from hotline1022.base.events import Event
from hotline1022.base.ids import new_id
from tickets import clocks
from tickets.appointments.model import Appointment
from tickets.assignees.model import Assignee, Colleague
from tickets.calendar import WorkCalendar
from tickets.letters.model import Letter
from tickets.model import Deadline, Extension, JournalEntry, Party, Stage, Stop, Text
from tickets.photos.model import Photo, Shot
from tickets.policies import Policy, Promise
from tickets.publication.model import PublishedAnswer
from tickets.records import Records
from tickets.rules import Rules


class Change:
    """A ticket and what becomes of it at ``now`` by ``actor``."""

    def __init__(
        self,
        row: Mapping[str, Any],
        deadlines: Iterable[Deadline],
        parties: Iterable[Party],
        *,
        rules: Rules,
        actor: Actor,
        now: datetime,
        letters: Iterable[Letter] = (),
        visits: Iterable[Appointment] = (),
    ) -> None:
        self.row, self.rules, self.actor, self.now = dict(row), rules, actor, now
        self.deadlines, self.parties = list(deadlines), list(parties)
        self._stored = {deadline.id: deadline for deadline in self.deadlines}
        self.code: str = row["code"]
        self.values: dict[str, Any] = {}
        self.entries: list[JournalEntry] = []
        self.events: list[Event] = []
        self.texts: list[Text] = []
        self.photos: list[Photo] = []
        self.touched_parties: list[Party] = []
        self.publication: PublishedAnswer | Literal["withdraw"] | None = None
        self.letters, self.visits = Records(letters), Records(visits)
        self.about_letter: Letter | None = None
        """The letter that the move is about, once ``tickets.subjects`` has chosen it."""
        self.next_letter_number = 0
        """What the register of the actor's agency gives next; read when a letter is to be signed."""
        self.knows_citizen = False
        """Whether the actor's agency has unlocked who reported; read when a letter is to be sent."""
        self.colleagues: Sequence[Colleague] = ()
        """Who can work on it in the actor's agency; read when it is to be given to somebody."""
        self.assigned: tuple[str, Assignee | None] | None = None
        """The agency whose person for this ticket has changed, and the person."""
        self.duplicates: list[Change] = []
        """The tickets that were merged into this one."""
        self.main: Change | None = None
        """The ticket that this one is to be merged into."""

    def __getitem__(self, column: str) -> Any:
        return self.row[column]

    @property
    def policy(self) -> Policy:
        """The policy of the day on which the ticket was taken."""
        return self.rules.policy_on(self["taken_at"])

    @property
    def stage(self) -> Stage:
        """Where it stands now."""
        return Stage(self["stage"])

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The stretches during which the agency's clock stood."""
        return tuple(Stop.model_validate(stop) for stop in self["stops"])

    @property
    def extension(self) -> Extension | None:
        """The extension that was asked for in this round."""
        return None if self["extension"] is None else Extension.model_validate(self["extension"])

    @property
    def letter(self) -> Letter:
        """The letter that the move is about, for acts that are about one."""
        if self.about_letter is None:
            raise RuntimeError("this move is about no letter")
        return self.about_letter

    @property
    def visit(self) -> Appointment | None:
        """The visit that is still expected."""
        return next((visit for visit in self.visits if visit.open), None)

    def set(self, **values: Any) -> None:
        """Give columns of the ticket new values."""
        self.row |= values
        self.values |= values

    def stand(self, stage: Stage) -> None:
        """Bring the ticket to a stage."""
        self.set(stage=stage, stage_at=self.now)

    def name_of(self, agency: str) -> str:
        """What people read for an agency's code."""
        return self.rules.agencies.name_of(agency)

    def journal(self, what: str, reason: str, /, **details: Any) -> None:
        """Add to the journal."""
        entry = JournalEntry(
            code=self.code, at=self.now, actor=self.actor.name, what=what, reason=reason, details=details
        )
        self.entries.append(entry)

    @property
    def told_entries(self) -> list[JournalEntry]:
        """What the journal is to be told: where the promise to the citizen has been moved, the last entry says for when it is now."""
        moved = next((each for each in self.changed_deadlines if each.clock == "answer" and each.id is not None), None)
        if not self.entries or moved is None or moved.due == self._stored[moved.id].due:
            return self.entries
        last = self.entries[-1]
        return [
            *self.entries[:-1],
            last.model_copy(update={"details": last.details | {"answer_due": moved.due.isoformat()}}),
        ]

    def tell(self, event: Event) -> None:
        """Let the other contexts know, once the change is written."""
        self.events.append(event)

    def write(self, kind: str, body: str) -> dict[str, str]:
        """Keep what the actor wrote; returns what the journal says of it."""
        text = Text(
            id=new_id(),
            code=self.code,
            kind=kind,
            at=self.now,
            author=self.actor.name,
            agency=self.actor.agency,
            round=self["round"],
            body=body,
        )
        self.texts.append(text)
        return {"text": text.id, "sha256": hashlib.sha256(body.encode()).hexdigest()}

    def attach(self, shots: Sequence[Shot]) -> None:
        """Make photos that the actor sent part of the ticket."""
        if shots:
            author, agency = self.actor.name, self.actor.agency
            self.photos += [
                shot.of_ticket(code=self.code, author=author, agency=agency, round=self["round"]) for shot in shots
            ]
            self.journal("photographed", f"Kèm theo {len(shots)} ảnh.", photos=[shot.in_journal for shot in shots])

    # Clocks

    @property
    def changed_deadlines(self) -> list[Deadline]:
        """The deadlines that are new or not as they were."""
        return [each for each in self.deadlines if each.id is None or self._stored[each.id] != each]

    def running(self, clock: str, party: str | None = None) -> list[Deadline]:
        """The promises of ``clock`` that are still to be kept, by ``party`` if given."""
        return [
            each
            for each in self.deadlines
            if each.running and each.clock == clock and (party is None or each.party == party)
        ]

    def answer(self) -> Deadline | None:
        """The promise to the citizen, while it runs."""
        return next(iter(self.running("answer")), None)

    def start(self, clock: str, party: str, promise: Promise | None = None) -> None:
        """Begin a clock now, where the policy times it at all."""
        deadline = self.rules.start_clock(
            clock,
            promise,
            party=party,
            starts=self.now,
            taken_at=self["taken_at"],
            urgent=self["urgent"],
            reopened=self["round"],
        )
        if deadline is not None:
            self.deadlines.append(clocks.halted(deadline) if self._stands(deadline) else deadline)

    def agree(self, clock: str, party: str, due: datetime, *, remind: datetime, explanation: str, basis: str) -> None:
        """Begin a clock whose due time was agreed with the citizen."""
        calendar = self.rules.calendar_for(clock, party, self.policy, urgent=self["urgent"])
        self.deadlines.append(
            clocks.agreed(
                clock,
                due,
                remind=remind,
                explanation=explanation,
                basis=basis,
                policy=self.policy,
                calendar=calendar,
                party=party,
                starts=self.now,
                reopened=self["round"],
            )
        )

    def end(self, *names: str, how: Literal["met", "dropped"] = "met", party: str | None = None) -> None:
        """End the clocks of these names."""
        for name in names:
            for deadline in self.running(name, party):
                self.put(deadline, clocks.ended(deadline, how, self.now))

    def drop_all(self) -> None:
        """Nothing is asked of anybody any more."""
        self.end(*clocks.CLOCKS, how="dropped")

    def put(self, old: Deadline, new: Deadline) -> None:
        """Replace a deadline."""
        self.deadlines[self.deadlines.index(old)] = new

    def recompute(self, deadline: Deadline, promise: Promise | None = None, party: str | None = None) -> Deadline:
        """A running promise computed anew: for another party, with another target, after a stop."""
        moved = deadline if party is None else deadline.model_copy(update={"party": party})
        new = clocks.recomputed(
            moved, policy=self.policy, calendar=self.calendar_of(moved), stops=self.stops, promise=promise
        )
        if self._stands(new):
            new = clocks.halted(new)
        self.put(deadline, new)
        return new

    def calendar_of(self, deadline: Deadline) -> WorkCalendar:
        """The calendar that a promise is kept on."""
        return self.rules.calendar_for(deadline.clock, deadline.party, self.policy, urgent=self["urgent"])

    def revive(self, clock: str) -> None:
        """Let the last clock of this name run on, as if it had never ended."""
        if self.running(clock):
            return
        last = next((each for each in reversed(self.deadlines) if each.clock == clock), None)
        if last is not None:
            self.put(last, clocks.revived(last, self.now, self.policy, self.calendar_of(last), self.stops))

    @property
    def standing(self) -> bool:
        """Whether the clocks that can stand do so now: the citizen is asked, or has chosen a window that is still to come."""
        return bool(self.stops) and self.stops[-1].end is None

    def halt(self) -> None:
        """Stop the clocks that can stand; nothing when they stand already."""
        if self.standing:
            return
        self.set(stops=[*self["stops"], {"start": self.now.isoformat(), "end": None}])
        for deadline in self.deadlines:
            if self._stands(deadline):
                self.put(deadline, clocks.halted(deadline))

    def go_on(self, at: datetime | None = None) -> None:
        """Let the clocks that stand run again from ``at`` (now) on, the time of the stop given back.

        They stand on while a visit within a window that the citizen has chosen is still to come.
        """
        awaited = self.visit is not None and self.visit.ends > self.now
        if not self.standing or awaited:
            return
        self.set(stops=[*self["stops"][:-1], {**self["stops"][-1], "end": (at or self.now).isoformat()}])
        for deadline in [each for each in self.deadlines if each.running and clocks.CLOCKS[each.clock].stops]:
            again = self.recompute(deadline)
            self.put(again, clocks.resumed(again, self.policy, self.calendar_of(again), self.stops))

    def _stands(self, deadline: Deadline) -> bool:
        return self.standing and deadline.running and clocks.CLOCKS[deadline.clock].stops
