"""Texts with places to fill in: names in braces, checked when the text is read, filled in without running anything. Pure.

Only known names may stand in braces, and a name is all that braces may hold.
"""

from collections.abc import Iterable
from string import Formatter

_PARSED = Formatter()


def checked(text: str, known: Iterable[str]) -> str:
    """``text`` itself. Raises ValueError, told in Vietnamese, when its braces hold anything but a name of ``known``."""
    names = tuple(known)
    try:
        parts = list(_PARSED.parse(text))
    except ValueError:
        raise ValueError("dấu ngoặc nhọn không khép; viết {{ hoặc }} nếu muốn in chính dấu ngoặc") from None
    for _, name, form, conversion in parts:
        if name is not None and (name not in names or form or conversion):
            raise ValueError(f"không có chỗ điền “{{{name}}}”; các chỗ điền được: {', '.join(names)}")
    return text
