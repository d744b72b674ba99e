"""The citizens on the line by their channel, whoever rang whom. It only asks those who know."""

from telephony.caller import CallerFacts
from telephony.floor.hearing import Callers


class KnownCallers:
    """Implements ``telephony.floor.hearing.Callers`` by several: the first who knows."""

    def __init__(self, *those: Callers) -> None:
        self._those = those

    def facts_of(self, channel: str) -> CallerFacts | None:
        """See Callers."""
        return next((facts for each in self._those if (facts := each.facts_of(channel))), None)
