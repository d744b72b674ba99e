"""Tickets on the command line: list, find and show them, and the table of their stages and moves. Thin: it asks, and prints.

Opening and moving them is ``hotline1022.cli.moving``'s.
"""

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from hotline1022.base.errors import HotlineError, Invalid
from hotline1022.base.http.problems import told_of
from hotline1022.base.http.routes import civil as iso
from hotline1022.base.phone_numbers import masked
from hotline1022.cli.asking import READER, AsJson, Code, Services, ask, civil, print_json
from hotline1022.cli.rules import loaded_rules
from tickets.dossier import Identity
from tickets.drawing import markdown, mermaid
from tickets.model import Stage, Ticket
from tickets.search.finding import TicketQuery
from tickets.sight import shown_to
from tickets.stages import STAGE_NAMES
from tickets.web import stage_table
from transcription.masking import mask_text
from transcription.model import text_of
from transcription.numbers import to_digits
from transcription.shelf import best_transcript

tickets_app = typer.Typer(no_args_is_help=True, help="Ghi, tìm, xem phiếu và chuyển bước.")


@tickets_app.command("list")
def list_tickets(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Số phiếu mới nhất.")] = 20, as_json: AsJson = False
) -> None:
    """Liệt kê các phiếu mới nhất."""
    found = ask(lambda services: services.desk.recent(limit))
    if as_json:
        print_json([_facts(shown_to(READER, ticket)) for ticket in found])
    else:
        _print_table(found)


