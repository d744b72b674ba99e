"""``hotline1022 score``: scores of a period, the tickets behind a count, counting everything anew. Thin: it asks, and prints."""

from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from hotline1022.base.access import Actor
from hotline1022.base.errors import Forbidden, Invalid
from hotline1022.base.http.problems import told_of
from hotline1022.cli.asking import READER, As, AsJson, Services, ask, civil, print_json
from hotline1022.cli.screen import TerminalScreen
from surveys.model import Mode
from surveys.scores.model import SCORED_MODES
from surveys.scores.scoreboard import ContributionQuery, ScoreQuery
from surveys.scores.shown import Scores
from surveys.scores.web import SIGNERS

Query = TypeVar("Query", ScoreQuery, ContributionQuery)

score_app = typer.Typer(invoke_without_command=True, help="Điểm của các cơ quan.")

PeriodOption = Annotated[str, typer.Option("--period", help="2026-11, 2026-Q3, 2026-H1 hoặc 2026.", show_default=False)]
Modes = Annotated[
    list[Mode] | None, typer.Option("--mode", help="Cách hỏi được tính; ghi được nhiều lần. Mặc định ivr và link.")
]
Line = Annotated[bool, typer.Option("--line", help="Gộp cơ quan đã sáp nhập vào cơ quan kế thừa hiện nay.")]


@score_app.callback()
def show_scores(
    context: typer.Context,
    period: Annotated[str | None, typer.Option("--period", help="2026-11, 2026-Q3, 2026-H1 hoặc 2026.")] = None,
    *,
    agency: Annotated[str | None, typer.Option(help="Mã cơ quan; để trống: mọi cơ quan.")] = None,
    mode: Modes = None,
    line: Line = False,
    shrunk: Annotated[bool, typer.Option("--shrunk", help="Kèm tỷ lệ đã kéo về mức chung, có giải thích.")] = False,
    as_json: AsJson = False,
) -> None:
    """In điểm và thứ hạng các cơ quan trong một kỳ; kỳ đã chốt thì in số đã chốt và những gì thay đổi sau đó."""
    if context.invoked_subcommand is not None:
        return
    if period is None:
        raise Invalid("Chưa nói kỳ nào", remedy="thêm --period 2026-Q3", field="period")
    query = _checked(ScoreQuery, period=period, agency=agency, mode=_modes(mode), line=line, shrunk=shrunk)
    found = ask(lambda services: services.scoreboard.scores(query, READER))
    print_json(found.model_dump(mode="json")) if as_json else _print(found)


@score_app.command("tickets")
def show_tickets(
    agency: Annotated[str, typer.Argument(help="Mã cơ quan.", show_default=False)],
    name: Annotated[str, typer.Argument(help="Tên số đếm, như on_time, answered, mark-1.", show_default=False)],
    *,
    period: PeriodOption,
    mode: Modes = None,
    line: Line = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Số dòng một trang.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Trang sau, như trang trước đã in.")] = None,
    as_json: AsJson = False,
) -> None:
    """In các phiếu làm nên một số đếm của một cơ quan."""
    query = _checked(
        ContributionQuery, period=period, name=name, mode=_modes(mode), line=line, limit=limit, cursor=cursor
    )
    page = ask(lambda services: services.scoreboard.tickets(agency, query, READER))
    if as_json:
        print_json(page.model_dump(mode="json"))
        return
    for each in page.items:
        typer.echo(f"{each.code}  {each.month}  {each.agency}  {each.mode or '—'}  {each.amount}")
    if page.next:
        typer.echo(f"Còn nữa: thêm --cursor {page.next}")


@score_app.command("sign-off")
def sign_off(period: PeriodOption, who: As, as_json: AsJson = False) -> None:
    """Chốt điểm của một kỳ đã hết; chỉ trưởng ca hay quản trị viên, và chỉ một lần."""

    async def sign(services: Services) -> Scores:
        return await services.sign_off.sign(period, _signer(services, who))

    found = ask(sign)
    print_json(found.model_dump(mode="json")) if as_json else _print(found)


@score_app.command("rebuild")
def rebuild(as_json: AsJson = False) -> None:
    """Đếm lại mọi phiếu từ nhật ký, so với số đang có, sửa chỗ sai và in từng chỗ. Thoát với mã 1 nếu có chỗ sai."""
    screen = TerminalScreen(Console(stderr=True, highlight=False))

    def tell(counted: int) -> None:
        if counted and counted % 1000 == 0:
            screen.note(f"Đã đếm {counted} phiếu")

    found = ask(lambda services: services.recount.rebuild(tell))
    if as_json:
        print_json(
            [{"code": each.code, **each.point._asdict(), "before": each.before, "after": each.after} for each in found]
        )
    else:
        for each in found:
            where = f"Phiếu {each.code}" if each.code else "Tổng"
            place = f"{each.point.agency} {each.point.month} {each.point.name} {each.point.mode}".strip()
            typer.echo(f"{where}: {place}: {each.before} → {each.after}")
        typer.echo(f"{len(found)} chỗ sai, đã sửa." if found else "Mọi số đếm đúng như nhật ký.")
    if found:
        raise typer.Exit(1)


def _signer(services: Services, who: str) -> Actor:
    actor = services.actor(who)
    if actor.role not in SIGNERS:
        raise Forbidden("Chỉ trưởng ca hoặc quản trị viên được chốt điểm")
    return actor


def _print(found: Scores) -> None:
    table = Table(
        "Hạng", "Cơ quan", "Điểm", "Xếp loại", "Hài lòng", "Khoảng 95 %", "Trả lời", "Tỷ lệ trả lời", "Đúng hạn"
    )
    for each in found.scores:
        table.add_row(
            str(each.rank or "—"),
            each.agency_name,
            f"{each.composite:.1f}" if each.composite is not None else "—",
            each.band,
            _percent(each.csat),
            "—" if each.low is None else f"{_percent(each.low)} – {_percent(each.high)}",
            str(each.n),
            _percent(each.response_rate),
            f"{each.counts.get('on_time', 0)}/{each.counts.get('due', 0)}",
        )
    console = Console(markup=False, highlight=False)
    console.print(table)
    modes = ", ".join(found.modes)
    typer.echo(f"Điểm {found.title}; cách hỏi được tính: {modes}; trọng số {found.weights} ({found.weights_basis}).")
    if found.signed_off:
        typer.echo(f"Đã chốt lúc {civil(found.signed_off.at)}, {found.signed_off.by}.")
    for explanation in (*(each.explanation for each in found.scores), *(each.explanation for each in found.since)):
        typer.echo(explanation)
    for each in found.scores:
        if each.shrunk:
            typer.echo(f"{each.agency_name}: {each.shrunk.explanation}")


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f} %"


def _modes(given: list[Mode] | None) -> tuple[Mode, ...]:
    return tuple(given) if given else SCORED_MODES


def _checked(model: type[Query], **said: object) -> Query:
    try:
        return model.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(f"{first['loc'][0]}: {told_of(first['type'])}", field=str(first["loc"][0])) from error
