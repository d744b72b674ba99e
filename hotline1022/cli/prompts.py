"""Prompts on the command line: list them, make their recordings. Thin: it reads arguments, calls ``ivr`` and prints."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings
from ivr.overrides import Overrides
from ivr.prompt_book import PromptBook, load_book
from ivr.recordings import RECORDINGS, recordings
from ivr.voice import espeak, make, piper

prompts_app = typer.Typer(no_args_is_help=True, help="Câu thoại: liệt kê, làm bản ghi âm.")

AgencyFile = Annotated[
    Path | None, typer.Option(help="Tệp tên đọc của cơ quan (mã: lời đọc).", exists=True, dir_okay=False)
]


@prompts_app.command("make")
def make_prompts(
    piper_model: Annotated[
        Path | None, typer.Option("--piper", help="Tệp giọng Piper (.onnx); không có: espeak-ng.")
    ] = None,
    agencies: AgencyFile = None,
    package: Annotated[bool, typer.Option("--package", help="Làm vào gói phần mềm thay vì thư mục dữ liệu.")] = False,
) -> None:
    """Làm bản ghi âm cho câu chưa có, hoặc có lời hay giọng đã đổi. Bản do người thu không bao giờ bị thay."""
    own = Overrides(Settings.load().data)
    try:
        book = load_book(None if package else own.texts, agencies)
        voice = piper(piper_model) if piper_model else espeak()
        # Another voice is wanted for everything; the same voice only for what the package does not have.
        shipped = None if package or piper_model else RECORDINGS
        folder = RECORDINGS if package else own.recordings
        made = make(book, voice, folder, shipped=shipped, told=lambda name: typer.echo(f"  {name}"))
    except HotlineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Đã làm {len(made)} bản ghi âm vào {folder} bằng giọng {voice.name}.")


@prompts_app.command("list")
def list_prompts(
    problems: Annotated[bool, typer.Option("--problems", help="Chỉ những câu chưa phát được.")] = False,
    agencies: AgencyFile = None,
) -> None:
    """Liệt kê câu thoại, lời và bản ghi âm. Thoát với mã 1 nếu có câu chưa phát được."""
    own = Overrides(Settings.load().data)
    try:
        book: PromptBook = load_book(own.texts, agencies)
    except HotlineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    found = recordings(book, own.recordings)
    table = Table("Câu", "Lời", "Bản ghi âm")
    for name, recording in found.items():
        if recording.problem or not problems:
            table.add_row(name, recording.prompt.text, recording.problem or str(recording.path))
    Console().print(table)
    if any(recording.problem for recording in found.values()):
        raise typer.Exit(1)
