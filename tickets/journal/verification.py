"""Reads the whole journal and says whether its chain holds. Nothing is changed here; what a seal is, is the chain's."""

from collections.abc import Callable
from dataclasses import dataclass

from hotline1022.base.db import Database
from tickets.journal.chain import START, Break, breaks
from tickets.journal.store import all_sealed


@dataclass(frozen=True)
class Verdict:
    """What a reading of the journal found."""

    count: int
    """Entries read."""
    last: int
    """The number of the last entry; 0 for an empty journal."""
    seal: str
    """The seal of the last entry: whoever writes it down can tell later whether the end was cut off."""
    breaks: tuple[Break, ...]
    """Every place where the chain does not hold, the first first."""


async def verify(
    database: Database, remembered: tuple[int, str] | None = None, tell: Callable[[int], None] = lambda _: None
) -> Verdict:
    """Check every entry from the first on, in one moment of the journal.

    ``remembered`` is the number and the seal of an entry that were written down earlier: the journal must still have it.
    ``tell`` is given the number of entries read, after each. Raises DatabaseAway.
    """
    found: list[Break] = []
    count, last, before = 0, 0, START
    try:
        async with database.reading() as connection:
            async for sealed in all_sealed(connection):
                found += breaks([sealed], last, before)
                if remembered is not None and sealed.number == remembered[0] and sealed.seal != remembered[1]:
                    what = f"bút toán {sealed.number} không mang dấu niêm phong đã ghi lại: nhật ký đã bị viết lại"
                    found.append(Break(sealed.number, sealed.entry.code, what))
                count, last, before = count + 1, sealed.number, sealed.seal
                tell(count)
    except ValueError:
        what = f"sau bút toán {last} có dữ liệu không đọc được: đã bị sửa; các bút toán sau đó chưa được kiểm tra"
        found.append(Break(last + 1, "", what))
        return Verdict(count, last, before, tuple(found))
    if remembered is not None and last < remembered[0]:
        found.append(Break(remembered[0], "", f"nhật ký bị cắt: thiếu bút toán {last + 1} đến {remembered[0]}"))
    return Verdict(count, last, before, tuple(found))
