"""Flows on the command line: check, draw and rehearse them. Thin: it reads arguments, calls ``ivr`` and prints."""

from pathlib import Path
from typing import Annotated

import typer

from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings
from ivr.draw import mermaid
from ivr.finding import BrokenFileError
from ivr.flow import Flow
from ivr.overrides import Overrides
from ivr.prompt_book import PromptBook, load_book
from ivr.recordings import recorded
from ivr.rehearse import rehearse
from ivr.shelf import SHIPPED_FLOW, examine

flows_app = typer.Typer(no_args_is_help=True, help="Luồng thoại: kiểm tra, vẽ, diễn tập.")

FlowFile = Annotated[Path | None, typer.Argument(help="Tệp luồng; để trống: luồng đang dùng.", show_default=False)]


@flows_app.command("check")
def check_flow(file: FlowFile = None) -> None:
    """Kiểm tra một luồng; mỗi điều sai một dòng, có tệp và số dòng. Thoát với mã 1 nếu luồng không dùng được."""
    path, book, texts = _files(file)
    flow, findings = examine(path, book, texts)
    for finding in findings:
        typer.echo(str(finding), err=True)
    if flow is None:
        raise typer.Exit(1)
    typer.echo(f"Luồng {flow.version} dùng được: {len(flow.nodes)} nút.")


@flows_app.command("draw")
def draw_flow(file: FlowFile = None) -> None:
    """Vẽ một luồng thành sơ đồ Mermaid, in ra màn hình."""
    typer.echo(mermaid(_flow(file)[0]), nl=False)


@flows_app.command("rehearse")
def rehearse_flow(
    file: FlowFile = None,
    keys: Annotated[str, typer.Option(help="Các phím người gọi bấm lần lượt; dấu phẩy là im lặng.")] = "",
    script: Annotated[Path | None, typer.Option(help="Tệp kịch bản.", exists=True, dir_okay=False)] = None,
    facts: Annotated[str, typer.Option(help="Dữ kiện đúng khi gọi đến, cách nhau bằng dấu cách.")] = "open-now",
) -> None:
    """Diễn tập một cuộc gọi trên giấy: in ra điều người gọi nghe và điều hệ thống làm."""
    flow, book = _flow(file)
    if script is not None:
        text, name = script.read_text(encoding="utf-8"), str(script)
    else:
        acts = ("silence" if key == "," else f"keys {key}" for key in keys)
        text, name = "\n".join([f"facts {facts}", *acts]), "--keys"
    try:
        typer.echo(rehearse(flow, book, text, name), nl=False)
    except HotlineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _files(file: Path | None) -> tuple[Path, PromptBook, dict[str, str]]:
    own = Overrides(Settings.load().data)
    try:
        book = load_book(own.texts)
    except BrokenFileError as error:
        for finding in error.findings:
            typer.echo(str(finding), err=True)
        raise typer.Exit(1) from error
    used = own.flow if own.flow.is_file() else SHIPPED_FLOW
    return file or used, book, recorded(book, own.recordings)


def _flow(file: Path | None) -> tuple[Flow, PromptBook]:
    path, book, texts = _files(file)
    flow, findings = examine(path, book, texts)
    if flow is None:
        for finding in findings:
            typer.echo(str(finding), err=True)
        raise typer.Exit(1)
    return flow, book
