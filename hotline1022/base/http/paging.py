"""Lists in pages: each page ends with a cursor that says after which item the next one begins. No page number, no offset."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field, StringConstraints

from hotline1022.base.errors import Invalid
from hotline1022.base.http.routes import Told

Item = TypeVar("Item", bound=BaseModel)

Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,400}$")]


class PageQuery(Told):
    """How much of a list, and from where."""

    limit: int = Field(default=50, ge=1, le=200)
    cursor: Cursor | None = None


class Page(BaseModel, Generic[Item]):
    """A part of a list; ``next`` is the cursor of the next part, None at the end."""

    items: tuple[Item, ...]
    next: str | None


def cursor_of(at: datetime, key: str) -> str:
    """The cursor behind the item that sorts by ``at`` and then ``key``."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), key]).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[datetime, str]:
    """The instant and key behind which to go on. Raises Invalid for a cursor that no page gave."""
    try:
        at, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None or not isinstance(key, str) or "\0" in key:
            raise ValueError(cursor)
        # What no database could compare with: an instant outside of what UTC can write, half a character.
        instant = instant.astimezone(UTC)
        key.encode()
    except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError) as error:
        raise Invalid("Con trỏ trang không dùng được", remedy="lấy lại từ trang đầu", field="cursor") from error
    return instant, key


def read_row_cursor(cursor: str) -> tuple[datetime, int]:
    """The same for a list whose items are told apart by the number of their row."""
    at, key = read_cursor(cursor)
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise Invalid("Con trỏ trang không dùng được", remedy="lấy lại từ trang đầu", field="cursor")
    return at, int(key)


def page_of(items: Sequence[Item], limit: int, cursor: str | None) -> Page[Item]:
    """A page of ``items`` (up to ``limit`` of them); ``cursor`` is that of the last one when there may be more."""
    return Page(items=tuple(items[:limit]), next=cursor if len(items) >= limit else None)
