"""An excerpt of a recording as an answer over HTTP: whole, or the bytes that a player asks for. Who may hear it is not decided here."""

import asyncio
import re
from collections.abc import AsyncIterator

from aiohttp import web

from telephony.calls.excerpt import CHUNK, Excerpt

_RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?", re.ASCII)


def span_of(header: str | None, size: int) -> tuple[int, int] | None:
    """The first byte and the one behind the last that a Range header asks for; None when all is to be sent.

    All is sent too for several ranges and for units that we do not know (RFC 9110, 14.2). Raises ValueError for what lies outside.
    """
    asked = _RANGE.fullmatch((header or "").strip())
    if asked is None or (asked[1] is None and asked[2] is None):
        return None
    if asked[1] is None:
        first, end = max(size - int(asked[2]), 0), size
    else:
        first, end = int(asked[1]), min(int(asked[2]) + 1, size) if asked[2] is not None else size
    if first >= end:
        raise ValueError("no such bytes")
    return first, end


def answer(excerpt: Excerpt, header: str | None) -> web.Response:
    """The answer to a request with this Range header."""
    told = {"Accept-Ranges": "bytes", "Content-Type": "audio/wav"}
    try:
        span = span_of(header, excerpt.size)
    except ValueError:
        return web.Response(status=416, headers={**told, "Content-Range": f"bytes */{excerpt.size}"})
    first, end = span or (0, excerpt.size)
    if span is not None:
        told["Content-Range"] = f"bytes {first}-{end - 1}/{excerpt.size}"
    told["Content-Length"] = str(end - first)
    return web.Response(status=206 if span else 200, headers=told, body=_pieces(excerpt, first, end))


async def _pieces(excerpt: Excerpt, first: int, end: int) -> AsyncIterator[bytes]:
    while first < end:
        piece = await asyncio.to_thread(excerpt.read, first, min(CHUNK, end - first))
        if not piece:
            return
        first += len(piece)
        yield piece
