"""Claims about what is found in a broken flow: each mistake with its file and line, and nothing in a good flow."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.finding import BrokenFileError, Finding
from ivr.flow import Flow
from ivr.prompt_book import PromptBook, load_book
from ivr.recordings import recorded
from ivr.shelf import SHIPPED_FLOW, examine
from tests.ivr.small_flow import GOOD

Find = Callable[[str], list[Finding]]


@pytest.fixture
def find(tmp_path: Path, book: PromptBook, usable: dict[str, str]) -> Find:
    """The errors of a flow file with a given text."""

    def errors_of(text: str) -> list[Finding]:
        file = tmp_path / "broken.yaml"
        file.write_text(text, encoding="utf-8")
        flow, findings = examine(file, book, usable)
        errors = [finding for finding in findings if finding.level == "error"]
        assert (flow is None) == bool(errors)
        assert all(finding.file == str(file) for finding in errors)
        return errors

    return errors_of


def test_shipped_flow_has_no_finding(book: PromptBook, usable: dict[str, str]) -> None:
    assert examine(SHIPPED_FLOW, book, usable)[1] == []


def test_small_flow_is_good(find: Find) -> None:
    assert find(GOOD) == []


MISTAKES = {
    "missing target": ("then: ask", "then: aks", 9, "không có nút “aks”"),
    "missing start": ("start: hello", "start: hallo", 1, "Nút đầu “hallo” không có"),
    "unreachable node": ("then: ask", "then: report", 10, "Không có đường nào dẫn đến nút “ask”"),
    "no way out": ("then: ask", "then: hello", 7, "không đến được điểm kết thúc"),
    "circle of silence": ("give_up: person", "give_up: ask", 10, "người gọi im lặng không bao giờ ra được"),
    "circle of failure": ("ok: code\n    failed: bye", "ok: code\n    failed: tell", 27, "vòng lặp"),
    "unknown prompt": ("play: [greeting]", "play: [greting]", 8, "Câu “greting” không có trong tệp lời thoại"),
    "key used twice": ('"0": person', '"1": person', 16, "“1” được khai hai lần (lần đầu ở dòng 15)"),
    "node used twice": ("  bye:\n", "  hello:\n", 40, "“hello” được khai hai lần (lần đầu ở dòng 7)"),
    "no such key": ('"0": person', '"A": person', 16, "không có phím “A”"),
    "too many choices": (
        '"0": person',
        '"0": person\n      "2": person\n      "3": person\n      "4": person\n      "5": person\n      "6": person',
        10,
        "có 6 lựa chọn",
    ),
    "unknown verb": ("play: [greeting]", "shout: [greeting]", 7, "phải có đúng một việc"),
    "two verbs": ("play: [greeting]", "play: [greeting]\n    queue: main", 7, "phải có đúng một việc"),
    "unknown word": ("tries: 2", "retries: 2", 13, "không có từ “retries”"),
    "missing word": ("    seconds: 7\n", "", 10, "thiếu “seconds”"),
    "missing exit": ("    silent: bye\n", "", 19, "thiếu “silent”"),
    "unknown way of speaking": ("digits: code]", "song: code]", 34, "không biết đọc giá trị kiểu “song”"),
    "value nobody gives": ("digits: code]", "digits: cood]", 34, "dùng giá trị “cood” mà không gì cho"),
    "emitted value nobody gives": ('"{topic}"', '"{topik}"', 27, "dùng giá trị “topik”"),
    "expression": ('"{topic}"', '"{topic} + 1"', 29, "không hiểu được"),
    "text that is not there": ('"{topic}"', '"{text:nothing}"', 29, "nhắc đến lời “nothing” không có"),
    "fact not declared": ("set: {topic:", "set: {open: no, topic:", 15, "đặt dữ kiện “open” chưa khai"),
    "recording without a fact for consent": (
        "recording-allowed: yes, ",
        "",
        19,
        "không khai dữ kiện “recording-allowed”",
    ),
    "flow that allows itself to record": (
        "set: {topic:",
        "set: {recording-allowed: yes, topic:",
        15,
        "không được tự cho phép ghi âm",
    ),
    "hang-up without a keeper": ("on_hangup: tell", "on_hangup: bye", 19, "on_hangup phải chỉ đến một nút emit"),
    "asked again for ever": ("    give_up: person\n", "", 10, "hỏi lại mà không có give_up"),
    "seconds that are none": ("seconds: 7", "seconds: seven", 12, "phải là số từ 0.5 đến 60"),
    "seconds out of bounds": ("seconds: 7", "seconds: 7000", 12, "phải là số từ 0.5 đến 60"),
    "not YAML": ("facts: {", "facts: {{", 5, "không phải YAML hợp lệ"),
    "list instead of names": ("nodes:\n", "nodes: [a]\nxnodes:\n", 6, "phải là các cặp"),
    "bad name": ("  bye:\n", "  Bye Bye:\n", 40, "Tên nút “Bye Bye” không hợp lệ"),
    "flag that is none": ("open-now: no", "open-now: maybe", 4, "phải là yes hoặc no"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_told_with_its_line_and_a_remedy(find: Find, mistake: str) -> None:
    old, new, line, what = MISTAKES[mistake]
    assert GOOD.count(old) == 1
    errors = find(GOOD.replace(old, new))
    assert any(error.line == line and what in error.what for error in errors), errors
    assert all(error.remedy for error in errors)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("{if: [open-now], go: ask}", "{if: [open-nwo], go: ask}", 9, "hỏi dữ kiện “open-nwo” chưa khai"),
        ("{if: [open-now], go: ask}", "{if: [open-now], to: ask}", 9, "không có từ “to”"),
        ("{if: [open-now], go: ask}", "open-now", 9, "phải là các cặp"),
        ("    else: bye\n", "", 7, "thiếu “else”"),
    ],
)
def test_mistake_in_a_choice_is_told_with_its_line(find: Find, old: str, new: str, line: int, what: str) -> None:
    choosing = GOOD.replace(
        "    play: [greeting]\n    then: ask\n", "    go:\n      - {if: [open-now], go: ask}\n    else: bye\n"
    )
    assert find(choosing) == []
    errors = find(choosing.replace(old, new))
    assert any(error.line == line and what in error.what for error in errors), errors


@pytest.mark.parametrize(
    ("digits", "what"),
    [
        ('{count: 8, finish: "#", save: code}', "thiếu “then”"),
        ('{count: 80, finish: "#", save: code, then: bye}', "phải là số từ 1 đến 20"),
        ('{count: 8, finish: "9", save: code, then: bye}', "finish “9” không hợp lệ"),
        ('{count: 8, finish: "#", save: code, then: bye}', "không đi cùng phím số riêng"),
    ],
)
def test_mistake_in_a_number_question_is_told(find: Find, digits: str, what: str) -> None:
    errors = find(GOOD.replace("    tries: 2\n", f"    tries: 2\n    digits: {digits}\n"))
    assert any(what in error.what for error in errors), errors


def test_keys_that_answer_about_recording_and_the_common_keys_are_no_choices(find: Find) -> None:
    more = "".join(f'      "{key}": person\n' for key in "2345*#")
    more += '      "9": {go: person, set: {recording-allowed: no}}\n'
    assert find(GOOD.replace('      "0": person\n', '      "0": person\n' + more)) == []


def test_prompt_without_text_or_recording_or_with_an_old_recording_is_told(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    (tmp_path / "vi.yaml").write_text('flow:\n  greeting: ""\n', encoding="utf-8")
    file = tmp_path / "small.yaml"
    file.write_text(GOOD, encoding="utf-8")

    def wrong(book: PromptBook, usable: dict[str, str]) -> list[tuple[int, str]]:
        findings = examine(file, book, usable)[1]
        return [(finding.line, finding.what) for finding in findings if finding.level == "error"]

    assert wrong(load_book(tmp_path), usable) == [(8, "Câu “greeting” không có lời")]
    without = {name: problem for name, problem in usable.items() if name != "menu"}
    assert wrong(book, without) == [(11, "Câu “menu”: không có bản ghi âm")]
    old = usable | {"digit-7": "bản ghi âm được làm từ lời cũ"}
    assert wrong(book, old) == [(34, "Câu “digit-7”: bản ghi âm được làm từ lời cũ")]


def test_agency_without_a_recording_of_its_own_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "agencies.yaml").write_text("so-y-te: Sở Y tế.\n", encoding="utf-8")
    book = load_book(tmp_path)
    flow, findings = examine(SHIPPED_FLOW, book, recorded(book))
    assert flow is not None
    assert [(f.level, f.file, f.line) for f in findings] == [("warning", str(tmp_path / "agencies.yaml"), 1)]
    assert "Sở Y tế" in findings[0].what


def test_prompt_that_no_flow_uses_is_a_warning_at_its_line(
    tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    (tmp_path / "vi.yaml").write_text("# ours\nflow:\n  idle-words: Xin chào.\n", encoding="utf-8")
    flow, findings = examine(SHIPPED_FLOW, load_book(tmp_path), usable)
    assert flow is not None
    assert [(f.level, f.file, f.line) for f in findings] == [("warning", str(tmp_path / "vi.yaml"), 3)]


def test_finding_is_one_line_for_a_person() -> None:
    finding = Finding("a.yaml", 7, "Nút “x” thiếu “y”", "thêm dòng “y: ...”")
    assert str(finding) == "a.yaml:7: lỗi: Nút “x” thiếu “y” — thêm dòng “y: ...”"


def test_refusal_tells_the_first_error_and_how_many_more_there_are() -> None:
    error = BrokenFileError([Finding("a.yaml", 7, "một", "sửa"), Finding("a.yaml", 9, "hai", "sửa")])
    assert str(error) == "a.yaml:7: một (và 1 lỗi khác) — sửa"


def test_unreadable_file_is_told(tmp_path: Path, book: PromptBook, usable: dict[str, str]) -> None:
    flow, findings = examine(tmp_path / "missing.yaml", book, usable)
    assert flow is None
    assert [finding.what for finding in findings] == ["Không đọc được tệp luồng"]
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    assert examine(tmp_path / "bytes.yaml", book, usable)[0] is None
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    assert examine(tmp_path / "empty.yaml", book, usable)[1][0].what == "Tệp trống"


def test_version_names_the_flow_its_number_and_its_content(
    flow: Flow, tmp_path: Path, book: PromptBook, usable: dict[str, str]
) -> None:
    file = tmp_path / "f.yaml"
    versions = []
    for text in (GOOD, GOOD + "# changed\n"):
        file.write_text(text, encoding="utf-8")
        read, _ = examine(file, book, usable)
        assert read is not None
        versions.append(read.version)
    assert versions[0].startswith("small-3-")
    assert versions[0] != versions[1]
    assert flow.version.startswith("default-")
