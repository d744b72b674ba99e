"""The log: structlog to stderr, and every standard-library logger through the same processors. It knows no event's meaning.

Two promises hold for every line, whoever wrote it: no citizen's name, number, digits or words, and no character that could forge
another line or rewrite the screen. Errors are told by type and place; their messages may quote a citizen and are left out.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"

PERSONAL = frozenset({
    "address", "answer", "answers", "audio", "body", "callee", "caller", "caller_id", "caller_name", "callerid",
    "cif", "connected_line", "content", "description", "dialled", "digit", "digits", "dtmf", "email", "from_number",
    "headers", "heard", "hypothesis", "key", "keys", "message", "msisdn", "name", "number", "numbers", "params",
    "password", "payload", "person", "phone", "place", "query", "said", "secret", "sql", "statement", "street",
    "summary", "text", "to_number", "token", "transcript", "utterance", "variables", "words",
})  # fmt: skip
"""Keys whose values never reach the log, whatever they hold: they may carry personal data or secrets."""

# Vietnamese numbers as people and trunks write them: 0 or +84/84/0084, then eight to ten digits, with or without separators.
# An identifier (UUID) is matched first and left as it is, though its digits may look alike.
_PHONE = re.compile(
    r"(?P<id>\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)|(?<!\d)(?:\+?(?:00)?84|0)(?:[ .()\-]{0,3}\d){8,10}(?!\d)"
)

# Controls (C0, C1), line and paragraph separators, bidirectional, zero-width and tag characters, lone surrogates.
_DANGEROUS = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff\\U000e0000-\\U000e007f]"
)

# Libraries whose lines below a warning quote what passes through them.
_QUIET = ("aiosqlite", "aiohttp.access", "sqlalchemy", "asyncio", "dbos", "panoramisk", "alembic")


def configure(style: Literal["json", "console"] = "json", level: int = logging.INFO) -> None:
    """Send every log line of the process to stderr through the promises above. May be called again."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        tell_errors_by_place,
        mask_personal,
        escape_dangerous,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    render: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = _Handler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[first_line_only, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)


class _Handler(logging.StreamHandler[TextIO]):
    """Says that a line was lost where the standard handler would quote the line's arguments."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the standard library's name)
        sys.stderr.write(f"log line lost: {record.name} {record.filename}:{record.lineno}\n")


def first_line_only(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep the first line of a library's message: those behind it quote objects, statements and other people's errors."""
    event["event"] = str(event["event"]).partition("\n")[0]
    return event


def tell_errors_by_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and the last places it passed through."""
    given = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if given:
        error = _error(given)
        if error is not None:
            event["error"] = type(error).__name__
            event["where"] = where(error.__traceback__)
    return event


def where(trace: TracebackType | None) -> str:
    """The last three places of a traceback, the innermost first: ``desk.py:41 < store.py:88``."""
    frames = traceback.extract_tb(trace)[-3:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def mask_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask the values of personal keys at any depth, and whatever looks like a Vietnamese telephone number anywhere."""
    masked: EventDict = {}
    for key, value in event.items():
        masked[key] = value if key in ("at", "level") or key.startswith("_") else _masked(key, value)
    return masked


def escape_dangerous(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write control, direction and line characters as escapes, in keys and values at any depth."""
    return {_escaped(key): value if key.startswith("_") else _escape_within(value) for key, value in event.items()}


def _error(given: object) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1] if isinstance(given[1], BaseException) else None
    return sys.exc_info()[1]


def _masked(key: str, value: object) -> object:
    if key.lower() in PERSONAL and value is not None:
        return MASK
    if isinstance(value, Mapping):
        return {_hidden(str(name)): _masked(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked("", inner) for inner in value]
    if value is None or isinstance(value, bool | float):
        return value
    hidden = _hidden(str(value))
    return value if isinstance(value, int) and hidden == str(value) else hidden


def _hidden(text: str) -> str:
    return _PHONE.sub(lambda found: found["id"] or MASK, text)


def _escape_within(value: object) -> object:
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, Mapping):
        return {_escaped(str(name)): _escape_within(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_escape_within(inner) for inner in value]
    return value


def _escaped(text: str) -> str:
    return _DANGEROUS.sub(lambda found: found.group().encode("unicode_escape", "surrogatepass").decode("ascii"), text)
