"""``hotline1022 rules check`` and ``place``: the rule files of the data folder, and a place in words. Thin: it reads, and prints."""

from pathlib import Path
from typing import Annotated

import typer

from hotline1022.base.rule_files import shipped_names
from hotline1022.cli.asking import RULES_FOLDER, AsJson, print_json
from hotline1022.config import Settings
from hotline1022.survey_desk import mistakes as survey_mistakes
from telephony.callbacks.policy import mistakes as callback_mistakes
from tickets.rules import Rules, mistakes

rules_app = typer.Typer(no_args_is_help=True, help="Tệp quy tắc của tỉnh.")


@rules_app.command("check")
def check(as_json: AsJson = False) -> None:
    """Đọc mọi tệp quy tắc; mỗi tệp một dòng, chỗ sai có tệp và số dòng. Thoát với mã 1 nếu có tệp không dùng được."""
    folder, names = (
        rules_folder(),
        tuple(name for package in ("tickets", "surveys", "telephony") for name in shipped_names(package)),
    )
    wrong = [*mistakes(folder), *survey_mistakes(folder), *callback_mistakes(folder)]
    own = {name: (folder / name).is_file() for name in names}
    ignored = sorted(str(path) for path in folder.glob("*") if path.is_file() and path.name not in names)
    if as_json:
        told = [{"path": str(each.path), "line": each.line, "what": each.mistake} for each in wrong]
        print_json({"good": not wrong, "mistakes": told, "own": own, "ignored": ignored})
    else:
        for name in names:
            typer.echo(f"{name}: {'của tỉnh' if own[name] else 'có sẵn'}")
        for path in ignored:
            typer.echo(f"{path}: không phải tên tệp quy tắc nào, bị bỏ qua", err=True)
        for each in wrong:
            typer.echo(f"Lỗi: {each}", err=True)
        if not wrong:
            typer.echo("Mọi quy tắc dùng được.")
    if wrong:
        raise typer.Exit(1)


def place(
    text: Annotated[str, typer.Argument(help="Lời nói hoặc chữ viết có tên nơi.")], as_json: AsJson = False
) -> None:
    """Tìm xã, phường ngày nay trong lời nói; tên cũ, không dấu, viết tắt đều được."""
    finding = loaded_rules().places.find(text)
    if as_json:
        candidates = [candidate.model_dump() for candidate in finding.candidates]
        print_json({"candidates": candidates, "question": finding.question})
        return
    for candidate in finding.candidates:
        typer.echo(f"{candidate.score:.2f}  {candidate.code}  {candidate.name}")
    typer.echo(finding.question or ("" if finding.candidates else "Không nghe thấy tên xã, phường nào."))


def loaded_rules() -> Rules:
    """The rules of this installation. Raises RuleFileError."""
    return Rules.load(rules_folder())


def rules_folder() -> Path:
    """Where the province's own rule files lie."""
    return Settings.load().data / RULES_FOLDER
