"""Claims that the documentation makes about the code: what it names exists, and what must be documented is. No behaviour is tested here."""

import importlib
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from functools import cache, reduce
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import SecretStr

from hotline1022.base.events import Event
from hotline1022.cli import app
from hotline1022.config import Settings

ROOT = Path(__file__).parent.parent
PACKAGES = ("hotline1022", "telephony", "ivr", "transcription", "tickets", "surveys")
PAGES = tuple(sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]))

ARCHITECTURE = ROOT / "docs" / "architecture.md"
OPERATIONS = ROOT / "docs" / "operations.md"
DECISIONS = ROOT / "docs" / "decisions.md"

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")


@cache
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def code(page: Path) -> Iterator[str]:
    """The lines of code blocks, and the code within sentences."""
    for block in BLOCK.findall(text(page)):
        yield from block.splitlines()
    yield from SPAN.findall(BLOCK.sub("", text(page)))


def prose(page: Path) -> str:
    """The page without its code."""
    return SPAN.sub("", BLOCK.sub("", text(page)))


def rows(page: Path) -> Iterator[list[str]]:
    """The cells of every table row."""
    for line in text(page).splitlines():
        if line.startswith("|"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def first_cell_names(page: Path, pattern: str) -> set[str]:
    return {name for row in rows(page) for name in re.findall(rf"`({pattern})`", row[0])}


def resolve(dotted: str) -> Any:
    """The module, or what a module holds under the rest of the name. Raises ImportError or AttributeError."""
    parts = dotted.split(".")
    for known in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:known]))
        except ModuleNotFoundError:
            continue
        return reduce(getattr, parts[known:], module)
    raise ModuleNotFoundError(dotted)


@each_page
def test_every_module_and_file_that_is_named_exists(page: Path) -> None:
    absent = []
    for span in code(page):
        for dotted in re.findall(rf"(?<![\w./])(?:{'|'.join(PACKAGES)})(?:\.\w+)+(?![\w/(])", span):
            if Path(dotted).suffix in {".service", ".sqlite"}:
                continue
            try:
                resolve(dotted)
            except (ImportError, AttributeError):
                absent.append(dotted)
        for path in re.findall(rf"(?<![\w./])(?:{'|'.join((*PACKAGES, 'tests', 'docs'))})/[\w./-]*", span):
            if not (ROOT / path).exists():
                absent.append(path)
    assert absent == []


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {row[0].strip("`"): row for row in rows(OPERATIONS) if row[0].startswith("`HOTLINE_")}
    for name, field in Settings.model_fields.items():
        row = documented.get(f"HOTLINE_{name.upper()}")
        assert row, f"{name} is not in the table of settings"
        assert len(row) == 3, row
        assert row[2], name
        if isinstance(field.default, SecretStr):
            assert row[1] == "generated"
        elif field.default in ("", None):
            assert row[1].startswith("empty")
        else:
            plain = field.default
            shown = str(plain).lower() if isinstance(plain, bool) else str(plain).replace("'", '"')
            assert row[1] == f"`{shown}`", name


@each_page
def test_no_setting_is_named_that_nothing_reads(page: Path) -> None:
    settings = {f"HOTLINE_{name.upper()}" for name in Settings.model_fields}
    programs = [*(ROOT / "hotline1022" / "cli").glob("*.py"), *(ROOT / "bench").glob("*.py")]
    sources = [*programs, ROOT / "telephony/asterisk/templates/extensions.conf"]
    read = {name for source in sources for name in re.findall(r"HOTLINE_[A-Z_]*[A-Z]", text(source))}
    named = set(re.findall(r"HOTLINE_[A-Z_]*[A-Z]", text(page)))
    assert named - settings - read == set()


def test_every_variable_that_only_commands_read_is_documented() -> None:
    read = {
        name
        for source in (ROOT / "hotline1022" / "cli").glob("*.py")
        for name in re.findall(r"\"(HOTLINE_[A-Z_]*[A-Z])\"", text(source))
    }
    assert read - first_cell_names(OPERATIONS, r"HOTLINE_\w+") == set()


@each_page
def test_every_command_that_is_named_exists_with_its_options(page: Path) -> None:
    wrong = []
    for span in code(page):
        for words in re.findall(r"(?<![\w-])hotline1022((?: [^\s`,;]+)+)", span):
            command: Any = typer.main.get_command(app)
            told = words.split()
            while told and getattr(command, "commands", None) and re.fullmatch(r"[a-z][a-z-]*", told[0]):
                name = told.pop(0)
                command = command.commands.get(name)
                if command is None:
                    wrong.append(f"hotline1022{words}")
                    break
            if command is not None:
                options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
                wrong += [
                    f"hotline1022{words}: {word}" for word in told if word.startswith("--") and word not in options
                ]
    assert wrong == []


@each_page
def test_every_make_goal_that_is_named_exists(page: Path) -> None:
    goals = set(re.findall(r"^([a-z]+):", text(ROOT / "Makefile"), re.MULTILINE))
    named = {goal for span in code(page) for goal in re.findall(r"^make (?:[A-Z]+=\S+ )*([a-z]+)", span)}
    assert named - goals == set()


def test_every_event_is_in_the_table_and_the_table_has_no_other() -> None:
    modules = [
        importlib.import_module(f"{package}.events")
        for package in PACKAGES
        if any(module.name == "events" for module in pkgutil.iter_modules([str(ROOT / package)]))
    ]
    assert modules
    events = {
        name
        for module in modules
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, Event) and kind.__module__ == module.__name__
    }
    assert first_cell_names(ARCHITECTURE, r"[A-Z]\w+") == events


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in wanted}  # type: ignore[index]
    explained = {name for row in rows(DECISIONS) for name in re.findall(r"[\w-]+", row[0])}
    assert names - explained == set()


@each_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    broken = [
        link
        for link in links
        if not re.match(r"[a-z]+:|#", link) and not (page.parent / link.partition("#")[0]).exists()
    ]
    assert broken == []