@tickets_app.command("find")
def find_tickets(
    words: Annotated[list[str] | None, typer.Argument(help="Các từ trong nội dung, có dấu hay không dấu.")] = None,
    *,
    stage: Annotated[list[Stage] | None, typer.Option(help="Bước; ghi được nhiều lần.")] = None,
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan.")] = None,
    topic: Annotated[str | None, typer.Option(help="Mã lĩnh vực.")] = None,
    place: Annotated[str | None, typer.Option(help="Mã xã, phường.")] = None,
    number: Annotated[str | None, typer.Option(help="Số điện thoại người báo.")] = None,
    overdue: Annotated[
        bool | None, typer.Option("--overdue/--in-time", help="Câu trả lời quá hạn, hay còn hạn.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Số phiếu một trang.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Trang sau, như trang trước đã in.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tìm phiếu theo từ, bước, cơ quan, quá hạn; phiếu quá hạn hay còn hạn thì đến hạn trước in trước."""
    conditions: dict[str, Any] = {
        "words": " ".join(words or []) or None,
        "stage": tuple(stage or ()),
        "agency": agency,
        "topic": topic,
    }
    conditions |= {"place": place, "number": number, "overdue": overdue, "limit": limit, "cursor": cursor}
    try:
        query = TicketQuery.model_validate(conditions | {"order": "taken" if overdue is None else "due"})
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(f"{first['loc'][0]}: {told_of(first['type'])}", field=str(first["loc"][0])) from error
    page = ask(lambda services: services.search.page(query, READER))
    if as_json:
        print_json({"items": [_facts(ticket) for ticket in page.items], "next": page.next})
        return
    _print_table(page.items)
    if page.next:
        typer.echo(f"Còn nữa: thêm --cursor {page.next}")


@tickets_app.command("show")
def show_ticket(
    code: Code,
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="Hiện người báo là ai; cần --as và --reason, được ghi vào nhật ký.")
    ] = False,
    who: Annotated[str | None, typer.Option("--as", metavar="ROLE:NAME[@AGENCY]", help="Ai xem.")] = None,
    reason: Annotated[str | None, typer.Option(help="Vì sao phải biết người báo là ai.")] = None,
    as_json: AsJson = False,
) -> None:
    """Xem một phiếu: vì sao cơ quan này, vì sao hạn này, các phiếu trước của cùng số, nhật ký."""
    if unmasked and (who is None or not (reason or "").strip()):
        raise Invalid(
            "Xem người báo là ai thì phải nói ai xem và vì sao", remedy="thêm --as và --reason", field="reason"
        )

    async def look(services: Services) -> tuple[Ticket, Identity | None, list[str], list[str], str]:
        unlocked = await services.dossier.unlock(code, services.actor(who or ""), reason or "") if unmasked else None
        ticket = await services.desk.find(code)
        if ticket is None:
            raise HotlineError(f"Không có phiếu {code}")
        earlier = () if ticket.sealed else await services.desk.earlier_of(ticket.number, before=ticket.taken_at)
        journal = [f"{civil(entry.at)} {entry.actor}: {entry.reason}" for entry in await services.desk.history(code)]
        transcript = await best_transcript(services.database, ticket.call) if ticket.call else None
        words = text_of(to_digits(transcript.words)) if transcript else ""
        return ticket, unlocked, [before.code for before in earlier], journal, words

    ticket, unlocked, earlier, journal, words = ask(look)
    words = words if unlocked else mask_text(words)
    shown = shown_to(READER, ticket)
    if unlocked:
        shown = shown.model_copy(update=unlocked.model_dump())
    facts = _facts(shown, unmasked=unmasked)
    if as_json:
        print_json(facts | {"words": words, "earlier": earlier, "journal": journal})
        return
    lines = {
        "Phiếu": ticket.code,
        "Bước": STAGE_NAMES[ticket.stage],
        "Tiếp nhận": civil(ticket.taken_at),
        "Số gọi": "niêm phong" if ticket.sealed and not unlocked else facts["number"] or masked(None),
        "Người báo": facts["citizen_name"],
        "Lĩnh vực": ticket.topic_name + (" (khẩn)" if ticket.urgent else ""),
        "Nội dung": ticket.summary,
        "Nơi": (ticket.place_name or "chưa rõ") + (" (máy nghe, chờ xác nhận)" if ticket.draft else ""),
        "Cần hỏi": ticket.place_question,
        "Lời về nơi": ticket.place_words,
        "Lời người gọi": words,
        "Cơ quan": ticket.agency_name,
        "Vì sao": ticket.agency_reason,
        "Thời hạn": "\n".join(deadline.explanation for deadline in ticket.deadlines),
        "Ghi âm": shown.recording,
        "Phiếu trước": ", ".join(earlier) or None,
        "Nhật ký": "\n".join(journal),
    }
    table = Table.grid("", "", padding=(0, 2))
    for name, value in lines.items():
        if value:
            table.add_row(name, value)
    Console(markup=False).print(table)


@tickets_app.command("table")
def show_table(
    as_mermaid: Annotated[bool, typer.Option("--mermaid", help="Sơ đồ Mermaid.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Bảng Markdown.")] = False,
    as_json: AsJson = False,
) -> None:
    """In bảng các bước và cách chuyển bước: bảng mà chương trình kiểm tra mọi việc theo đó."""
    table = stage_table()
    if as_json:
        print_json(table.model_dump(mode="json"))
    elif as_mermaid:
        typer.echo(mermaid(), nl=False)
    elif as_markdown:
        typer.echo(markdown(), nl=False)
    else:
        printed = Table("Việc", "Tên", "Từ bước", "Đến bước")
        for move in table.moves:
            sources = ", ".join(STAGE_NAMES[Stage(source)] for source in move.sources)
            printed.add_row(
                move.name, move.title, sources, STAGE_NAMES[Stage(move.target)] if move.target else "giữ nguyên"
            )
        Console().print(printed)


@tickets_app.command("agencies")
def list_agencies() -> None:
    """In tên gọi của mọi cơ quan theo mã (JSON), để làm lời nhắc."""
    print_json(loaded_rules().agencies.spoken_names())


def _print_table(found: Iterable[Ticket]) -> None:
    table = Table("Mã", "Tiếp nhận", "Bước", "Lĩnh vực", "Nơi", "Cơ quan", "Hạn trả lời")
    for ticket in found:
        table.add_row(
            ticket.code,
            civil(ticket.taken_at),
            STAGE_NAMES[ticket.stage],
            ticket.topic_name,
            ticket.place_name or "—",
            ticket.agency_name,
            civil(ticket.due),
        )
    Console().print(table)


def _facts(ticket: Ticket, *, unmasked: bool = False) -> dict[str, Any]:
    facts = ticket.model_dump(mode="json")
    facts |= {"due": iso(ticket.due), "explanation": ticket.explanation}
    if not unmasked:
        facts["number"] = masked(ticket.number)
        facts |= {field: "***" for field in ("citizen_name", "citizen_email") if facts[field] is not None}
    return facts
