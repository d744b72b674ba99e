"""Rule files as people break them: each mistake told with file, line and remedy, and never another kind of error."""

import codecs
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline1022.base.rule_files import RuleFileError, rule_path
from tickets.rules import Rules

YAML = ("calendars", "official-days", "topics", "agencies", "routing", "policies", "places")


def shipped(name: str) -> str:
    """A shipped file's text."""
    return rule_path("tickets", name, None).read_text(encoding="utf-8")


def line_with(text: str, part: str) -> int:
    """The line (from 1) of the first place where ``part`` stands."""
    return text[: text.index(part)].count("\n") + 1


def refused(folder: Path, name: str, content: str | bytes) -> RuleFileError:
    """How a file of this content is refused."""
    data = content.encode() if isinstance(content, str) else content
    (folder / name).write_bytes(data)
    with pytest.raises(RuleFileError) as caught:
        Rules.load(folder)
    told = str(caught.value)
    assert f"{folder / name}, dòng {caught.value.line}: " in told
    assert "sửa tệp" in told
    return caught.value


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("calendars.yaml", 'title: "giờ hành chính"', 'titel: "giờ hành chính"', "thiếu mục này"),
        ("calendars.yaml", '"13:30-17:00"]\n      tuesday: *office', '"11:00-17:00"]\n      tuesday: *office', "chồng lên"),
        ("official-days.yaml", "date: 2026-01-10", "date: 2026-01-02", "được ghi hai lần"),
        ("official-days.yaml", "date: 2026-01-10", "date: 2026-02-30", "phải là ngày như"),
        ("official-days.yaml", "date: 2026-01-10", "date: 2026-01-10T07:00:00", "không kèm giờ"),
        ("official-days.yaml", "date: 2026-01-10", "date: hôm qua", "phải là ngày như"),
        ("topics.yaml", '"5": hen-tai-nha', '"5": hen-o-nha', "“hen-o-nha” không có trong danh sách"),
        ("topics.yaml", "{code: y-te,", "{code: dat-dai,", "hai lĩnh vực có cùng một mã “dat-dai”"),
        ("agencies.yaml", "{code: so-tu-phap,", "{code: so-noi-vu,", "hai cơ quan có cùng một mã “so-noi-vu”"),
        ("agencies.yaml", "successors: [so-khcn]", "successors: [so-khoa-hoc]", "nhắc đến “so-khoa-hoc”"),
        ("agencies.yaml", "successors: [so-xay-dung]", "successors: [so-gtvt]", "đi vòng: so-gtvt → so-gtvt"),
        ("agencies.yaml", "valid_to: 2025-02-28", "valid_from: 2025-03-01, valid_to: 2025-02-28", "kết thúc trước khi"),
        ("agencies.yaml", "kind: company}", "kind: company, calendar: moon}", "không có lịch “moon”"),
        ("routing.yaml", "topics: [dien], agency: dien-luc", "topics: [dien]", "agency: thiếu mục này"),
        ("routing.yaml", "agency: dien-luc", "agency: dien-mat-troi", "không có cơ quan “dien-mat-troi”"),
        ("routing.yaml", "topics: [dien]", "topics: [ánh-trăng]", "không có lĩnh vực “ánh-trăng”"),
        ("routing.yaml", "{id: dien,", "{id: thu-tuc,", "hai quy tắc cùng tên “thu-tuc”"),
        ("routing.yaml", 'old_province: "Tiền Giang"', 'old_province: "Tien Giang"', "không có tỉnh cũ “Tien Giang”"),
        ("routing.yaml", "sự cố điện do", "{agency} xử lý", "{agency} không có nghĩa"),
        ("routing.yaml", "sự cố điện do", "sự cố ở {place} do", "{place} chỉ dùng được khi quy tắc cần nơi"),
        ("routing.yaml", "{id: con-lai, agency: ttpvhcc", "{id: con-lai, topics: [khac], agency: ttpvhcc", "quy tắc cuối phải nhận"),
        ("policies.yaml", "answer: {target: 3wd,", "answer: {target: -3wd,", "“-3wd” không đúng dạng"),
        ("policies.yaml", "answer: {target: 3wd,", "answer: {target: 0wd,", "“0wd” không đúng dạng"),
        ("policies.yaml", "reopen_days: 15", "reopen_days: -15", "quá nhỏ"),
        ("policies.yaml", "to: vp-ubnd", 'to: ""', "không được để trống"),
        ("policies.yaml", "to: vp-ubnd", 'to: "vp-tinh"', "không có cơ quan “vp-tinh”"),
        ("policies.yaml", "calendar: state", 'calendar: "moon"', "không có lịch “moon”"),
        ("policies.yaml", "dat-dai: complex", "dat-dai: endless", "nhóm “endless” không có"),
        ("policies.yaml", "dat-dai: complex", "dat: complex", "không có lĩnh vực “dat”"),
        ("policies.yaml", "clarify: {target", "clarity: {target", "thời hạn lạ “clarity”"),
        ("policies.yaml", "valid_from: 2019-01-01", "valid_from: 2027-01-01", "giữ lại chính sách cũ"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_shipped_file_is_told_with_its_line(
    tmp_path: Path, name: str, before: str, after: str, told: str
) -> None:
    text = shipped(name)
    assert before in text
    broken = text.replace(before, after, 1)
    error = refused(tmp_path, name, broken)
    assert told in str(error)
    block = text.count("\n", 0, text.index(before)) + 1
    first = block if "thiếu mục này" not in told else 1  # what is missing is told where it ought to be
    assert first <= error.line <= block + after.count("\n"), error


def test_a_calendar_without_any_working_time_is_told_at_its_name(tmp_path: Path) -> None:
    text = shipped("calendars.yaml").replace('["00:00-24:00"]', "[]")
    error = refused(tmp_path, "calendars.yaml", text)
    assert "lịch không có giờ làm việc nào" in str(error)
    assert error.line == line_with(text, "  always:")


def test_a_cycle_of_successors_is_told_at_its_beginning(tmp_path: Path) -> None:
    text = shipped("agencies.yaml").replace("successors: [so-tai-chinh]", "successors: [so-gtvt]")
    text = text.replace("successors: [so-xay-dung]", "successors: [so-khdt]")
    error = refused(tmp_path, "agencies.yaml", text)
    assert "đi vòng: so-khdt → so-gtvt → so-khdt" in str(error)
    assert error.line == line_with(text, "successors: [so-gtvt]")


def test_two_policies_of_one_day_or_one_name_are_refused(tmp_path: Path) -> None:
    text = shipped("policies.yaml")
    body = text[text.index("  - version:") :]
    assert "bắt đầu cùng một ngày" in str(refused(tmp_path, "policies.yaml", text + body.replace("2026.1", "2026.2")))
    again = body.replace("valid_from: 2019-01-01", "valid_from: 2027-01-01")
    assert "cùng tên “2026.1”" in str(refused(tmp_path, "policies.yaml", text + again))


def test_a_commune_may_name_another_commune_as_its_successor(tmp_path: Path) -> None:
    row = '  - {code: xa-29869, name: "UBND phường Cao Lãnh", short: "CL", spoken: "Ủy ban nhân dân phường Cao Lãnh",'
    row += " kind: commune, valid_to: 2027-06-30, successors: [xa-29872]}\n"
    (tmp_path / "agencies.yaml").write_text(shipped("agencies.yaml") + row, encoding="utf-8")
    if "xa-29872" not in Rules.load().agencies.by_code:
        row = row.replace("xa-29872", next(c for c in Rules.load().agencies.by_code if c.startswith("xa-")))
        (tmp_path / "agencies.yaml").write_text(shipped("agencies.yaml") + row, encoding="utf-8")
    assert Rules.load(tmp_path).agencies.agency("xa-29869").successors
    wrong = shipped("agencies.yaml") + row.replace("successors: [xa-", "successors: [xa-9")
    assert "không có trong danh sách" in str(refused(tmp_path, "agencies.yaml", wrong))


@pytest.mark.parametrize("name", [f"{name}.yaml" for name in YAML] + ["localities.csv"])
@pytest.mark.parametrize("encoding", ["utf-16", "cp1258"])
def test_a_file_in_another_encoding_is_refused(tmp_path: Path, name: str, encoding: str) -> None:
    refused(
        tmp_path, name, f"# tệp của tỉnh\n{shipped(name)}".encode(encoding, errors="replace") + "é".encode(encoding)
    )


@pytest.mark.parametrize("name", [f"{name}.yaml" for name in YAML] + ["localities.csv"])
def test_a_file_that_notepad_saved_with_its_mark_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(codecs.BOM_UTF8 + shipped(name).replace("\n", "\r\n").encode())
    assert Rules.load(tmp_path).topics == Rules.load().topics
    assert Rules.load(tmp_path).localities == Rules.load().localities


def test_a_tab_is_told_in_plain_words(tmp_path: Path) -> None:
    error = refused(tmp_path, "topics.yaml", shipped("topics.yaml").replace('  "2": ha-tang', '\t"2": ha-tang'))
    assert "dấu Tab" in str(error)
    assert error.line == line_with(shipped("topics.yaml"), '"2": ha-tang')


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("new_code,", "code,", 1, "thiếu cột new_code"),
        ("new_code,new_name,new_type,old_code,old_name,old_district,old_province\n", "", 1, "thiếu cột"),
        (",", ";", 1, "cách nhau bằng dấu phẩy"),
        ("28249,Phường 5,", ",Phường 5,", 2, "thiếu hoặc thừa ô"),
        ("28249,Phường 5,", "28249,Phường 5,thừa,", 2, "thiếu hoặc thừa ô"),
        ("28252,Phường 4,", "2825x,Phường 4,", 3, "mã phải gồm năm chữ số"),
        ("28252,Phường 4,", "28252,Phố 4,", 3, "tên phải bắt đầu bằng Xã, Phường, Thị trấn"),
        ("28252,Phường 4,", "28249,Phường 5,", 3, "được ghi hai lần"),
        ("28252,Phường 4,", "28249,Phường 4,", 3, "mã cũ 28249 đã là Phường 5"),
        ("28249,Phường Đạo Thạnh,phường,28252", "28249,Phường Đạo Thành,phường,28252", 3, "mã 28249 đã là Phường Đạo Thạnh"),
        ("28252,Phường 4,", '28252,"Phường 4,', 3, "dấu nháy"),
    ],
)  # fmt: skip
def test_a_table_of_communes_that_nobody_can_mean_is_told_with_its_row(
    tmp_path: Path, before: str, after: str, line: int, told: str
) -> None:
    text = shipped("localities.csv")
    assert before in text
    error = refused(tmp_path, "localities.csv", text.replace(before, after, -1 if after == ";" else 1))
    assert told in str(error)
    assert error.line == line


