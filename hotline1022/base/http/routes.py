"""Routes as data: what each one takes, who may use it, what it answers. Serving them is ``serving``'s, describing them ``openapi``'s."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from aiohttp import web
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.http.problems import Problem, ProblemError

Query = TypeVar("Query")
Body = TypeVar("Body")

CivilInstant = Annotated[
    AwareDatetime,
    PlainSerializer(lambda instant: instant.astimezone(CIVIL_ZONE).isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An instant that is written in the zone of civil rules: ``2026-11-24T08:30:00+07:00``."""


def _written(given: Any) -> Any:
    if isinstance(given, str) and not given[:5].endswith("-"):
        raise PydanticCustomError("datetime_parsing", "not written as ISO 8601")
    if not isinstance(given, str | datetime):
        raise PydanticCustomError("datetime_type", "not written as ISO 8601")
    return given


def _of_our_time(instant: datetime) -> datetime:
    if not 1900 <= instant.year < 2200:
        raise PydanticCustomError("datetime_range", "no year of this century")
    return instant


WrittenInstant = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_of_our_time)]
"""An instant as a client writes it: ISO 8601 with its zone, never a bare number, in a year that every calendar can count with."""

MOST_BYTES = 256 * 1024
"""Of a body, unless the route allows more."""


class Told(BaseModel):
    """What every query, body and answer is made of: nothing unknown is let in, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Nothing(Told):
    """No query, or no body."""


@dataclass(frozen=True)
class Upload:
    """A file that came with a form, already read to its end within the route's limit."""

    name: str
    media_type: str
    """What the sender calls it; never believed."""
    data: bytes


@dataclass(frozen=True)
class Call(Generic[Query, Body]):
    """One request after every check: whoever handles it trusts its shape, not its words."""

    actor: Actor | None
    """None on public routes."""
    path: Mapping[str, str]
    query: Query
    body: Body
    files: tuple[Upload, ...]
    client: str
    """The address of whoever asks, as far as it can be known."""
    headers: Mapping[str, str]

    @property
    def by(self) -> Actor:
        """The actor of a route that only known actors may use."""
        if self.actor is None:
            raise RuntimeError("a public route asked for its actor")
        return self.actor


@dataclass(frozen=True)
class Reply:
    """An answer that is more than a model: another status, headers, or bytes of another media type."""

    body: BaseModel | bytes | str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


@dataclass(frozen=True)
class FileField:
    """The files that a form may bring: up to ``most`` of them under one ``name``, each of up to ``most_bytes``."""

    name: str
    most: int
    most_bytes: int


@dataclass(frozen=True)
class ErrorShape:
    """A way to tell errors (``Route.errors``) that the description can tell too."""

    body: Callable[[Problem], BaseModel | str]
    model: Any
    """What ``body`` makes: a model, or the media type of its text."""
    statuses: Mapping[int, int] = field(default_factory=dict)
    """Statuses that are told as another one."""

    def __call__(self, error: ProblemError) -> web.Response:
        """The answer that tells it."""
        status = self.statuses.get(error.status, error.status)
        body = self.body(error.problem.model_copy(update={"status": status}))
        text = body if isinstance(body, str) else body.model_dump_json()
        media_type = self.model if isinstance(self.model, str) else "application/json"
        return web.Response(
            status=status, headers=error.headers, body=text.encode(), content_type=media_type, charset="utf-8"
        )


Handler = Callable[[Call[Any, Any]], Awaitable[BaseModel | Reply | web.StreamResponse]]


@dataclass(frozen=True)
class Route:
    """One way in. ``summary`` and ``description`` are Vietnamese."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    """``/api/tickets/{code}``; names in braces are in ``parameters``."""
    handler: Handler
    summary: str
    tag: str
    roles: frozenset[Role] | None
    """Who may use it; None is everybody, without a key."""
    answers: Mapping[int, Any]
    """The model (or a media type such as ``image/jpeg``) of each status of success."""
    description: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """The pattern (a whole regular expression) of each name in the path."""
    query: type[BaseModel] = Nothing
    body: Any = None
    """A model or a union of models; None takes no body."""
    takes: Literal["json", "form", "multipart", "json-or-multipart"] = "json"
    """``form`` takes ``multipart/form-data`` too."""
    files: FileField | None = None
    """Files beside the fields of a multipart body; None takes no file."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that must be there, each with its pattern."""
    most_bytes: int = MOST_BYTES
    also: tuple[int, ...] = ()
    """Statuses of refusal beyond those that every route has."""
    limit: tuple[int, float] | None = None
    """So many requests in so many seconds with one key, or from one address where no key is known."""
    errors: Callable[[ProblemError], web.Response] | None = None
    """How this route tells what is wrong, where its readers expect something else than problem details: a page, another protocol."""


def civil(instant: datetime) -> str:
    """An instant as JSON tells it, in the zone of civil rules."""
    return instant.astimezone(CIVIL_ZONE).isoformat()
