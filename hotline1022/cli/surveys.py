"""``hotline1022 surveys``: cases, reasons, numbers opted out, and files of old surveys. Thin: it asks, and prints."""

import unicodedata
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from hotline1022.base import outbox
from hotline1022.base.errors import Forbidden, HotlineError, Invalid, NotFound
from hotline1022.base.http.problems import told_of
from hotline1022.cli.asking import READER, RULES_FOLDER, As, AsJson, Services, ask, civil, print_json
from hotline1022.survey_desk import SurveyDesk, SurveyRules
from surveys.asking.opt_outs import OptOutState, Wish
from surveys.imports.importing import MOST_BYTES, Importing, Report
from surveys.model import Disposition, Mode
from surveys.reading import LEADERS, CaseFile, ReasonsQuery, State, SurveyQuery
from tickets.agencies import Agencies

surveys_app = typer.Typer(no_args_is_help=True, help="Khảo sát: xem, đếm lý do, từ chối nhận, nhập tệp cũ.")

Number = Annotated[str, typer.Argument(help="Số điện thoại, như 0912345678.", show_default=False)]
Reason = Annotated[str, typer.Option(help="Vì sao.")]


@surveys_app.command("list")
def list_surveys(
    *,
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan.")] = None,
    code: Annotated[str | None, typer.Option(help="Mã phiếu.")] = None,
    state: Annotated[State | None, typer.Option(help="open: đang khảo sát; closed: đã xong; excluded: không.")] = None,
    disposition: Annotated[Disposition | None, typer.Option(help="Kết quả.")] = None,
    mode: Annotated[Mode | None, typer.Option(help="Cách hỏi.")] = None,
    due: Annotated[bool, typer.Option("--next", help="Phiếu đang chờ gọi, đến lượt trước in trước.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Số phiếu một trang.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Trang sau, như trang trước đã in.")] = None,
    as_json: AsJson = False,
) -> None:
    """Liệt kê các phiếu khảo sát, trả lời mới nhất trước."""
    conditions: dict[str, Any] = {"agency": agency, "code": code, "state": state, "disposition": disposition}
    conditions |= {"mode": mode, "order": "next" if due else "told", "limit": limit, "cursor": cursor}
    query = _read(SurveyQuery, conditions)
    page = ask(lambda services: _desk(services).finding.page(query, READER))
    if as_json:
        print_json(page.model_dump(mode="json"))
        return
    table = Table("Mã", "Cơ quan", "Trả lời", "Tình trạng", "Kết quả", "Gọi từ")
    table.columns[0].no_wrap = True
    for case in page.items:
        result = ", ".join(name for name in (case.disposition_name, case.mode_name) if name)
        next_at = civil(case.next_at) if case.next_at else "—"
        table.add_row(case.code, case.agency_name, civil(case.told_at), case.state_name, result or "—", next_at)
    Console().print(table)
    if page.next:
        typer.echo(f"Còn nữa: thêm --cursor {page.next}")


