"""The machine that runs a flow: (flow, state, event) -> (state, commands). Pure and total: no event in any state raises, none waits."""

from collections.abc import Mapping

from ivr.flow import Flow
from ivr.model import Command, Event, State


def begin(flow: Flow, facts: Mapping[str, bool]) -> tuple[State, list[Command]]:
    """The call's first state and what to do first. Facts that the flow does not know are ignored; missing ones take the flow's default."""
    raise NotImplementedError(flow, facts)


def step(flow: Flow, state: State, event: Event) -> tuple[State, list[Command]]:
    """What the event makes of the call. ``flow`` must be the version the call began with (``state.flow == flow.version``)."""
    raise NotImplementedError(flow, state, event)
