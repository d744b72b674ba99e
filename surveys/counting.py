"""What one ticket contributes to the scores: its journal read from the first entry to the last. Pure; the journal is the only source.

A ticket's counts belong to an agency and a civil month. What lay with the hotline is the hotline's own: it has a line of its own,
under ``HOTLINE``. Of a complaint or denunciation nothing is counted, because no agency may know of it.

* Due and on time: the month of the due time. Who had the ticket when it fell due is who was late, whoever answers it afterwards.
* Answered, and what became of the answer (reopened, sent back, published, surveyed): the month in which the citizen was told.
* Received, and what became of that (late, returned, extended): the month in which the agency was given the ticket.
* Letters: the month in which they had to be sent. Home visits: the month in which the window ended.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from surveys.duties import Duties
from surveys.model import REACHED, Disposition, Question
from surveys.points import HOTLINE, SOLVED, Entry, Point, add

DISSATISFIED = (1, 2)


def counted(entries: Iterable[Entry]) -> dict[Point, int]:
    """Everything that a ticket contributes, given its whole journal in order. Counts that are 0 are left out."""
    life = _Life()
    for entry in entries:
        life.read(entry)
    return dict(life.points())


@dataclass
class _Missed:
    """A promise to the citizen that was not kept by its due time."""

    party: str
    due: datetime


@dataclass
class _Told:
    """An answer that the citizen was told."""

    at: datetime
    agency: str
    due: datetime | None
    on_time: bool
    refused: bool
    duplicate: bool
    published: bool = False


@dataclass
class _Round:
    """A ticket from its opening, or from a reopening, to its answer."""

    missed: _Missed | None = None
    told: _Told | None = None
    objected: bool = False
    reopened: bool = False
    surveys: dict[str, Entry] = field(default_factory=dict)


@dataclass
class _Handing:
    """That an agency was given the ticket."""

    agency: str
    at: datetime
    accepted: bool = False
    late: bool = False
    returned: bool = False
    extended: bool = False


class _Life:
    """The ticket as far as it has been read."""

    def __init__(self) -> None:
        self._holder = HOTLINE
        self._sealed = self._duplicate = False
        self._rounds = [_Round()]
        self._handings: list[_Handing] = []
        self._with_agency: _Handing | None = None
        self._duties = Duties()

    def read(self, entry: Entry) -> None:
        """Go on by one entry; those that count for nothing are passed over."""
        reader = _READERS.get(entry.what)
        if reader is not None:
            reader(self, entry)
        self._duties.read(entry)
        if (due := entry.instant("answer_due")) is not None:
            self._promise_moved(due, entry.at)

    # Where it lies ----------------------------------------------------------------------------------------------------

    def _classified(self, entry: Entry) -> None:
        self._sealed = bool(entry.details.get("sealed", self._sealed))

    def _routed(self, entry: Entry) -> None:
        self._hand_to(str(entry.details["agency"]), entry.at)

    def _returned(self, entry: Entry) -> None:
        if self._with_agency is not None:
            self._with_agency.returned = True
        self._taken_back(entry)

    def _taken_back(self, _entry: Entry) -> None:
        self._holder, self._with_agency, self._duplicate = HOTLINE, None, False

    def _merged(self, _entry: Entry) -> None:
        self._with_agency, self._duplicate = None, True

    def _diverted(self, _entry: Entry) -> None:
        self._sealed = True

    def _restored(self, entry: Entry) -> None:
        self._sealed = False
        self._taken_back(entry)

    def _accepted(self, _entry: Entry) -> None:
        if self._with_agency is not None:
            self._with_agency.accepted = True

    def _extended(self, _entry: Entry) -> None:
        if self._with_agency is not None:
            self._with_agency.extended = True

    def _inherited(self, entry: Entry) -> None:
        """What was counted stays with who had it; what is still to be done is the heir's."""
        heirs: dict[str, str] = entry.details["heirs"]
        self._holder = heirs.get(self._holder, self._holder)
        if self._with_agency is not None and not self._with_agency.accepted:
            self._with_agency.agency = heirs.get(self._with_agency.agency, self._with_agency.agency)

    def _hand_to(self, agency: str, at: datetime) -> None:
        self._holder, self._duplicate = agency, False
        self._with_agency = _Handing(agency, at)
        self._handings.append(self._with_agency)

    # The promise to the citizen, and the answer -----------------------------------------------------------------------

    def _breached(self, entry: Entry) -> None:
        due, clock = entry.instant("due"), entry.details.get("clock")
        if clock == "answer" and due is not None:
            self._rounds[-1].missed = _Missed(str(entry.details["party"]), due)
        elif clock == "accept" and self._with_agency is not None:
            self._with_agency.late = True

    def _promise_moved(self, due: datetime, at: datetime) -> None:
        """What was missed is not missed any more when there is time again; it falls due in another month when there is none."""
        missed = self._rounds[-1].missed
        if missed is not None:
            self._rounds[-1].missed = None if due > at else _Missed(missed.party, due)

    def _answered(self, entry: Entry) -> None:
        details = entry.details
        given = str(details.get("agency", self._holder)) if self._duplicate else self._holder
        self._rounds[-1].told = _Told(
            at=entry.at,
            agency=HOTLINE if details.get("level") == 1 else given,
            due=entry.instant("due"),
            on_time=bool(details.get("on_time")),
            refused=details.get("outcome") == "refused",
            duplicate=self._duplicate,
        )

    def _objected(self, _entry: Entry) -> None:
        self._rounds[-1].objected = True

    def _reopened(self, entry: Entry) -> None:
        self._rounds[-1].reopened = True
        self._rounds.append(_Round())
        self._hand_to(str(entry.details.get("agency", self._holder)), entry.at)

    def _published(self, entry: Entry) -> None:
        if (told := self._rounds[-1].told) is not None:
            told.published = entry.what == "published"

    def _surveyed(self, entry: Entry) -> None:
        number = int(entry.details.get("round", 0))
        if number < len(self._rounds):
            self._rounds[number].surveys[str(entry.details.get("mode"))] = entry

    # What it comes to -------------------------------------------------------------------------------------------------

    def points(self) -> Counter[Point]:
        """The counts of everything that was read."""
        found: Counter[Point] = Counter()
        if self._sealed:
            return found
        for number, each in enumerate(self._rounds):
            self._count_promise(each, found)
            if each.told is not None:
                self._count_answer(each, each.told, found, last=number == len(self._rounds) - 1)
        for handing in self._handings:
            add(found, handing.agency, handing.at, "received")
            happened = {"accepted_late": handing.late, "returned": handing.returned, "extended": handing.extended}
            for name in (name for name, so in happened.items() if so):
                add(found, handing.agency, handing.at, name)
        self._duties.count(found)
        return found

    @staticmethod
    def _count_promise(each: _Round, found: Counter[Point]) -> None:
        told, missed = each.told, each.missed
        if told is not None and told.due is not None:
            late_by = missed.party if missed is not None else told.agency
            agency, due, on_time = (told.agency if told.on_time else late_by), told.due, told.on_time
        elif told is None and missed is not None:
            agency, due, on_time = missed.party, missed.due, False
        else:
            return
        add(found, agency, due, "due")
        add(found, agency, due, "on_time" if on_time else "dissatisfied_or_late")

    @staticmethod
    def _count_answer(each: _Round, told: _Told, found: Counter[Point], *, last: bool) -> None:
        happened = {"answered": True, "reopened": each.reopened, "objected": each.objected}
        publishable = last and not told.refused and not told.duplicate
        happened |= {"publishable": publishable, "published": publishable and told.published}
        for name in (name for name, so in happened.items() if so):
            add(found, told.agency, told.at, name)
        for mode, entry in each.surveys.items():
            for name in _said(entry):
                add(found, told.agency, told.at, name, mode)
            mark = entry.details.get("answers", {}).get(Question.SATISFACTION)
            if told.on_time and told.due is not None and mark in DISSATISFIED:
                add(found, told.agency, told.due, "dissatisfied_or_late", mode)


