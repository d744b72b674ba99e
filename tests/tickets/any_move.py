"""Requests for any move, made from the moves' own models: a move that is added to the table is tried without being named here."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from hotline1022.base.access import AGENCY_ROLES, Actor, Role
from hotline1022.base.clock import CIVIL_ZONE
from tests.tickets.conftest import MOVE
from tickets.moves import REQUESTS, AnyMove

AGENCIES = ("xa-29869", "so-xay-dung", "dien-luc", "so-y-te")

MEANT: dict[str, tuple[Any, ...]] = {
    "topic": ("giao-thong", "dien", "thai-do", "dat-dai"),
    "place": ("29869", None),
    "agency": (*AGENCIES, None),
    "agencies": (("dien-luc",), ("so-xay-dung", "dien-luc")),
    "amount": ("1wd", "2wd"),
    "disposition": ("completed", "unreachable"),
    "mode": ("ivr", "operator", "link"),
    "wording": ("survey-1", None),
    "answers": ({}, {"resolved": 1, "satisfaction": 4}),
    "urgent": (None, None, True, False),
}
"""What fields mean that a type alone does not tell; other fields are filled by their type."""

WINDOW = {"starts": time(8), "ends": time(10)}
"""When a home visit is to be, on the day after."""


def request_for(name: str, chance: random.Random, *, now: datetime, codes: tuple[str, ...] = ("10000000",)) -> AnyMove:
    """A well-formed request for move ``name``; ``codes`` are tickets that it may name."""
    told: dict[str, Any] = {"move": name}
    for field, info in REQUESTS[name].model_fields.items():
        if field == "move" or (not info.is_required() and chance.random() < 0.3):
            continue
        told[field] = chance.choice(codes) if field == "into" else _value(field, info, chance, now)
    return MOVE.validate_python(told)


def _value(field: str, info: FieldInfo, chance: random.Random, now: datetime) -> Any:
    if field in MEANT:
        return chance.choice(MEANT[field])
    if field in WINDOW:
        day = (now + timedelta(days=1)).astimezone(CIVIL_ZONE).date()
        return datetime.combine(day, WINDOW[field], CIVIL_ZONE)
    return _of_type(info.annotation, chance, now)


def _of_type(kind: Any, chance: random.Random, now: datetime) -> Any:
    if get_origin(kind) is Literal:
        return chance.choice(get_args(kind))
    choices = [choice for choice in get_args(kind) if choice is not NoneType]
    if get_origin(kind) is tuple:
        return [_of_type(choices[0], chance, now)]
    if choices and get_origin(kind) is not None:
        return _of_type(choices[0], chance, now)
    simple: dict[Any, Callable[[], Any]] = {
        str: lambda: f"Nội dung {chance.randrange(1000)}.",
        bool: lambda: chance.random() < 0.5,
        int: lambda: chance.randrange(1, 4),
        datetime: lambda: now + timedelta(days=chance.randrange(1, 5)),
        date: (now + timedelta(days=chance.randrange(1, 5))).date,
    }
    return simple.get(kind, simple[str])()


def actor_for(role: Role, agency: str) -> Actor:
    """Somebody of ``role``; of ``agency`` where the role belongs to one."""
    return Actor(name=f"{role} {agency}", role=role, agency=agency if role in AGENCY_ROLES else None)
