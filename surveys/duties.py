"""What an agency owes beside the answer, as a ticket's journal tells it: letters of apology and home visits. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from surveys.points import Entry, Point, add


@dataclass
class _Letter:
    agency: str
    due: datetime | None
    missed: bool = False
    sent_at: datetime | None = None
    waived: bool = False

    @property
    def open(self) -> bool:
        return self.sent_at is None and not self.waived


@dataclass
class _Visit:
    agency: str
    ends: datetime
    missed: bool = False
    """Whether its window has passed unkept."""
    over: bool = False
    kept: bool | None = None
    """None until it is over, and for one that was not to be kept after all."""


class Duties:
    """The letters and visits of one ticket as far as it has been read."""

    def __init__(self) -> None:
        self._letters: list[_Letter] = []
        self._visits: list[_Visit] = []
        self._heirs: dict[str, str] = {}

    def read(self, entry: Entry) -> None:
        """Go on by one entry; those about other things are passed over."""
        reader = _READERS.get(entry.what)
        if reader is not None:
            reader(self, entry)

    def count(self, found: Counter[Point]) -> None:
        """Add what has fallen due: a letter that is still to be sent, or a window that is still to come, counts for nothing yet."""
        for letter in self._letters:
            if letter.due is not None and not letter.waived and (letter.missed or letter.sent_at is not None):
                add(found, letter.agency, letter.due, "letters_owed")
                if letter.sent_at is not None and letter.sent_at <= letter.due:
                    add(found, letter.agency, letter.due, "letters_on_time")
        for visit in self._visits:
            kept = False if visit.missed and not visit.over else visit.kept
            if kept is not None:
                add(found, visit.agency, visit.ends, "visits_due")
                if kept:
                    add(found, visit.agency, visit.ends, "visits_kept")

    # Letters ----------------------------------------------------------------------------------------------------------

    def _owed(self, entry: Entry) -> None:
        agency = str(entry.details["agency"])
        if self._letter(agency) is None:
            self._letters.append(_Letter(agency, entry.instant("due")))

    def _sent(self, entry: Entry) -> None:
        if (letter := self._letter(str(entry.details["agency"]))) is not None:
            letter.sent_at, letter.due = entry.at, entry.instant("due")

    def _waived(self, entry: Entry) -> None:
        if (letter := self._letter(str(entry.details["agency"]))) is not None:
            letter.waived = True

    def _replanned(self, entry: Entry) -> None:
        letter = self._letter(str(entry.details.get("party")))
        if entry.details.get("clock") == "apology_sent" and letter is not None:
            letter.due = entry.instant("after")
            letter.missed = letter.missed and letter.due is not None and letter.due <= entry.at

    def _breached(self, entry: Entry) -> None:
        clock = entry.details.get("clock")
        if clock == "apology_sent" and (letter := self._letter(str(entry.details.get("party")))) is not None:
            letter.missed, letter.due = True, entry.instant("due")
        elif clock == "visit" and (visit := self._expected()) is not None:
            visit.missed = True

    def _letter(self, party: str) -> _Letter | None:
        """The letter that ``party``, or an agency that it succeeds, still has to send."""
        return next((each for each in self._letters if each.open and party in self._line(each.agency)), None)

    def _line(self, agency: str) -> tuple[str, ...]:
        line: tuple[str, ...] = (agency,)
        while (heir := self._heirs.get(line[-1])) is not None and heir not in line:
            line = (*line, heir)
        return line

    # Visits -----------------------------------------------------------------------------------------------------------

    def _booked(self, entry: Entry) -> None:
        if (ends := entry.instant("ends")) is not None:
            self._visits.append(_Visit(str(entry.details["agency"]), ends))

    def _moved(self, entry: Entry) -> None:
        """Another window. One that had passed unkept stays so, and the new one is promised beside it."""
        visit, ends = self._expected(), entry.instant("ends")
        if visit is None or ends is None:
            return
        if visit.missed:
            self._end(visit, kept=False)
            self._visits.append(_Visit(str(entry.details["agency"]), ends))
        else:
            visit.ends = ends

    def _handed_over(self, entry: Entry) -> None:
        if (visit := self._expected()) is not None and not visit.missed:
            visit.agency = str(entry.details["agency"])

    def _visited(self, entry: Entry) -> None:
        if (visit := self._expected()) is not None:
            self._end(visit, kept=entry.at <= visit.ends)

    def _not_made(self, entry: Entry) -> None:
        """Nobody is at fault for a flood; a citizen who was not at home has been called on."""
        fault = entry.details.get("fault")
        if (visit := self._expected()) is not None:
            self._end(visit, kept=None if fault == "other" else fault == "citizen")

    def _cancelled(self, _entry: Entry) -> None:
        if (visit := self._expected()) is not None:
            self._end(visit, kept=False if visit.missed else None)

    def _inherited(self, entry: Entry) -> None:
        heirs: Mapping[str, str] = entry.details["heirs"]
        self._heirs |= heirs
        if (visit := self._expected()) is not None and not visit.missed:
            visit.agency = heirs.get(visit.agency, visit.agency)

    def _expected(self) -> _Visit | None:
        return next((visit for visit in self._visits if not visit.over), None)

    @staticmethod
    def _end(visit: _Visit, *, kept: bool | None) -> None:
        visit.over, visit.kept = True, kept


_READERS: Mapping[str, Callable[[Duties, Entry], None]] = {
    "letter-owed": Duties._owed,
    "letter-sent": Duties._sent,
    "letter-waived": Duties._waived,
    "replanned": Duties._replanned,
    "breached": Duties._breached,
    "visit-booked": Duties._booked,
    "visit-moved": Duties._moved,
    "visit-handed-over": Duties._handed_over,
    "visited": Duties._visited,
    "visited-partly": Duties._visited,
    "visit-missed": Duties._not_made,
    "visit-cancelled": Duties._cancelled,
    "inherited": Duties._inherited,
}
"""What each entry means, by its ``what``."""
