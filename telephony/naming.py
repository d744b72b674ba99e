"""How a call, its channel, its facts and the queue are named, the same for whoever asks. Pure; nothing is looked up here."""

from uuid import NAMESPACE_URL, uuid5

QUEUE = "hotline"
"""The operators' queue in Asterisk."""


def channel_of(node: str, call: str) -> str:
    """The channel that a call of this node came on."""
    return call.removeprefix(f"{node}-")


def fact_id(call: str, what: str) -> str:
    """The id of a fact that a call can have but once, the same whoever finds it out."""
    return str(uuid5(NAMESPACE_URL, f"hotline1022:{call}:{what}"))


def report_source(call: str) -> str:
    """The natural key of the matter that a caller leaves in a call."""
    return f"call:{call}:report"
