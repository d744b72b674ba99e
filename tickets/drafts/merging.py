"""What becomes of a draft when somebody saves: different fields go together, one field that two have changed is told. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from hotline1022.base.clock import CIVIL_ZONE
from tickets.drafts.model import Clash, KeptField, SentField


class Merged(NamedTuple):
    """``changed`` is what is to be written, ``agreed`` the fields that say already what was sent, ``clashes`` what is not written."""

    changed: dict[str, str]
    agreed: tuple[str, ...]
    clashes: tuple[Clash, ...]


def merge(kept: Mapping[str, KeptField], sent: Mapping[str, SentField]) -> Merged:
    """Hold what is sent against what is kept.

    A field is written when nobody has changed it since the writer saw it, or when there is nothing that could be lost. The same
    text sent twice is saved once, whatever version it was written on.
    """
    changed: dict[str, str] = {}
    agreed: list[str] = []
    clashes: list[Clash] = []
    for name, new in sent.items():
        there = kept.get(name)
        if (there.value if there else "") == new.value:
            agreed.append(name)
        elif there is None or not there.value.strip() or there.version == new.base_version:
            changed[name] = new.value
        else:
            clashes.append(Clash(field=name, yours=new, theirs=there, what=_told(there)))
    return Merged(changed, tuple(agreed), tuple(clashes))


def _told(theirs: KeptField) -> str:
    at = theirs.at.astimezone(CIVIL_ZONE)
    return f"{theirs.by} đã lưu nội dung khác cho ô này lúc {at:%H:%M:%S} ngày {at.day}/{at.month}; cả hai bản đều được giữ."
