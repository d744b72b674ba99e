"""What operators' own calls need of the rest of the hotline, put together. No rule is written here: each belongs to its context."""

from collections.abc import Awaitable, Callable

from hotline1022.base.access import Actor
from hotline1022.base.errors import Refused
from hotline1022.base.events import Event
from hotline1022.config import Settings
from hotline1022.survey_line import dialled
from surveys.policy import SurveyPolicy
from telephony.callbacks.callbacks import Callbacks
from tickets.dossier import Dossier


class OperatorsCalls:
    """Implements ``telephony.floor.calling_out.OutgoingRules`` and ``calling_out_web.Citizens``."""

    def __init__(
        self,
        *,
        settings: Settings,
        record: Callable[[Event], Awaitable[None]],
        policy: Callable[[], SurveyPolicy],
        callbacks: Callbacks,
        dossier: Dossier,
    ) -> None:
        self._has_line = bool(settings.trunk_outgoing)
        self._international = settings.outgoing_format == "international"
        self._record, self._policy, self._callbacks, self._dossier = record, policy, callbacks, dossier

    def ready(self) -> bool:
        """See OutgoingRules."""
        return self._has_line

    def allows(self, number: str) -> bool:
        """See OutgoingRules: what a survey may ring and a call-back may, and nothing else."""
        return self._policy().allows(number) and self._callbacks.policy().allows(number)

    def dialled(self, number: str) -> str:
        """See OutgoingRules."""
        return dialled(number, self._international)

    async def record(self, event: Event) -> None:
        """See OutgoingRules."""
        await self._record(event)

    async def of_ticket(self, code: str, by: Actor) -> str:
        """See Citizens."""
        ticket = (await self._dossier.file(code, by)).ticket
        if ticket.sealed:
            raise Refused("Phiếu này giữ kín người báo, không gọi từ phiếu được")
        if ticket.number is None:
            raise Refused("Phiếu này không có số điện thoại của người báo")
        return ticket.number

    async def of_callback(self, id: int, by: Actor) -> str:
        """See Citizens."""
        return await self._callbacks.number_of(id, by)
