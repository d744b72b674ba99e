"""``hotline1022 journal``: checks the chain of seals of all tickets, and shows one ticket's entries. Thin: it asks, and prints."""

import re
from typing import Annotated

import typer

from hotline1022.base.errors import Invalid
from hotline1022.base.http.paging import PageQuery
from hotline1022.cli.asking import READER, AsJson, Code, Services, ask, civil, print_json
from tickets.journal.verification import Verdict, verify
from tickets.model import JournalEntry

journal_app = typer.Typer(no_args_is_help=True, help="Nhật ký niêm phong của mọi phiếu.")

TELL_EVERY = 100_000
"""Entries between two lines of progress."""


@journal_app.command("verify")
def verify_journal(
    from_seal: Annotated[
        str | None,
        typer.Option(
            metavar="NUMBER:SEAL", help="Dấu niêm phong đã ghi lại lần trước: phát hiện cả nhật ký bị cắt đuôi."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Kiểm tra cả chuỗi niêm phong, từ bút toán đầu; in số bút toán, dấu cuối và mọi chỗ đứt. Thoát với mã 1 nếu có chỗ đứt.

    Ghi dấu cuối ra giấy hay máy khác, rồi đưa vào --from-seal lần sau: ai cắt đuôi hay viết lại cả nhật ký cũng lộ.
    """
    remembered = _seal(from_seal)

    def tell(count: int) -> None:
        if count % TELL_EVERY == 0:
            typer.echo(f"Đã xem {count} bút toán", err=True)

    async def read(services: Services) -> Verdict:
        return await verify(services.database, remembered, tell)

    verdict = ask(read)
    if as_json:
        print_json(
            {
                "good": not verdict.breaks,
                "count": verdict.count,
                "last": verdict.last,
                "seal": verdict.seal,
                "breaks": [{"number": each.number, "code": each.code, "what": each.what} for each in verdict.breaks],
            }
        )
    else:
        for each in verdict.breaks:
            typer.echo(f"Bút toán {each.number}, phiếu {each.code or '—'}: {each.what}", err=True)
        typer.echo(f"{verdict.count} bút toán; dấu cuối {verdict.last}:{verdict.seal}")
        typer.echo(f"{len(verdict.breaks)} chỗ đứt." if verdict.breaks else "Chuỗi niêm phong nguyên vẹn.")
    if verdict.breaks:
        raise typer.Exit(1)


@journal_app.command("show")
def show_journal(code: Code, as_json: AsJson = False) -> None:
    """In nhật ký của một phiếu, việc đầu tiên trước."""
    entries = ask(lambda services: _whole_journal(services, code))
    if as_json:
        print_json([entry.model_dump(mode="json") for entry in entries])
        return
    for entry in entries:
        typer.echo(f"{civil(entry.at)}  {entry.actor}  {entry.what}: {entry.reason}")


async def _whole_journal(services: Services, code: str) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    query = PageQuery(limit=200)
    while True:
        page = await services.dossier.journal(code, READER, query)
        entries += page.items
        if page.next is None:
            return entries
        query = PageQuery(limit=200, cursor=page.next)


def _seal(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", text.strip())
    if not found:
        raise Invalid("--from-seal phải là NUMBER:SEAL như `hotline1022 journal verify` đã in", field="from_seal")
    return int(found[1]), found[2]
