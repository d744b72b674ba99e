"""``hotline1022 sla``: compute a deadline, its inverse, and bring open tickets to the calendars of now. Thin: it asks, and prints."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from hotline1022.base.errors import HotlineError
from hotline1022.base.http.routes import civil as iso
from hotline1022.base.rule_files import read_rules
from hotline1022.cli.asking import AsJson, ask, print_json
from hotline1022.cli.rules import rules_folder
from hotline1022.cli.screen import TerminalScreen
from tickets.calendar import WorkCalendar
from tickets.calendars import CalendarsFile, OfficialDaysFile, build_calendars
from tickets.sla import Pause, due, worked

sla_app = typer.Typer(no_args_is_help=True, help="Tính thời hạn theo lịch làm việc.")

Pauses = Annotated[list[str] | None, typer.Option("--pause", help="Khoảng tạm dừng: ISO/ISO; ghi được nhiều lần.")]
CalendarName = Annotated[str, typer.Option("--calendar", help="Tên lịch: state, hotline, always…")]
From = Annotated[str, typer.Option("--from", help="Thời điểm tiếp nhận, ISO 8601 có múi giờ.")]


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
    print_json(answer) if as_json else typer.echo(computed.explanation)


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
        print_json(answer)
    else:
        typer.echo(f"{used.days} ngày làm việc sau ngày tiếp nhận; {minutes / 60:.2f} giờ làm việc.")


@sla_app.command("replan")
def replan(
    try_only: Annotated[bool, typer.Option("--try", help="Chỉ cho biết hạn nào sẽ chuyển, không ghi gì.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tính lại hạn của phiếu đang mở theo lịch hiện nay; phiếu đã xong không bao giờ đổi. In từng hạn đã chuyển."""
    screen = TerminalScreen(Console(stderr=True, highlight=False))

    def tell(looked_at: int) -> None:
        if looked_at:
            screen.note(f"Đã xem {looked_at} phiếu")

    moved = ask(lambda services: services.replanning.replan(try_only=try_only, tell=tell))
    if as_json:
        print_json(
            [
                {"code": each.code, "clock": each.clock, "reason": each.reason}
                | {"before": iso(each.before), "after": iso(each.after)}
                for each in moved
            ]
        )
        return
    for each in moved:
        typer.echo(f"{each.code}  {each.reason}")
    typer.echo(f"{len(moved)} hạn {'sẽ chuyển' if try_only else 'đã chuyển'}.")


def _calendar(name: str) -> WorkCalendar:
    folder = rules_folder()
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
