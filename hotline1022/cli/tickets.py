"""Tickets on the command line: list and show them, resolve a place, compute a deadline. Thin: it asks, and prints.

The main program registers ``tickets_app`` as ``tickets``, ``sla_app`` as ``sla`` and ``place`` as a command.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import CIVIL_ZONE, SystemClock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError
from hotline1022.base.events import Event
from hotline1022.base.phone_numbers import masked
from hotline1022.config import Settings
from tickets.calendar import WorkCalendar
from tickets.calendars import CalendarsFile, OfficialDaysFile, build_calendars
from tickets.desk import Desk
from tickets.model import Ticket
from tickets.rule_files import read_rules
from tickets.rules import Rules, StandingRules
from tickets.sla import Pause, due, worked
from tickets.stages import STAGE_NAMES
from transcription.masking import mask_text
from transcription.model import Transcript, text_of
from transcription.numbers import to_digits
from transcription.shelf import best_transcript

tickets_app = typer.Typer(no_args_is_help=True, help="Xem các phiếu.")
sla_app = typer.Typer(no_args_is_help=True, help="Tính thời hạn theo lịch làm việc.")

RULES_FOLDER = "rules"
"""In the data folder: the province's own rule files."""

_Answer = TypeVar("_Answer")
AsJson = Annotated[bool, typer.Option("--json", help="In JSON.")]
Pauses = Annotated[list[str] | None, typer.Option("--pause", help="Khoảng tạm dừng: ISO/ISO; ghi được nhiều lần.")]
CalendarName = Annotated[str, typer.Option("--calendar", help="Tên lịch: state, hotline, always…")]
From = Annotated[str, typer.Option("--from", help="Thời điểm tiếp nhận, ISO 8601 có múi giờ.")]


@tickets_app.command("list")
def list_tickets(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Số phiếu mới nhất.")] = 20, as_json: AsJson = False
) -> None:
    """Liệt kê các phiếu mới nhất."""
    found = _ask(lambda desk: desk.recent(limit))
    if as_json:
        _print_json([_facts(ticket, unmasked=False) for ticket in found])
        return
    table = Table("Mã", "Tiếp nhận", "Bước", "Lĩnh vực", "Nơi", "Cơ quan", "Hạn trả lời")
    for ticket in found:
        table.add_row(
            ticket.code,
            _civil(ticket.taken_at),
            STAGE_NAMES[ticket.stage],
            ticket.topic_name,
            ticket.place_name or "—",
            ticket.agency_name,
            _civil(ticket.due),
        )
    Console().print(table)


@tickets_app.command("show")
def show_ticket(
    code: Annotated[str, typer.Argument(help="Mã phiếu tám chữ số.")],
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Hiện đủ số điện thoại.")] = False,
    as_json: AsJson = False,
) -> None:
    """Xem một phiếu: vì sao cơ quan này, vì sao hạn này, các phiếu trước của cùng số, nhật ký."""

    async def read(desk: Desk) -> tuple[Ticket, list[str], list[str]]:
        ticket = await desk.find(code)
        if ticket is None:
            raise HotlineError(f"Không có phiếu {code}")
        earlier = await desk.earlier_of(ticket.number, before=ticket.taken_at)
        journal = [f"{_civil(entry.at)} {entry.actor}: {entry.reason}" for entry in await desk.history(ticket.code)]
        return ticket, [before.code for before in earlier], journal

    ticket, earlier, journal = _ask(read)
    words = _words_of(ticket.call)
    if as_json:
        told = {"words": words if unmasked else mask_text(words), "earlier": earlier, "journal": journal}
        _print_json({**_facts(ticket, unmasked=unmasked), **told})
        return
    lines = {
        "Phiếu": ticket.code,
        "Bước": STAGE_NAMES[ticket.stage],
        "Tiếp nhận": _civil(ticket.taken_at),
        "Số gọi": (ticket.number or masked(None)) if unmasked else masked(ticket.number),
        "Lĩnh vực": ticket.topic_name + (" (khẩn)" if ticket.urgent else ""),
        "Nơi": (ticket.place_name or "chưa rõ") + (" (máy nghe, chờ xác nhận)" if ticket.draft else ""),
        "Cần hỏi": ticket.place_question,
        "Lời về nơi": ticket.place_words,
        "Lời người gọi": words if unmasked else mask_text(words),
        "Cơ quan": ticket.agency_name,
        "Vì sao": ticket.agency_reason,
        "Thời hạn": "\n".join(deadline.explanation for deadline in ticket.deadlines),
        "Ghi âm": ticket.recording,
        "Phiếu trước": ", ".join(earlier) or None,
        "Nhật ký": "\n".join(journal),
    }
    table = Table.grid("", "", padding=(0, 2))
    for name, value in lines.items():
        if value:
            table.add_row(name, value)
    Console(markup=False).print(table)


@tickets_app.command("agencies")
def list_agencies() -> None:
    """In tên gọi của mọi cơ quan theo mã (JSON), để làm lời nhắc."""
    _print_json(_rules().agencies.spoken_names())


