"""``hotline1022 tickets open``, ``move`` and ``moves``: the life of a ticket from the command line. Thin: it reads options, and prints.

Whoever has the data folder is trusted to say who acts; the journal keeps the name. The running service finds what was done in
the outbox.
"""

import re
import sys
from collections.abc import Sequence
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from hotline1022.base.errors import HotlineError, Invalid
from hotline1022.base.http.problems import told_of
from hotline1022.base.http.routes import civil as iso
from hotline1022.base.ids import new_id
from hotline1022.base.phone_numbers import e164
from hotline1022.cli.asking import As, AsJson, Code, Services, ask, print_json, storable
from tickets import stages
from tickets.agencies import Agencies
from tickets.clocks import CLOCKS
from tickets.drawing import makers
from tickets.handling import MoveMade
from tickets.model import HOTLINE, Channel, Report, Ticket
from tickets.moves import REQUESTS, AnyMove
from tickets.rules import Rules
from tickets.stages import STAGE_NAMES

_ANY_MOVE: TypeAdapter[AnyMove] = TypeAdapter(AnyMove)
MOST_CHARACTERS = 1_000_000
"""Read from the standard input for one field."""


def open_ticket(
    *,
    who: As,
    summary: Annotated[str, typer.Option(help="Nội dung phản ánh; - là đọc từ đầu vào chuẩn.")],
    channel: Annotated[Channel, typer.Option(help="Phản ánh đến bằng cách nào.")] = Channel.WEB,
    topic: Annotated[str | None, typer.Option(help="Mã lĩnh vực.")] = None,
    place: Annotated[str | None, typer.Option(help="Mã xã, phường ngày nay.")] = None,
    place_words: Annotated[str | None, typer.Option(help="Người dân nói nơi nào; máy tìm xã, phường.")] = None,
    address: Annotated[str | None, typer.Option(help="Địa chỉ chi tiết.")] = None,
    number: Annotated[str | None, typer.Option(help="Số điện thoại người dân.")] = None,
    name: Annotated[str | None, typer.Option(help="Tên người dân.")] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Việc khẩn.")] = False,
    business: Annotated[bool, typer.Option("--business", help="Người báo là doanh nghiệp, tổ chức.")] = False,
    key: Annotated[
        str | None, typer.Option(help="Khoá chống ghi trùng: cùng người ghi, cùng khoá là cùng phiếu.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ghi một phiếu cho người dân; in mã phiếu, cơ quan, thời hạn và vì sao."""
    if key is not None and not re.fullmatch("[A-Za-z0-9._:-]{1,80}", key):
        raise Invalid("key: chỉ dùng chữ không dấu, chữ số và . _ : -, tối đa 80", field="key")
    said = {"summary": _said(summary, "summary"), "topic": topic, "place": place, "place_words": place_words}
    said |= {"address": address, "citizen_name": name}

    async def write(services: Services) -> Ticket:
        actor, rules = services.actor(who), services.rules.current
        _check_report(rules, topic, place)
        report = {
            **{field: storable(text, field) for field, text in said.items() if text is not None},
            "source_key": f"cli:{actor.name.encode().hex()[:80]}:{key or new_id()}",
            "taken_at": services.clock.now(),
            "channel": channel,
            "number": _number(number),
            "urgent": urgent,
            "business": business,
        }
        try:
            return await services.desk.open(Report.model_validate(report))
        except ValidationError as error:
            raise _told(error) from error

    ticket = ask(write)
    if as_json:
        facts = ticket.model_dump(mode="json", include={"code", "version", "stage", "agency", "agency_name"})
        print_json(facts | {"due": iso(ticket.due), "explanation": ticket.explanation})
        return
    typer.echo(f"Phiếu {ticket.code}: {ticket.agency_name}. {ticket.agency_reason}\n{ticket.explanation}")
    if ticket.place_question:
        typer.echo(f"Cần hỏi: {ticket.place_question}")


def move_ticket(
    code: Code,
    move: Annotated[str, typer.Argument(help="Tên bước; `hotline1022 tickets table` in mọi bước.", show_default=False)],
    *,
    who: As,
    text: Annotated[str | None, typer.Option(help="Mục text; - là đọc từ đầu vào chuẩn.")] = None,
    reason: Annotated[str | None, typer.Option(help="Mục reason.")] = None,
    fields: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Một mục của bước; ghi được nhiều lần.")
    ] = None,
    version: Annotated[int | None, typer.Option(min=1, help="Phiên bản phiếu đã xem; khác thì không làm.")] = None,
    as_json: AsJson = False,
) -> None:
    """Chuyển bước một phiếu, như qua giao diện: cùng bảng bước, cùng luật, cùng nhật ký."""
    given = [f"{field}={said}" for field, said in (("text", text), ("reason", reason)) if said is not None]
    request = request_of(move, [*given, *(fields or [])])

    async def make(services: Services) -> tuple[MoveMade, list[str]]:
        made = await services.handling.make(code, request, services.actor(who), version=version)
        ticket = await services.desk.find(made.code)
        agencies = services.rules.current.agencies
        return made, [
            f"{CLOCKS[each.clock].title} ({_owner(each.party, agencies)}): {each.explanation}"
            for each in (ticket.deadlines if ticket else ())
            if each.running
        ]

    made, due = ask(make)
    if as_json:
        print_json(made.model_dump(mode="json"))
    else:
        typer.echo("\n  ".join([f"Phiếu {made.code}: {STAGE_NAMES[made.stage]}.", *due]))


def list_moves(
    code: Code,
    who: Annotated[
        str | None, typer.Option("--as", metavar="ROLE:NAME[@AGENCY]", help="Các bước của riêng người này.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """In các bước làm được ngay bây giờ với một phiếu (của người nêu ở --as, hay của bất kỳ ai), và mỗi bước cần gì."""

    async def look(services: Services) -> tuple[Ticket, set[str] | None]:
        actor = services.actor(who) if who else None
        ticket = await services.desk.find(code)
        if ticket is None:
            raise HotlineError(f"Không có phiếu {code}")
        if actor is None:
            return ticket, None
        return ticket, {move.name for move in (await services.dossier.file(code, actor)).moves}

    ticket, names = ask(look)
    rows = [move for move in stages.allowed(ticket.stage) if names is None or move.name in names]
    told = [
        {"name": move.name, "title": move.title, "makers": makers(move), "fields": fields_of(move.name)}
        for move in rows
    ]
    if as_json:
        print_json({"code": ticket.code, "version": ticket.version, "stage": ticket.stage, "moves": told})
        return
    typer.echo(f"Phiếu {ticket.code}, phiên bản {ticket.version}: {STAGE_NAMES[ticket.stage]}.")
    for each in told:
        typer.echo(
            f"  {each['name']}: {each['title']} ({each['makers']})\n    {' '.join(each['fields']) or 'không cần gì'}"
        )


def request_of(move: str, said: Sequence[str]) -> AnyMove:
    """The request that ``KEY=VALUE`` words make. A list is said with commas, or by repeating its key. Raises Invalid."""
    if move not in REQUESTS:
        raise Invalid(f"Không có bước “{move[:40]}”", remedy=f"các bước: {', '.join(REQUESTS)}", field="move")
    model = REQUESTS[move].model_fields
    values: dict[str, Any] = {"move": move}
    for word in said:
        field, equals, value = word.partition("=")
        if not equals or field == "move":
            raise Invalid(f"--set “{word[:40]}” không đúng dạng", remedy="viết KEY=VALUE", field=field[:40])
        value = _said(value, field)
        if field in model and _is_list(model[field].annotation):
            values[field] = [*values.get(field, []), *filter(None, map(str.strip, value.split(",")))]
        elif field in values:
            raise Invalid(f"{field}: được ghi hai lần", field=field)
        else:
            values[field] = value
    try:
        return _ANY_MOVE.validate_python(values)
    except ValidationError as error:
        raise _told(error, move) from error


def fields_of(move: str) -> list[str]:
    """What can be said for a move, as people type it; what may be left out is in brackets."""
    return [
        typed if info.is_required() else f"[{typed}]"
        for field, info in REQUESTS[move].model_fields.items()
        if field != "move"
        for typed in [f"{field}={_values_of(info)}"]
    ]


def _values_of(info: FieldInfo) -> str:
    kinds = [kind for kind in (get_args(info.annotation) or (info.annotation,)) if kind is not NoneType]
    if get_origin(info.annotation) is Literal:
        return "|".join(map(str, kinds))
    if _is_list(info.annotation):
        return "A,B"
    return "true|false" if bool in kinds else "…"


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple or any(
        _is_list(inner) for inner in get_args(kind) if get_origin(kind) is not Literal
    )


def _told(error: ValidationError, move: str | None = None) -> Invalid:
    wrong = [(".".join(map(str, each["loc"][1:] or each["loc"])), told_of(each["type"])) for each in error.errors()]
    sentence = "; ".join(f"{field}: {what}" for field, what in wrong)
    remedy = f"bước {move} cần: {' '.join(fields_of(move)) or 'không gì thêm'}" if move else None
    return Invalid(sentence, remedy=remedy, field=wrong[0][0])


def _said(value: str, field: str) -> str:
    if value != "-":
        return storable(value, field)
    data = sys.stdin.buffer.read(MOST_CHARACTERS + 1)
    if len(data) > MOST_CHARACTERS:
        raise Invalid(f"{field}: quá dài", field=field)
    try:
        return storable(data.decode(), field)
    except UnicodeDecodeError as error:
        raise Invalid(f"{field}: đầu vào chuẩn không phải UTF-8", field=field) from error


def _owner(party: str, agencies: Agencies) -> str:
    return "tổng đài" if party == HOTLINE else agencies.name_of(party)


def _number(said: str | None) -> str | None:
    number = e164(said)
    if said and number is None:
        raise Invalid("Số điện thoại không đúng dạng", remedy="viết như 0912345678", field="number")
    return number


def _check_report(rules: Rules, topic: str | None, place: str | None) -> None:
    """A report over the telephone is kept whatever it says; a person who types is told of a mistake."""
    if topic is not None and topic not in rules.topics.codes:
        known = ", ".join(rules.topics.codes)
        raise Invalid(f"topic: không có lĩnh vực “{topic[:64]}”", remedy=f"các lĩnh vực: {known}", field="topic")
    if place is not None and place not in rules.localities.communes:
        raise Invalid(
            f"place: không có xã, phường nào mang mã “{place[:16]}”",
            remedy='tìm mã bằng `hotline1022 place "..."`, hoặc dùng --place-words',
            field="place",
        )
