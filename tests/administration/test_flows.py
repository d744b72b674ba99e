"""Claims about flows in the panel: the picture tells every node and way and runs nothing; a rehearsal is the real machine's."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.administration import picture
from hotline1022.administration.rehearsal import ACTS, MOST_STEPS, rehearse
from ivr.flow import Flow
from ivr.prompt_book import PromptBook, load_book
from ivr.shelf import SHIPPED_FLOW, SHIPPED_SURVEY, examine
from tests.administration.conftest import Ask, shipped

BOOK = load_book()


def flow(path: object = SHIPPED_FLOW) -> Flow:
    found, _ = examine(path, BOOK, dict.fromkeys(BOOK, ""))  # type: ignore[arg-type]
    assert found is not None
    return found


FLOWS = {"default": flow(), "survey": flow(SHIPPED_SURVEY)}


@pytest.mark.parametrize("name", list(FLOWS))
def test_the_picture_shows_every_node_once_and_holds_nothing_that_runs(name: str) -> None:
    drawn = ET.fromstring(picture.svg(FLOWS[name]))  # noqa: S314 (made here)
    kinds = {element.tag.rpartition("}")[2] for element in drawn.iter()}
    assert kinds <= {"svg", "title", "style", "defs", "marker", "path", "rect", "g", "text"}
    labels = [
        element.attrib["aria-label"].partition(":")[0] for element in drawn.iter() if "aria-label" in element.attrib
    ]
    assert sorted(labels) == sorted(FLOWS[name].nodes)
    assert all(not key.startswith("on") for element in drawn.iter() for key in element.attrib)


def test_no_box_lies_on_another() -> None:
    drawn = ET.fromstring(picture.svg(FLOWS["default"]))  # noqa: S314 (made here)
    boxes = [
        (int(each.attrib["x"]), int(each.attrib["y"]))
        for each in drawn.iter()
        if "b" in each.attrib.get("class", "").split()
    ]
    for at, (x, y) in enumerate(boxes):
        for other_x, other_y in boxes[at + 1 :]:
            assert abs(x - other_x) >= picture.WIDE or abs(y - other_y) >= picture.HIGH


@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=25), st.sampled_from(sorted(FLOWS)), st.booleans())
def test_whatever_is_pressed_a_rehearsal_comes_to_an_end(acts: list[str], name: str, is_open: bool) -> None:
    book: PromptBook = BOOK
    heard = rehearse(FLOWS[name], book, acts, {"open-now": is_open})
    assert heard
    assert len(heard) < MOST_STEPS * 3
    assert all(each.node in FLOWS[name].nodes for each in heard)


async def test_a_rehearsal_tells_what_is_said_at_which_node_and_follows_the_keys(ask: Ask) -> None:
    status, told = await ask("POST", "/api/flows/default/rehearse", "hoa", json={})
    assert status == 200
    assert told["lines"][0] == {"said": BOOK["greeting"].text, "node": "greeting", "kind": "said"}
    begun = len(told["lines"])
    _, further = await ask("POST", "/api/flows/default/rehearse", json={"keys": ["2"]})
    assert further["lines"][:begun] == told["lines"]
    assert further["lines"][begun]["said"] == "(bấm 2)"
    _, gone = await ask("POST", "/api/flows/default/rehearse", json={"keys": ["hangup"]})
    assert gone["lines"][-1]["kind"] == "over"


async def test_a_draft_is_rehearsed_and_drawn_before_it_is_in_force(ask: Ask) -> None:
    text = shipped("default").replace("consent", "chao-hoi").replace("emit: chao-hoi", "emit: consent")
    status, told = await ask("POST", "/api/flows/default/rehearse", json={"text": text})
    assert (status, told["lines"][0]["node"]) == (200, "greeting")
    _, verdict = await ask("PUT", "/api/rule-files/default/draft", json={"text": text})
    assert [each for each in verdict["findings"] if each["level"] == "error"] == []
    assert "Cuộc gọi đang nghe kịch bản cũ" in verdict["effect"]
    _, drawn = await ask("GET", "/api/flows/default/picture?draft=true")
    assert b"chao-hoi:" in drawn
    _, drawn = await ask("GET", "/api/flows/default/picture")
    assert drawn.startswith(b"<svg")
    assert b"chao-hoi:" not in drawn


async def test_what_cannot_be_rehearsed_is_said_with_its_line(ask: Ask) -> None:
    status, told = await ask("POST", "/api/flows/default/rehearse", json={"text": "start: [\n"})
    assert status == 409
    assert "dòng" in told["detail"]
    assert (await ask("POST", "/api/flows/default/rehearse", json={"keys": ["A"]}))[0] == 422
    assert (await ask("GET", "/api/flows/topics/picture"))[0] == 404
    assert (await ask("GET", "/api/flows/khac/picture"))[0] == 404


async def test_a_draft_of_a_flow_that_leads_nowhere_is_told_with_the_step(ask: Ask) -> None:
    text = shipped("default")
    line = next(at for at, each in enumerate(text.splitlines(), 1) if each.endswith("then: consent"))
    broken = text.replace("then: consent", "then: khong-co", 1)
    _, told = await ask("PUT", "/api/rule-files/default/draft", json={"text": broken})
    assert {"level": "error", "line": line} in [
        {"level": each["level"], "line": each["line"]} for each in told["findings"] if "khong-co" in each["what"]
    ]
    assert (await ask("POST", "/api/rule-files/default/activate", "minh", json={}))[0] == 409