@surveys_app.command("show")
def show_survey(
    case: Annotated[str, typer.Argument(help="Mã phiếu tám chữ số, hoặc mã khảo sát.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Xem vì sao một phiếu được hỏi hay không, đã gọi mấy lần, kết quả. Câu trả lời chỉ có trong giao diện của trưởng ca."""

    async def look(services: Services) -> list[CaseFile]:
        finding = _desk(services).finding
        cases = await finding.cases_of(case) if case.isdigit() else (case,)
        if not cases:
            raise NotFound(f"Phiếu {case[:40]} chưa có khảo sát nào")
        return [await finding.one(each, READER) for each in cases]

    files = ask(look)
    if as_json:
        print_json([each.model_dump(mode="json", exclude={"answers"}) for each in files])
        return
    for file in files:
        shown = file.case
        typer.echo(f"Phiếu {shown.code}, lần trả lời {shown.round + 1}, {shown.agency_name}: {shown.state_name}.")
        typer.echo(f"  {shown.explanation}")
        for attempt in file.attempts:
            who = f" ({attempt.by})" if attempt.by else ""
            ended = attempt.disposition_name or "chưa rõ"
            typer.echo(f"  Lần {attempt.number}, {civil(attempt.made_at)}{who}: {ended}.")
        for link in file.links:
            used = f"đã dùng {civil(link.used_at)}" if link.used_at else f"dùng được đến {civil(link.until)}"
            typer.echo(f"  Liên kết {civil(link.made_at)} ({link.made_by}): {used}.")
        if shown.disposition_name and shown.state == "closed":
            by = f", {shown.mode_name}" if shown.mode_name else ""
            typer.echo(f"  Kết quả: {shown.disposition_name}{by}.")


@surveys_app.command("reasons")
def count_reasons(
    start: Annotated[str | None, typer.Option("--from", help="Từ lúc, như 2026-07-01T00:00:00+07:00.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Đến trước lúc; không ghi là 30 ngày gần đây.")] = None,
    as_json: AsJson = False,
) -> None:
    """Đếm các lý do không khảo sát trong một khoảng thời gian."""
    query = _read(ReasonsQuery, {name: said for name, said in (("from", start), ("to", end)) if said is not None})
    counts = ask(lambda services: _desk(services).finding.reasons(query))
    if as_json:
        print_json(counts.model_dump(mode="json"))
        return
    typer.echo(
        f"Từ {civil(counts.start)} đến {civil(counts.end)}: {counts.considered} câu trả lời, hỏi {counts.asked}."
    )
    for each in counts.reasons:
        typer.echo(f"  {each.count:6}  {each.name}")


@surveys_app.command("opt-out")
def opt_out(number: Number, *, who: As, reason: Reason, as_json: AsJson = False) -> None:
    """Không khảo sát một số nữa; ai làm và vì sao được ghi lại."""
    _wish(number, who, reason, as_json, lambda desk: desk.opt_outs.opt_out)


@surveys_app.command("opt-in")
def opt_in(number: Number, *, who: As, reason: Reason, as_json: AsJson = False) -> None:
    """Khảo sát lại một số; ai làm và vì sao được ghi lại."""
    _wish(number, who, reason, as_json, lambda desk: desk.opt_outs.opt_in)


@surveys_app.command("import")
def import_surveys(
    file: Annotated[Path, typer.Argument(help="Tệp CSV, mã UTF-8.", show_default=False)],
    *,
    only_try: Annotated[bool, typer.Option("--try", help="Chỉ kiểm tra, không ghi gì.")] = False,
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="Bỏ các dòng sai, nhập các dòng đúng.")] = False,
    as_json: AsJson = False,
) -> None:
    """Nhập khảo sát cũ do điện thoại viên hỏi. Có dòng sai thì không nhập dòng nào (trừ khi --skip-wrong), và thoát với mã 1.

    Dòng đầu là tên cột: id (hoặc code), agency, told, asked, resolved, satisfaction, time, attitude, clarity, reception, comment, mode.
    """
    data = _contents(file)

    async def take(services: Services) -> Report:
        importing = Importing(services.database, services.clock, _agency_finder(services.rules.current.agencies))
        return await importing.take(data, only_try=only_try, skip_wrong=skip_wrong)

    report = ask(take)
    refused = bool(report.wrong) and not (skip_wrong and report.good)
    if as_json:
        wrong = [{"line": each.line, "column": each.column, "what": each.what} for each in report.wrong]
        facts = {"lines": report.lines, "good": report.good, "imported": report.imported, "wrong": wrong}
        print_json(facts)
    else:
        for each in report.wrong:
            typer.echo(f"Dòng {each.line}{f', cột {each.column}' if each.column else ''}: {each.what}", err=True)
        done = "Chỉ kiểm tra" if only_try else f"Đã nhập {report.imported}"
        typer.echo(f"{done}; {report.lines} dòng, {report.good} dòng đúng, {len(report.wrong)} chỗ sai.")
        if refused and not only_try:
            typer.echo("Chưa nhập dòng nào: sửa tệp, hoặc thêm --skip-wrong để nhập các dòng đúng.", err=True)
    if refused:
        raise typer.Exit(1)


def _wish(
    number: str,
    who: str,
    reason: str,
    as_json: bool,
    of: Callable[[SurveyDesk], Callable[[Wish, Any], Awaitable[OptOutState]]],
) -> None:
    wish = _read(Wish, {"number": number, "reason": reason})

    async def make(services: Services) -> OptOutState:
        actor = services.actor(who)
        if actor.role not in LEADERS:
            raise Forbidden("Chỉ trưởng ca và quản trị viên đổi được việc này")
        return await of(_desk(services))(wish, actor)

    state = ask(make)
    if as_json:
        print_json(state.model_dump(mode="json"))
        return
    typer.echo(f"{state.number}: {state.explanation}")
    for change in state.changes:
        what = "không khảo sát nữa" if change.opted_out else "khảo sát lại"
        typer.echo(f"  {civil(change.at)} {change.by}: {what}: {change.reason}")


def _desk(services: Services) -> SurveyDesk:
    settings = services.settings
    key = settings.survey_key.get_secret_value().encode()
    if not key:
        raise HotlineError("Bản cài đặt chưa có khoá khảo sát", remedy="chạy `make setup`")
    return SurveyDesk(
        database=services.database,
        clock=services.clock,
        rules=services.rules,
        desk=services.desk,
        record_event=outbox.add,
        surveys=SurveyRules.load(settings.data / RULES_FOLDER, key, trial=settings.hours == "always"),
    )


def _read(model: Any, values: dict[str, Any]) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = str(first["loc"][0])
        raise Invalid(f"{place}: {told_of(first['type'])}", field=place) from error


def _contents(file: Path) -> bytes:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise HotlineError(f"{file}: tệp lớn quá {MOST_BYTES // 1024**2} MiB", remedy="chia nhỏ tệp")
        return file.read_bytes()
    except OSError as error:
        raise HotlineError(f"{file}: không đọc được tệp ({error.strerror})") from error


def _agency_finder(agencies: Agencies) -> Callable[[str], str | None]:
    """Gives the code of an agency's code or (full, short) name, whatever its capitals; a name that two agencies share is nobody's."""
    codes: dict[str, set[str]] = {}
    for agency in agencies.agencies:
        for name in {agency.code, agency.name, agency.short}:
            codes.setdefault(_folded(name), set()).add(agency.code)

    def code_of(text: str) -> str | None:
        found = codes.get(_folded(text), set())
        return next(iter(found)) if len(found) == 1 else None

    return code_of


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
