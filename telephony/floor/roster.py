"""Who is on shift and who waits: what the floor's two sides share and tell. No rule is decided here."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from hotline1022.base.access import HOTLINE_ROLES
from hotline1022.base.errors import Refused
from hotline1022.base.tasks import Background
from telephony.ami import ActionRefused, Ami
from telephony.ari import AlreadyGone, Ari
from telephony.floor.phones import PhoneAccount
from telephony.floor.presence import BUSY, Presence
from telephony.floor.telling import HelpTold, ListenerTold, OperatorTold, QueueTold, Tell, operator_told
from telephony.floor.waiting import Waiting
from telephony.naming import QUEUE

log = structlog.get_logger()

EVERYBODY = {"roles": sorted(HOTLINE_ROLES)}


@dataclass
class Shift:
    """Somebody at work."""

    account: int
    name: str
    phone: PhoneAccount
    presence: Presence
    alive_at: datetime
    queue_rings: bool | None = None
    """What Asterisk's queue was last told: whether it may ring this operator. None: it may have forgotten."""
    telling_queue: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the queue is being told: two orders that cross would leave it with the older one."""
    revision: int = 0
    """Grows with every change: an answer and a message that cross on the way to a page are told apart by it."""
    paused_by: tuple[str, str] | None = None
    """The leader who has set the pause for them, and the reason given."""
    listeners: tuple[ListenerTold, ...] = ()
    """Those who hear this operator's call, or are about to."""

    help: HelpTold | None = None
    """What they want a leader for, until the call is over."""

    def told(self, *, own: bool) -> OperatorTold:
        """As it is shown."""
        told = operator_told(self.account, self.name, self.phone.extension, self.presence, own=own)
        reason = self.presence.reason if self.presence.state == "paused" else self.presence.next_reason
        by = self.paused_by[0] if self.paused_by and self.paused_by[1] == reason else None
        beside = {"paused_by": by, "listeners": self.listeners, "help": self.help}
        return told.model_copy(update=beside | {"revision": self.revision})


