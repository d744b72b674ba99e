"""Picks from the locked list what the product itself needs, for the image: `requirements.lock` also names the tools of development.

    python3 docker/locked.py wanted pyproject.toml                  what the product asks for, for pip to resolve
    python3 docker/locked.py pins requirements.lock                 versions alone, as constraints of that
    python3 docker/locked.py needed report.json requirements.lock   the locked lines, hashes and all, of what pip has resolved

It resolves nothing itself and is no part of the product.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path


def plain(name: str) -> str:
    """A package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def blocks(lock: str) -> Iterator[tuple[str, str]]:
    """Each entry of a locked list: the package's name, and its lines. A package may stand twice, for two versions of Python."""
    for block in re.findall(r"^\S.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL):
        yield plain(re.match(r"[\w.-]+", block)[0]), block  # type: ignore[index]


def wanted(project: str) -> str:
    """What `pyproject.toml` asks for at run time, a requirement a line."""
    return "".join(f"{each}\n" for each in tomllib.loads(project)["project"]["dependencies"])


def pins(lock: str) -> str:
    """The versions of a locked list without their hashes."""
    return "".join(block.partition(" \\")[0] + "\n" for _, block in blocks(lock))


def needed(report: str, lock: str) -> str:
    """The locked lines of each package that pip's report names. Raises KeyError for one that is not locked."""
    locked: dict[str, str] = {}
    for name, block in blocks(lock):
        locked[name] = locked.get(name, "") + block
    return "".join(locked[plain(each["metadata"]["name"])] for each in json.loads(report)["install"])


if __name__ == "__main__":
    what = {"wanted": wanted, "pins": pins, "needed": needed}[sys.argv[1]]
    sys.stdout.write(what(*(Path(name).read_text(encoding="utf-8") for name in sys.argv[2:])))
