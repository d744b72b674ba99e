"""Which Asterisk program this installation runs. It never changes a package of the host."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class AsteriskProgram:
    """An Asterisk that can be run.

    ``command`` starts it (the first words of a command line), ``modules`` and ``data`` are its folders of modules and of
    documentation, sounds and music; ``version`` is what it says of itself, such as ``22.10.1``.
    """

    command: tuple[str, ...]
    modules: Path
    data: Path
    version: str
