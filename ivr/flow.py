"""A flow as values: nodes by name, each one verb of a closed vocabulary, with named exits. Reading files and running live elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow that a call can follow. ``version`` names it and its content: ``default-1-3fa9c1d2``."""

    version: str
    start: str
    nodes: Mapping[str, object]
