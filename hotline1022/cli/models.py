"""``hotline1022 models``: which recognition models there are, fetching, verifying, adding by hand.

Thin: the work is transcription's.
"""

import asyncio
import os
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table

from hotline1022.base.errors import HotlineError
from transcription.fetch import add as add_model
from transcription.fetch import fetch as fetch_model
from transcription.registry import EngineChoice, ModelEntry, SourceKind, choose_engine, load_registry, state_of

SOURCES_VARIABLE = "HOTLINE_MODEL_SOURCES"
"""Kinds of source in order of trial, e.g. ``package,page,hub``; without it, the registry's order."""

app = typer.Typer(no_args_is_help=False, help="Mô hình nhận dạng tiếng nói: xem, tải, kiểm tra, chép tay.")

DataFolder = Annotated[Path, typer.Option("--data", envvar="HOTLINE_DATA", help="Thư mục dữ liệu.")]
ModelsFolder = Annotated[
    Path | None, typer.Option("--models", envvar="HOTLINE_MODELS", help="Thư mục mô hình, nếu không nằm trong dữ liệu.")
]


EngineSetting = Literal["auto", "vosk", "whisper", "none"]


class ScreenReport:
    """Tells a fetch on the screen, with a bar."""

    def __init__(self, console: Console, size: int) -> None:
        self._console = console
        self._size = size
        self.progress = Progress(
            TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), console=console
        )
        self._task = self.progress.add_task("", total=size)

    def trying(self, name: str, where: str) -> None:
        """A source is being tried."""
        self._console.print(f"Tải {name} từ {where}")
        self.progress.reset(self._task, total=self._size, description=name)

    def amount(self, done: int, total: int | None) -> None:
        """``done`` of ``total`` bytes are here."""
        self.progress.update(self._task, completed=done, total=max(total or self._size, done))

    def refused(self, sentence: str) -> None:
        """The source could not give the model; the next one is tried."""
        self._console.print(f"[yellow]Không được:[/] {sentence}")


def models_folder(data: Path, models: Path | None) -> Path:
    """Where models live: ``models`` if given, else ``HOTLINE_MODELS``, else ``models`` in the data folder."""
    return models or Path(os.environ.get("HOTLINE_MODELS") or data / "models")


def sources_order() -> tuple[SourceKind, ...] | None:
    """The order that SOURCES_VARIABLE asks for, or None. Raises HotlineError for an unknown kind."""
    raw = os.environ.get(SOURCES_VARIABLE, "").strip()
    kinds = tuple(kind.strip() for kind in raw.split(",") if kind.strip())
    if unknown := [kind for kind in kinds if kind not in get_args(SourceKind)]:
        raise HotlineError(
            f"{SOURCES_VARIABLE} có loại nguồn lạ: {unknown[0]}", remedy=f"dùng {', '.join(get_args(SourceKind))}"
        )
    return cast(tuple[SourceKind, ...], kinds) or None


def entries_named(names: list[str], data: Path) -> list[ModelEntry]:
    """The registry's entries with these names. Raises HotlineError for an unknown name."""
    registry = load_registry(data)
    if unknown := [name for name in names if name not in registry]:
        raise HotlineError(f"Không có mô hình tên {unknown[0]}", remedy=f"dùng một trong {', '.join(registry)}")
    return [registry[name] for name in names]


@app.callback(invoke_without_command=True)
def _default(context: typer.Context, data: DataFolder = Path("var"), models: ModelsFolder = None) -> None:
    if context.invoked_subcommand is None:
        list_models(data, models)


@app.command("list")
def list_models(data: DataFolder = Path("var"), models: ModelsFolder = None) -> None:
    """Liệt kê các mô hình và tình trạng trên máy này."""
    console = Console()
    registry = load_registry(data)
    folder = models_folder(data, models)
    states = {name: state_of(entry, folder) for name, entry in registry.items()}
    table = Table("Tên", "Bộ máy", "Tiếng", "Vai trò", "Giấy phép", "Cỡ", "Tình trạng")
    for name, entry in registry.items():
        state = states[name]
        how = "nguyên vẹn" if state.intact else "không dùng được" if state.present else "chưa có"
        size = f"{entry.size / 1e6:.0f} MB"
        table.add_row(name, entry.engine, entry.language, entry.role, entry.licence, size, how)
    console.print(table)
    for state in states.values():
        if state.present and not state.intact:
            console.print(state.sentence)
    console.print(choose_engine("auto", registry, states).why)


