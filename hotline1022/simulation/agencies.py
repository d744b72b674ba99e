"""What agencies do with the tickets that they are given: take or return, work, ask, draft, sign, apologise. Shares are assumed."""

from datetime import datetime, timedelta
from random import Random

from hotline1022.base.events import Event
from hotline1022.simulation import words
from hotline1022.simulation.habits import Habit, Habits
from hotline1022.simulation.hands import Hands, head, officer, operator
from hotline1022.simulation.matters import Matters
from hotline1022.simulation.world import World
from tickets.appointments.model import Fault
from tickets.appointments.moves import ConfirmVisit, MissedVisit, Visited
from tickets.events import DeadlineBreached, LetterOwed, TicketMoved
from tickets.letters.moves import ApproveLetter, DraftLetter, SendLetter
from tickets.model import HOTLINE, Stage
from tickets.moves import (
    Accept,
    Approve,
    AskCitizen,
    AskCooperation,
    AskExtension,
    Contribute,
    Draft,
    GrantExtension,
    Progress,
    Resume,
    Return,
    SendBack,
    Work,
)

OFFICE = "state"
"""The calendar on which agencies work."""
HOUR = 60.0
DAY = 8 * HOUR

FAULTS: tuple[Fault, ...] = ("agency", "citizen", "citizen", "other")
MISSES, LATE_VISIT = 0.12, 0.08
ASKS_CITIZEN, ASKS_TIME, ASKS_HELP, SENT_BACK, REPORTS, FORGETS_LETTER = 0.06, 0.10, 0.04, 0.06, 0.6, 0.15
HELPERS = ("so-xay-dung", "so-nnmt", "cong-an", "so-noi-vu", "so-y-te", "so-tai-chinh", "so-tu-phap")