def test_an_empty_table_of_communes_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "localities.csv", "").line == 1
    header = shipped("localities.csv").splitlines()[0]
    assert "không có hàng nào" in str(refused(tmp_path, "localities.csv", header))


@pytest.mark.parametrize(
    "text", ["&a [*a]", "? [a, b]\n: c", "a: !!binary x", "a: !!float x", "- " * 100, "[" * 100 + "]" * 100]
)
def test_yaml_that_is_meant_to_hurt_is_refused_like_any_other(tmp_path: Path, text: str) -> None:
    refused(tmp_path, "topics.yaml", text)


names = st.sampled_from([*(f"{name}.yaml" for name in YAML), "localities.csv"])
wrong = st.sampled_from(["", " ", "\n", "-", ":", "[", '"', "1", "x", "\t", ",", "é", "{}"])


@settings(max_examples=40, deadline=None)
@given(names, st.integers(0, 10**6), st.integers(0, 60), wrong)
def test_whatever_is_done_to_a_file_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, where: int, length: int, instead: str
) -> None:
    folder, text = tmp_path_factory.mktemp("rules"), shipped(name)
    at = where % len(text)
    (folder / name).write_text(text[:at] + instead + text[at + length :], encoding="utf-8")
    with suppress(RuleFileError):
        Rules.load(folder)