def _said(entry: Entry) -> Iterable[str]:
    """The counts of one survey."""
    disposition, answers = entry.details.get("disposition"), entry.details.get("answers", {})
    yield "eligible"
    if disposition in REACHED:
        yield "reached"
    if disposition in (Disposition.REFUSED, Disposition.OPTED_OUT):
        yield "refused"
    if disposition in (Disposition.COMPLETED, Disposition.PARTIAL):
        yield "completed" if disposition == Disposition.COMPLETED else "partly"
    if (mark := answers.get(Question.SATISFACTION)) is not None:
        yield f"mark-{mark}"
    if (solved := SOLVED.get(answers.get(Question.RESOLVED))) is not None:
        yield solved


_READERS: Mapping[str, Callable[[_Life, Entry], None]] = {
    "opened": _Life._classified,
    "classified": _Life._classified,
    "routed": _Life._routed,
    "returned": _Life._returned,
    "recalled": _Life._taken_back,
    "separated": _Life._taken_back,
    "merged": _Life._merged,
    "diverted": _Life._diverted,
    "restored": _Life._restored,
    "accept": _Life._accepted,
    "extension-granted": _Life._extended,
    "inherited": _Life._inherited,
    "breached": _Life._breached,
    "told": _Life._answered,
    "object": _Life._objected,
    "reopened": _Life._reopened,
    "published": _Life._published,
    "unpublished": _Life._published,
    "surveyed": _Life._surveyed,
}
"""What each entry means, by its ``what``."""