class Agencies:
    """The people of all agencies. They hear what happens to a ticket and plan what they do next."""

    def __init__(self, world: World, hands: Hands, habits: Habits, matters: Matters) -> None:
        self._world, self._hands, self._habits, self._matters = world, hands, habits, matters

    async def hear(self, event: Event) -> None:
        """What follows for an agency."""
        if isinstance(event, TicketMoved):
            self._moved(event)
        elif isinstance(event, LetterOwed):
            self._owes_letter(event)
        elif isinstance(event, DeadlineBreached) and event.clock == "answer" and event.party != HOTLINE:
            chance = self._world.plan.chance(event.code, "late", event.due)
            if chance.random() < REPORTS:
                report = Progress(move="progress", text=words.PROGRESS)
                when = self._hands.after(OFFICE, chance.uniform(0.5, 5) * DAY)
                self._hands.later(event.code, when, report, officer(event.party))

    def _moved(self, event: TicketMoved) -> None:
        chance = self._world.plan.chance(event.code, event.version)
        if event.move == "ask-extension":
            when = self._hands.after(OFFICE, chance.uniform(0.5, 3) * HOUR)
            self._hands.later(event.code, when, GrantExtension(move="grant-extension"), head(event.agency))
        if event.stage is event.previous and event.move != "draft":
            return
        habit = self._habits.of(event.agency)
        match event.stage:
            case Stage.ROUTED | Stage.REOPENED:
                self._takes(event, habit, chance)
            case Stage.ACCEPTED:
                self._begins(event, chance)
            case Stage.HANDLING:
                self._drafts(event, habit, chance)
            case Stage.WAITING:
                # Most citizens answer within some days; for the others the limit comes first.
                when = self._hands.after(OFFICE, chance.uniform(0.2, 12) * DAY)
                by = operator(chance.randrange(3))
                self._hands.next(event.code, when, Resume(move="resume", text=words.ADDED), by)
            case Stage.DRAFTED:
                self._signs(event, chance)
            case _:
                pass

    def _takes(self, event: TicketMoved, habit: Habit, chance: Random) -> None:
        again = event.stage is Stage.REOPENED
        if not again and chance.random() < habit.returns:
            when = self._hands.after(OFFICE, chance.uniform(0.3, 3.5) * HOUR)
            self._hands.next(event.code, when, Return(move="return", reason=words.RETURNED), officer(event.agency))
            return
        minutes = min(chance.lognormvariate(4.0, 0.9) * (0.5 + habit.pace), 3 * DAY)
        self._hands.next(event.code, self._hands.after(OFFICE, minutes), Accept(move="accept"), officer(event.agency))

    def _begins(self, event: TicketMoved, chance: Random) -> None:
        by = officer(event.agency)
        if (window := self._matters.windows.get(event.code)) is not None:
            self._visits(event, window, chance)
            return
        if chance.random() < ASKS_CITIZEN:
            when = self._hands.after(OFFICE, chance.uniform(1, 6) * HOUR)
            self._hands.next(event.code, when, AskCitizen(move="ask-citizen", question=words.QUESTION), by)
            return
        if chance.random() < ASKS_HELP:
            helper = chance.choice([each for each in HELPERS if each != event.agency])
            asked = AskCooperation(move="ask-cooperation", agencies=(helper,), reason=words.NEEDS_TIME)
            self._hands.later(event.code, self._hands.after(OFFICE, 20), asked, by)
            helped = Contribute(move="contribute", text=words.HELPED)
            when = self._hands.after(OFFICE, chance.uniform(0.5, 4) * DAY)
            self._hands.later(event.code, when, helped, officer(helper))
        if event.due is not None and chance.random() < ASKS_TIME:
            left = self._hands.minutes_until(OFFICE, event.due)
            asks = AskExtension(move="ask-extension", amount="1wd", reason=words.NEEDS_TIME)
            self._hands.later(event.code, self._hands.after(OFFICE, max(left * 0.5, 1)), asks, by)
        when = self._hands.after(OFFICE, chance.uniform(5, 90))
        self._hands.next(event.code, when, Work(move="work"), by)

    def _visits(self, event: TicketMoved, ends: datetime, chance: Random) -> None:
        """Somebody says that they will come, and comes, mostly within the window; what is missed is answered in writing."""
        by, code = officer(event.agency), event.code
        del self._matters.windows[code]
        self._hands.later(
            code, self._hands.after(OFFICE, chance.uniform(20, 200)), ConfirmVisit(move="confirm-visit"), by
        )
        if chance.random() < MISSES:
            fault = chance.choice(FAULTS)
            missed = MissedVisit(move="missed-visit", fault=fault, reason=words.MISSED)
            self._hands.later(code, ends, missed, by)
            self._hands.next(code, ends + timedelta(minutes=20), Work(move="work"), by)
            return
        late = chance.random() < LATE_VISIT
        when = ends + timedelta(minutes=chance.uniform(5, 50) if late else -chance.uniform(5, 100))
        self._hands.next(code, when, Visited(move="visited", text=words.VISITED), by)

    def _drafts(self, event: TicketMoved, habit: Habit, chance: Random) -> None:
        """By the habit: a share of the time that is left until the answer is due; a day when that is over."""
        left = DAY if event.due is None else max(self._hands.minutes_until(OFFICE, event.due), DAY / 2)
        share = 0.2 if event.move == "send-back" else habit.pace * chance.lognormvariate(0, 0.3)
        answer = self._matters.sentences(event.code).answer
        when = self._hands.after(OFFICE, left * share)
        self._hands.next(event.code, when, Draft(move="draft", text=answer), officer(event.agency))

    def _signs(self, event: TicketMoved, chance: Random) -> None:
        when = self._hands.after(OFFICE, chance.uniform(0.3, 3.5) * HOUR)
        if chance.random() < SENT_BACK:
            wrong = SendBack(move="send-back", reason=words.UNCLEAR)
            self._hands.next(event.code, when, wrong, head(event.agency))
        else:
            self._hands.next(event.code, when, Approve(move="approve"), head(event.agency))

    def _owes_letter(self, event: LetterOwed) -> None:
        chance = self._world.plan.chance(event.code, "letter", event.agency, event.at)
        if chance.random() < FORGETS_LETTER:
            return
        drafted = self._hands.after(OFFICE, chance.uniform(0.2, 1.8) * DAY)
        signed = self._hands.after(OFFICE, chance.uniform(0.1, 0.5) * DAY, drafted)
        sent = self._hands.after(OFFICE, chance.uniform(0.1, 0.6) * DAY, signed)
        self._hands.later(event.code, drafted, DraftLetter(move="draft-letter"), officer(event.agency))
        self._hands.later(event.code, signed, ApproveLetter(move="approve-letter"), head(event.agency))
        self._hands.later(event.code, sent, SendLetter(move="send-letter", how="post"), operator(chance.randrange(3)))
