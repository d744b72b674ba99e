"""What outgoing calls and surveys need of each other and of the rest, put together. No call is led and no case is decided here."""

from collections.abc import Callable, Mapping
from pathlib import Path

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import HotlineError
from hotline1022.base.events import Event
from hotline1022.config import Settings
from hotline1022.product import Hotline
from ivr.flow import Flow
from ivr.model import Say
from surveys.campaign import Campaign
from telephony.outgoing import Outgoing


class SurveyTalk:
    """Implements ``telephony.outgoing.OutgoingProduct``: what a survey call is about, and what is heard in it."""

    def __init__(self, product: Hotline, flow: Callable[[], Flow]) -> None:
        self._product, self._flow = product, flow
        self.campaign: Campaign | None = None
        """Who knows the cases; given when it is made, for each needs the other."""

    def survey_flow(self) -> Flow:
        """See OutgoingProduct."""
        return self._flow()

    async def about(self, attempt: str) -> tuple[Mapping[str, bool], Mapping[str, str]]:
        """See OutgoingProduct."""
        case = await self.campaign.case_of_attempt(attempt) if self.campaign else None
        if case is None:
            raise HotlineError("Không biết cuộc gọi này về phiếu nào")
        told = case.told_at.astimezone(CIVIL_ZONE).date().isoformat()
        return {f"ask-{case.item}": True}, {"code": case.code, "agency": case.agency, "told": told}

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        """See OutgoingProduct."""
        return self._product.sounds(say)

    async def record(self, event: Event) -> None:
        """See OutgoingProduct."""
        await self._product.record(event)


class SurveyCalls:
    """Implements ``surveys.campaign.Calls`` by the line; numbers are dialled as the carrier wants them."""

    def __init__(self, outgoing: Outgoing, settings: Settings) -> None:
        self._outgoing, self._has_line = outgoing, bool(settings.trunk_outgoing)
        self._international = settings.outgoing_format == "international"

    def ready(self) -> bool:
        """See Calls."""
        return self._has_line

    async def place(self, attempt: str, number: str, *, ring_seconds: int) -> None:
        """See Calls."""
        await self._outgoing.place(attempt, dialled(number, self._international), ring_seconds=ring_seconds)

    async def follow(self, attempt: str) -> None:
        """See Calls."""
        await self._outgoing.follow(attempt)


def dialled(number: str, international: bool) -> str:
    """The digits that are dialled for a number in E.164: ``84912345678``, or ``0912345678`` within the country."""
    digits = number.removeprefix("+")
    return digits if international or not digits.startswith("84") else "0" + digits[2:]