def place(
    text: Annotated[str, typer.Argument(help="Lời nói hoặc chữ viết có tên nơi.")], as_json: AsJson = False
) -> None:
    """Tìm xã, phường ngày nay trong lời nói; tên cũ, không dấu, viết tắt đều được."""
    finding = _rules().places.find(text)
    if as_json:
        candidates = [candidate.model_dump() for candidate in finding.candidates]
        _print_json({"candidates": candidates, "question": finding.question})
        return
    for candidate in finding.candidates:
        typer.echo(f"{candidate.score:.2f}  {candidate.code}  {candidate.name}")
    typer.echo(finding.question or ("" if finding.candidates else "Không nghe thấy tên xã, phường nào."))


@sla_app.command("due")
def sla_due(
    start: From,
    target: Annotated[str, typer.Option(help="Thời hạn: 3wd, 4wh, 30wm, 2h.")],
    pause: Pauses = None,
    calendar: CalendarName = "state",
    as_json: AsJson = False,
) -> None:
    """Tính hạn, và giải thích vì sao."""
    computed = due(_instant(start), target, _calendar(calendar), [_pause(text) for text in pause or []])
    answer = {
        "due": computed.at.isoformat(),
        "explanation": computed.explanation,
        "calendar": computed.calendar.version,
    }
    _print_json(answer) if as_json else typer.echo(computed.explanation)


@sla_app.command("worked")
def sla_worked(
    start: From,
    end: Annotated[str, typer.Option("--to", help="Thời điểm cuối, ISO 8601 có múi giờ.")],
    pause: Pauses = None,
    calendar: CalendarName = "state",
    as_json: AsJson = False,
) -> None:
    """Tính thời gian đã dùng giữa hai thời điểm."""
    table = _calendar(calendar)
    used = worked(_instant(start), _instant(end), table, [_pause(text) for text in pause or []])
    minutes = used.time.total_seconds() / 60
    answer = {
        "working_days": used.days,
        "working_minutes": round(minutes, 3),
        "clock_minutes": round(used.clock.total_seconds() / 60, 3),
        "calendar": table.version,
    }
    if as_json:
        _print_json(answer)
    else:
        typer.echo(f"{used.days} ngày làm việc sau ngày tiếp nhận; {minutes / 60:.2f} giờ làm việc.")


def _ask(question: Callable[[Desk], Awaitable[_Answer]]) -> _Answer:
    """Ask the desk of this installation; reading records no event."""
    settings = Settings.load()

    async def record(_connection: AsyncConnection, _event: Event) -> None:
        raise HotlineError("Lệnh này chỉ đọc, không ghi phiếu")

    async def run() -> _Answer:
        database = Database(settings.database)
        try:
            rules = StandingRules(settings.data / RULES_FOLDER)
            return await question(Desk(database, SystemClock(), rules, record))
        finally:
            await database.close()

    return asyncio.run(run())


def _words_of(call: str | None) -> str:
    """What was understood of a call, numbers as digits."""
    if call is None:
        return ""

    async def run() -> Transcript | None:
        database = Database(Settings.load().database)
        try:
            return await best_transcript(database, call)
        finally:
            await database.close()

    transcript = asyncio.run(run())
    return text_of(to_digits(transcript.words)) if transcript else ""


def _rules() -> Rules:
    return Rules.load(_rules_folder())


def _rules_folder() -> Path:
    return Settings.load().data / RULES_FOLDER


def _calendar(name: str) -> WorkCalendar:
    folder = _rules_folder()
    rules = read_rules("calendars.yaml", CalendarsFile, folder)
    calendars = build_calendars(rules, read_rules("official-days.yaml", OfficialDaysFile, folder))
    if name not in calendars:
        raise HotlineError(f"Không có lịch “{name}”", remedy=f"các lịch hiện có: {', '.join(calendars)}")
    return calendars[name]


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        what = "không đúng dạng" if instant is None else "thiếu múi giờ"
        raise HotlineError(f"Thời điểm “{text[:40]}” {what}", remedy="viết như 2026-11-23T08:30:00+07:00")
    return instant


def _pause(text: str) -> Pause:
    start, slash, end = text.partition("/")
    if not slash:
        raise HotlineError(
            f"Khoảng tạm dừng “{text[:60]}” không đúng dạng", remedy="viết hai thời điểm, cách nhau dấu /"
        )
    return Pause(_instant(start), _instant(end))


def _facts(ticket: Ticket, *, unmasked: bool) -> dict[str, Any]:
    facts = ticket.model_dump(mode="json")
    facts |= {"due": ticket.due.astimezone(CIVIL_ZONE).isoformat(), "explanation": ticket.explanation}
    if not unmasked:
        facts["number"] = masked(ticket.number)
    return facts


def _civil(instant: datetime) -> str:
    return f"{instant.astimezone(CIVIL_ZONE):%H:%M %d/%m/%Y}"


def _print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
