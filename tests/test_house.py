"""Claims about the house itself: who knows whom, which rooms are pure, and that every file says what it is. Nothing is run here."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("hotline1022", "telephony", "ivr", "transcription", "tickets", "surveys")

PURE = (
    "*/events.py",
    "*/model.py",
    "ivr/check.py",
    "ivr/draw.py",
    "ivr/flow.py",
    "ivr/machine.py",
    "ivr/rehearse.py",
    "ivr/walk.py",
    "hotline1022/reporting/hot_spots.py",
    "hotline1022/reporting/report.py",
    "hotline1022/reporting/rendering/letterhead.py",
    "hotline1022/reporting/spoken.py",
    "hotline1022/reporting/staffing.py",
    "hotline1022/reporting/standing.py",
    "hotline1022/reporting/suppression.py",
    "hotline1022/reporting/written.py",
    "surveys/comparison.py",
    "surveys/imports/lines.py",
    "surveys/questionnaire.py",
    "surveys/counting.py",
    "surveys/duties.py",
    "surveys/points.py",
    "surveys/scores/figures.py",
    "surveys/scores/model.py",
    "surveys/scores/period.py",
    "surveys/scoring.py",
    "surveys/tally.py",
    "telephony/callbacks/rules.py",
    "tickets/acts/[a-z]*.py",
    "tickets/appointments/model.py",
    "tickets/appointments/window.py",
    "tickets/calendar.py",
    "tickets/change.py",
    "tickets/clocks.py",
    "tickets/code.py",
    "tickets/deciding.py",
    "tickets/drawing.py",
    "tickets/drafts/merging.py",
    "tickets/gazetteer.py",
    "tickets/inbox/left.py",
    "tickets/inbox/work.py",
    "tickets/journal/chain.py",
    "tickets/letters/model.py",
    "tickets/letters/template.py",
    "tickets/mentions.py",
    "tickets/moves.py",
    "tickets/open311/model.py",
    "tickets/open311/services.py",
    "tickets/open311/xml.py",
    "tickets/photos/model.py",
    "tickets/photos/picture.py",
    "tickets/places.py",
    "tickets/public/guessing.py",
    "tickets/publication/redaction.py",
    "tickets/routing.py",
    "tickets/search/words.py",
    "tickets/sight.py",
    "tickets/sla.py",
    "tickets/slips/preview.py",
    "tickets/slips/reading_aloud.py",
    "tickets/spelling.py",
    "tickets/stages.py",
    "tickets/subjects.py",
    "tickets/suggesting/heard.py",
    "tickets/suggesting/phrases.py",
    "tickets/suggesting/proposing.py",
    "tickets/telling.py",
    "tickets/topics.py",
    "transcription/admission.py",
    "transcription/feed_clock.py",
    "transcription/feeding.py",
    "transcription/gates.py",
    "transcription/marks.py",
    "transcription/masking.py",
    "transcription/numbers.py",
    "transcription/speech_gate.py",
)
"""The rooms of rules: the same question gets the same answer, whatever the hour, the database or the network."""

OUTSIDE = frozenset(
    {"sqlalchemy", "aiohttp", "panoramisk", "vosk", "asyncio", "logging", "structlog", "time", "socket", "threading"}
)
"""What a pure module may not reach, not even through another module of the house."""

ONLY_IN = {
    "dbos": "hotline1022.base.jobs",
    "panoramisk": "telephony",
    "vosk": "transcription",
    "pydub": "transcription",
}
"""The one room in which a library may be named."""

LONGEST = 350
REASON = "# Longer than"
"""A file over ``LONGEST`` lines has a comment that begins so and says why."""


def modules() -> Iterator[Path]:
    for package in (*PACKAGES, "tests"):
        yield from sorted((ROOT / package).rglob("*.py"))


def names(pattern: str) -> list[str]:
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(ROOT.glob(pattern))]


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def test_import_contracts_hold() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    linted = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("name", [name for pattern in PURE for name in names(pattern)])
def test_pure_module_reaches_nothing_outside(name: str) -> None:
    for forbidden in sorted(OUTSIDE & graph().modules):
        chain = graph().find_shortest_chain(name, forbidden)
        assert chain is None, " -> ".join(chain)


@pytest.mark.parametrize("name", [name for pattern in PURE for name in names(pattern)])
def test_pure_module_asks_no_clock(name: str) -> None:
    tree = ast.parse((ROOT / name.replace(".", "/")).with_suffix(".py").read_text())
    asked = [
        f"line {node.lineno}: {node.func.attr}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
    ]
    assert asked == []


@pytest.mark.parametrize(("library", "room"), ONLY_IN.items())
def test_library_is_named_in_its_one_room_only(library: str, room: str) -> None:
    if library not in graph().modules:
        pytest.skip(f"nobody names {library} yet")
    importers = graph().find_modules_that_directly_import(library)
    assert {name for name in importers if name != room and not name.startswith(f"{room}.")} == set()


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in modules()
        if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_module_is_long_without_a_reason() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in modules()
        if (count := path.read_text().count("\n")) > LONGEST and REASON not in path.read_text()
    ]
    assert long == []