@app.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Tên mô hình; để trống: mọi mô hình cần cho tiếng Việt.")
    ] = None,
    data: DataFolder = Path("var"),
    models: ModelsFolder = None,
) -> None:
    """Tải mô hình, kiểm tra mã sha256, đặt vào thư mục mô hình."""
    console = Console()
    folder = models_folder(data, models)
    wanted = entries_named(names, data) if names else _default_entries(data)
    failed = [entry.name for entry in wanted if not _fetched(entry, folder, console)]
    registry = load_registry(data)
    choice = choose_engine("auto", registry, {name: state_of(entry, folder) for name, entry in registry.items()})
    console.print(choice.why)
    # Without names any usable engine is a success: the vendor's model cannot be had everywhere.
    if failed and (names or choice.engine == "none"):
        raise typer.Exit(1)


def ensure(data: Path, setting: EngineSetting, console: Console) -> None:
    """Fetch the usual models unless an engine can work already; without any the hotline runs and says so."""
    folder, registry = models_folder(data, None), load_registry(data)

    def choice() -> EngineChoice:
        return choose_engine(setting, registry, {name: state_of(entry, folder) for name, entry in registry.items()})

    if setting != "none" and choice().engine == "none":
        for entry in _default_entries(data):
            _fetched(entry, folder, console)
    console.print(f"  {choice().why}", soft_wrap=True)


VOICES = "voices-vi"
CITIZEN_VOICE = "Đoan (nữ miền Nam).wav"
"""A woman of the south speaks for six seconds."""


def demonstration_voice(data: Path, console: Console) -> Path:
    """A recording of a real person, fetched the first time. Raises HotlineError when none can be had."""
    folder, entry = models_folder(data, None), load_registry(data)[VOICES]
    if not _fetched(entry, folder, console):
        raise HotlineError(
            "Chưa có giọng nói mẫu cho cuộc gọi thử",
            remedy="chạy lại với một tệp của mình: make demo ARGS='--wav TỆP.wav'",
        )
    return folder / VOICES / CITIZEN_VOICE


def _default_entries(data: Path) -> list[ModelEntry]:
    names = ["vosk-vi-small", "silero-vad", "whisper-base"]
    return entries_named(names, data)


def _fetched(entry: ModelEntry, folder: Path, console: Console) -> bool:
    state = state_of(entry, folder)
    if state.intact:
        console.print(state.sentence)
        return True
    report = ScreenReport(console, entry.size)
    try:
        with report.progress:
            asyncio.run(fetch_model(entry, folder, report, sources_order()))
    except HotlineError as error:
        console.print(f"[red]{error}[/]")
        return False
    console.print(state_of(entry, folder).sentence)
    return True


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Tên mô hình; để trống: mọi mô hình đang có.")] = None,
    data: DataFolder = Path("var"),
    models: ModelsFolder = None,
) -> None:
    """Đọc lại từng tệp và so mã sha256; thoát khác 0 nếu có mô hình hỏng."""
    folder = models_folder(data, models)
    entries = entries_named(names, data) if names else list(load_registry(data).values())
    states = [state_of(entry, folder) for entry in entries]
    told = [state for state in states if names or state.present]
    for state in told:
        Console().print(state.sentence)
    if any(not state.intact for state in told):
        raise typer.Exit(1)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="Tên mô hình trong danh sách.")],
    path: Annotated[Path, typer.Argument(help="Thư mục, tệp .zip hoặc .whl chứa mô hình.")],
    data: DataFolder = Path("var"),
    models: ModelsFolder = None,
) -> None:
    """Nhận một mô hình chép tay, dùng khi máy này không có mạng."""
    folder = models_folder(data, models)
    (entry,) = entries_named([name], data)
    add_model(entry, path, folder)
    Console().print(state_of(entry, folder).sentence)
