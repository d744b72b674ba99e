"""Claims about which flow a call follows when files change under it."""

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.finding import BrokenFileError
from ivr.machine import begin, step
from ivr.model import HungUp
from ivr.prompt_book import PromptBook
from ivr.shelf import SHIPPED_FLOW, Shelf
from tests.ivr.small_flow import GOOD


def test_without_a_file_of_the_province_the_shipped_flow_is_used(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    shelf = Shelf(book, usable, tmp_path / "none.yaml")
    assert shelf.current.name == "default"
    assert shelf.findings == ()


def test_file_of_the_province_is_used_if_nothing_is_wrong_with_it(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(GOOD, encoding="utf-8")
    assert Shelf(book, usable, own).current.name == "small"


def test_broken_file_is_told_and_the_last_good_flow_stays(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(GOOD, encoding="utf-8")
    shelf = Shelf(book, usable, own)
    good = shelf.current
    own.write_text(GOOD.replace("then: ask", "then: aks"), encoding="utf-8")
    assert shelf.refresh(book, usable) is good
    assert str(shelf.findings[0]).startswith(f"{own}:9: lỗi: ")
    own.write_text(GOOD + "# repaired\n", encoding="utf-8")
    assert shelf.refresh(book, usable).version != good.version
    assert not any(finding.level == "error" for finding in shelf.findings)
    own.unlink()
    assert shelf.refresh(book, usable).name == "default"


def test_broken_file_at_the_start_leaves_the_shipped_flow(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("flow: [", encoding="utf-8")
    shelf = Shelf(book, usable, own)
    assert shelf.current.name == "default"
    assert shelf.findings[0].file == str(own)


def test_call_keeps_the_flow_that_it_began_with(tmp_path: Path, book: PromptBook, usable: dict[str, str]) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(GOOD, encoding="utf-8")
    shelf = Shelf(book, usable, own)
    state, _ = begin(shelf.current, {})
    own.unlink()
    assert shelf.refresh(book, usable).version != state.flow
    kept = shelf.of(state)
    assert kept is not None
    assert kept.version == state.flow
    assert step(kept, state, HungUp())[0].result == "caller-left"
    assert shelf.of(state._replace(flow="small-3-00000000")) is None


def test_hotline_starts_without_a_recording_and_says_which(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    shelf = Shelf(book, usable | {"menu": "không có bản ghi âm"}, tmp_path / "none.yaml")
    assert shelf.current.name == "default"
    assert [finding.what for finding in shelf.findings] == ["Câu “menu”: không có bản ghi âm"]


def test_shipped_flow_that_is_broken_stops_the_start_with_file_and_line(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    broken = tmp_path / "default.yaml"
    broken.write_text(
        SHIPPED_FLOW.read_text(encoding="utf-8").replace("then: emergency", "then: nowhere"), encoding="utf-8"
    )
    with pytest.raises(BrokenFileError, match=r"default\.yaml:\d+: .*nowhere"):
        Shelf(book, usable, shipped=broken)


def test_other_words_of_a_prompt_that_is_said_make_another_version_and_those_of_another_do_not(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(GOOD, encoding="utf-8")
    versions = {}
    for changed in ("", "greeting", "survey-greeting"):
        words = {
            name: replace(each, text=f"{each.text} Ạ.") if name == changed else each for name, each in book.items()
        }
        versions[changed] = Shelf(PromptBook(words), usable, own).current.version
    assert versions["greeting"] != versions[""]
    assert versions["survey-greeting"] == versions[""]
