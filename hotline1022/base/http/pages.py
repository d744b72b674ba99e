"""Pages for citizens: templates made into answers, with headers under which a page can load and run nothing but its own style.

The frame of every page and its style are here; what a page says is its context's. No script, no picture, nothing from another host;
what people wrote is always escaped.
"""

from datetime import datetime
from functools import cached_property
from importlib.resources import files
from typing import Any

from aiohttp import web
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from hotline1022.base.clock import CIVIL_ZONE, WEEKDAY_NAMES
from hotline1022.base.http.problems import TITLES, ProblemError
from hotline1022.base.http.routes import Reply

HTML = "text/html"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}


class Pages:
    """The pages of a package: its folder ``templates``, within the frame of all pages."""

    def __init__(self, package: str) -> None:
        self._package = package

    def page(self, template: str, /, status: int = 200, headers: dict[str, str] | None = None, **values: Any) -> Reply:
        """The page that ``template`` makes of ``values``."""
        text = self._templates.get_template(f"{template}.html").render(values)
        return Reply(text, status=status, headers=HEADERS | (headers or {}), media_type=HTML)

    def problem(self, problem: ProblemError) -> web.Response:
        """What is wrong, as a page."""
        made = self.page("problem", title=TITLES.get(problem.status, "Lỗi"), detail=problem.detail)
        return web.Response(
            status=problem.status, text=str(made.body), content_type=HTML, headers=HEADERS | problem.headers
        )

    @cached_property
    def _templates(self) -> Environment:
        environment = Environment(
            loader=ChoiceLoader([PackageLoader(self._package), PackageLoader(__package__)]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters |= {"in_words": in_words, "machine_time": _machine_time}
        return environment


def style() -> Reply:
    """The style of every page."""
    css = (files(__package__) / "templates" / "style.css").read_bytes()
    return Reply(css, headers={"Cache-Control": "public, max-age=3600"}, media_type="text/css")


def in_words(instant: datetime) -> str:
    """An instant as people say it: "thứ Sáu 27/11/2026, 17:00"."""
    civil = instant.astimezone(CIVIL_ZONE)
    return f"{WEEKDAY_NAMES[civil.weekday()]} {civil.day}/{civil.month}/{civil.year}, {civil:%H:%M}"


def _machine_time(instant: datetime) -> str:
    return instant.astimezone(CIVIL_ZONE).isoformat(timespec="minutes")