class Roster:
    """The operators of this node and the callers who wait for them.

    It stands in memory: after a restart of the service pages sign on again by themselves.
    """

    def __init__(self, ari: Ari, ami: Ami, tell: Tell) -> None:
        self._ari, self._ami, self._tell = ari, ami, tell
        self.shifts: dict[int, Shift] = {}
        self.waiting = Waiting()
        self.open = True
        """Whether callers who come now may wait for operators: a leader can close the queue."""
        self.abandoned: list[datetime] = []
        """When callers gave up waiting, the latest last."""
        self.background = Background("floor")
        self.changed: Callable[[Presence, Presence], None] = lambda _before, _after: None
        """Told each change of an operator's state."""

    async def leave(self, shift: Shift) -> None:
        """Take an operator out of the shift and of the queue. Raises LineDown."""
        del self.shifts[shift.account]
        try:
            await self._ami.send("QueueRemove", Queue=QUEUE, Interface=shift.phone.device)
        except ActionRefused:
            log.debug("was_no_member")
        self._tell("OperatorLeft", EVERYBODY, account=shift.account)
        self.tell_queue()

    def tell_taken(self, shift: Shift) -> None:
        """Tell the operator's pages which telephone is theirs now: whoever has another has it no more."""
        self._tell("PhoneTaken", {"accounts": [shift.account]}, phone=shift.phone.id)

    def on_shift(self, account: int) -> Shift:
        """The shift of an account. Raises Refused when there is none."""
        shift = self.shifts.get(account)
        if shift is None:
            raise Refused("Chưa vào ca", remedy="bấm Bắt đầu ca")
        return shift

    async def join(self, shift: Shift) -> None:
        """Make the operator a member of the queue, paused unless they serve it. Raises LineDown."""
        fields = {"Queue": QUEUE, "Interface": shift.phone.device, "MemberName": shift.phone.extension}
        async with shift.telling_queue:
            serves = shift.presence.serves
            try:
                await self._ami.send("QueueAdd", **fields, Paused=_paused(serves))
                shift.queue_rings = serves
            except ActionRefused:  # is a member already: the service was restarted, Asterisk was not
                shift.queue_rings = None
        await self.agree(shift)

    async def agree(self, shift: Shift, presence: Presence | None = None) -> None:
        """Let Asterisk's queue ring this operator exactly when they serve it, by the state they have or are about to have.

        Raises LineDown; then the queue is told when it is back.
        """
        async with shift.telling_queue:
            presence = presence or shift.presence
            if shift.queue_rings == presence.serves:
                return
            fields = {"Queue": QUEUE, "Interface": shift.phone.device, "Reason": presence.reason or presence.state}
            await self._ami.send("QueuePause", **fields, Paused=_paused(presence.serves))
            shift.queue_rings = presence.serves

    async def hang_up(self, channel: str) -> None:
        """End a channel; one that is gone already is no fault."""
        try:
            await self._ari.hang_up(channel)
        except AlreadyGone:
            log.debug("was_over_already")

    def of_device(self, device: str) -> Shift | None:
        """Whose telephone a device is."""
        return next((shift for shift in self.shifts.values() if shift.phone.device == device), None)

    def of_leg(self, leg: str) -> Shift | None:
        """Whose call has this channel as the operator's side."""
        return next(
            (each for each in self.shifts.values() if each.presence.call is not None and each.presence.call.leg == leg),
            None,
        )

    def set(self, shift: Shift, presence: Presence) -> None:
        """Give an operator another state, and tell it: the screens, and the queue where it has to know."""
        if presence != shift.presence:
            self.changed(shift.presence, presence)
            shift.presence = presence
            if presence.state != "paused" and presence.next_reason is None:
                shift.paused_by = None
            if presence.state not in BUSY:
                shift.help = None
            self.tell_again(shift)
            if shift.queue_rings != presence.serves or shift.telling_queue.locked():
                self.background.begin(self.agree(shift))

    def queue(self) -> QueueTold:
        """The queue now."""
        return QueueTold(
            waiting=len(self.waiting.since),
            longest_since=self.waiting.longest,
            ready=sum(shift.presence.takes_calls for shift in self.shifts.values()),
            operators=len(self.shifts),
            open=self.open,
        )

    def free(self) -> frozenset[int]:
        """The accounts of those who have no call and are willing to make one: ready, or paused to call out."""
        willing = ("ready", None), ("paused", "callback")
        return frozenset(
            account
            for account, shift in self.shifts.items()
            if (shift.presence.state, shift.presence.reason) in willing
        )

    def tell_again(self, shift: Shift) -> None:
        """Tell everybody that something about an operator has changed."""
        shift.revision += 1
        self.tell_operator(shift)

    def tell_operator(self, shift: Shift) -> None:
        """Tell everybody how an operator stands, and the operator with the citizen's number."""
        self._tell("Operator", EVERYBODY, operator=shift.told(own=False).model_dump(mode="json"))
        self._tell("You", {"accounts": [shift.account]}, operator=shift.told(own=True).model_dump(mode="json"))
        self.tell_queue()

    def tell_queue(self) -> None:
        """Tell everybody how the queue stands."""
        self._tell("Queue", EVERYBODY, queue=self.queue().model_dump(mode="json"))

    def tell_ringing(self, shift: Shift) -> None:
        """Renew the lease of what rings at an operator."""
        told = shift.told(own=True)
        if told.call is not None:
            self._tell("Ringing", {"accounts": [shift.account]}, call=told.call.model_dump(mode="json"))

    def tell_call_out(self, account: int, call: str, outcome: str) -> None:
        """Say why a call that an operator made came to nothing."""
        self._tell("CallOutOver", {"accounts": [account]}, call=call, outcome=outcome)

    def tell_consultation_over(self, shift: Shift, name: str, why: str) -> None:
        """Say why nobody is asked any more."""
        self._tell("ConsultationOver", {"accounts": [shift.account]}, name=name, why=why)

    def tell_ringing_over(self, shift: Shift, call: str, why: str) -> None:
        """Say why it rings no more."""
        self._tell("RingingOver", {"accounts": [shift.account]}, call=call, why=why)


def _paused(serves: bool) -> str:
    return "false" if serves else "true"
