"""The picture and the table in the documentation are those that the code makes."""

import re
from pathlib import Path

import pytest

from tickets.drawing import markdown, mermaid
from tickets.model import Stage
from tickets.stages import MOVES

PAGE = Path(__file__).parent.parent.parent / "docs" / "lifecycle.md"
MADE = {"picture": f"```mermaid\n{mermaid()}```\n", "table": markdown()}


@pytest.mark.parametrize("part", MADE)
def test_the_page_holds_what_the_table_makes(part: str) -> None:
    """Write the page anew with ``hotline1022 tickets table --mermaid`` and ``--markdown`` when this fails."""
    found = re.search(rf"<!-- {part}: made by .* -->\n(.*?)<!-- end of {part} -->", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    assert found[1] == MADE[part]


def test_the_picture_has_an_arrow_for_each_pair_of_stages_that_moves_join_and_no_other() -> None:
    drawn = re.findall(r"^  (\w+) --> (\w+): (.+)$", mermaid(), re.MULTILINE)
    joined = {(source, move.target) for move in MOVES for source in move.sources if move.target is not None}
    assert {(source, target) for source, target, _ in drawn} == joined
    assert len(drawn) == len(joined)
    titles = {title for *_, label in drawn for title in label.split("<br/>")}
    assert titles == {move.title for move in MOVES if move.target is not None}


def test_every_stage_and_move_has_its_row() -> None:
    names = re.findall(r"^\| `([a-z-]+)` \|", markdown(), re.MULTILINE)
    assert names == [*Stage, *(move.name for move in MOVES)]
