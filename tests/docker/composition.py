"""docker/compose.yaml as Compose reads it: merged, its variables filled in with their defaults. No claim is made here."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docker"

VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")
"""The one form in which variables are used: each has its default."""


def filled(value: Any) -> Any:
    """Every variable replaced by its default, within strings, after the file was parsed: as Compose does."""
    match value:
        case str():
            return VARIABLE.sub(r"\2", value)
        case dict():
            return {name: filled(each) for name, each in value.items()}
        case list():
            return [filled(each) for each in value]
    return value


@cache
def composition() -> dict[str, Any]:
    """The whole file."""
    read: dict[str, Any] = filled(yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8")))
    return read


def services() -> dict[str, dict[str, Any]]:
    """Each service by name."""
    found: dict[str, dict[str, Any]] = composition()["services"]
    return found


def mounts(service: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a service mounts: volume or path, where, and how (``rw`` or ``ro``)."""
    return [(source, target, how or "rw") for source, target, how in map(_parts, service.get("volumes", []))]


def _parts(volume: str) -> tuple[str, str, str]:
    source, target, *how = volume.split(":")
    return source, target, "".join(how)
