"""Writes the next migration for developers: ``python -m tests.revise "what changes"``. No test lives here.

It migrates an empty SQLite file, compares it with the tables that the code defines, and writes the difference into
``hotline1022/migrations/versions``. Read what it wrote, and format it, before it is committed.
"""

import asyncio
import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

import hotline1022.base
from hotline1022.base import migrate

CONTEXTS = (
    "hotline1022.administration",
    "hotline1022.reporting",
    "ivr",
    "surveys",
    "telephony",
    "tickets",
    "transcription",
)


def import_every_table() -> None:
    """Put every table on the one MetaData: those of the base, and those of every context's ``store``."""
    for module in pkgutil.walk_packages(hotline1022.base.__path__, "hotline1022.base."):
        importlib.import_module(module.name)
    for context in CONTEXTS:
        package = importlib.import_module(context)
        for module in pkgutil.walk_packages(package.__path__, f"{context}."):
            if module.name.rpartition(".")[2] == "store":
                importlib.import_module(module.name)


async def revise(message: str) -> None:
    """Write the revision."""
    import_every_table()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'empty.sqlite'}"
        await migrate.upgrade(url)
        await migrate.revise(url, message)


if __name__ == "__main__":
    asyncio.run(revise(sys.argv[1]))
