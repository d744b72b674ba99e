"""Rules as files: the province's own file wins, a mistake is told with its line, and the last good rules stay."""

from pathlib import Path

import pytest

from hotline1022.base.rule_files import RuleFileError, read_rules, rule_path
from tickets.rules import Rules, StandingRules
from tickets.topics import Topics

TOPICS = """version: 2
menu: {"1": duong}
unknown: khac
topics:
  - {code: duong, name: "Đường"}
  - {code: khac, name: "Khác"}
"""
ROUTING = """version: 2
rules:
  - {id: duong, topics: [duong], agency: so-xay-dung, because: "đường tỉnh"}
  - {id: con-lai, agency: ttpvhcc, because: "còn lại"}
"""
POLICIES = """version: 2
policies:
  - version: "của tỉnh"
    valid_from: 2020-01-01
    calendar: state
    tiers: {normal: {title: "thường", answer: {target: 2wd, basis: "Quyết định của tỉnh"}}}
    topics: {}
    default: normal
    urgent: normal
    stages: {}
"""


def write(folder: Path, **texts: str) -> Path:
    """Write rule files, named without their ending."""
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_provinces_own_files_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    rules = Rules.load(write(tmp_path, topics=TOPICS, routing=ROUTING, policies=POLICIES))
    assert rules.topics.of_key("1") == rules.topics.topic("duong")
    assert rules.policies.policies[0].version == "của tỉnh"
    assert len(rules.localities.communes) == 102


def test_without_a_folder_of_its_own_a_province_has_the_shipped_rules(tmp_path: Path) -> None:
    assert Rules.load(tmp_path / "missing").topics == Rules.load().topics


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "tệp trống"),
        ("version: 1\nmenu: {\n", 3, "YAML sai cú pháp"),
        ("version: 1\nmenu: [a, b\nunknown: x\n", 3, "YAML sai cú pháp"),
        ("version: 1\nversion: 2\n", 2, "được ghi hai lần"),
        ("version: một\n" + TOPICS.split("\n", 1)[1], 1, "version: phải là số nguyên"),
        (TOPICS.replace("unknown: khac\n", ""), 1, "unknown: thiếu mục này"),
        (TOPICS + "colour: red\n", 7, "không có mục nào tên như vậy"),
        (TOPICS.replace('name: "Đường"', "nam: x"), 5, "topics.0.name: thiếu mục này"),
        (TOPICS.replace("unknown: khac", "unknown: gi-day"), 3, "lĩnh vực “gi-day” không có trong danh sách"),
        (TOPICS.replace("code: khac", "code: duong"), 6, "cùng một mã"),
        (TOPICS.replace('"Đường"}', '"Đường", within: duong}'), 5, "nằm trong chính nó"),
        ("!!python/object:os.system {}\n", 1, "YAML sai"),
        ("version: 1\x00", 1, "ký tự mà YAML không cho phép"),
    ],
)
def test_an_authors_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    with pytest.raises(RuleFileError, match=told) as caught:
        read_rules("topics.yaml", Topics, write(tmp_path, topics=text))
    assert caught.value.line == line
    assert caught.value.path == tmp_path / "topics.yaml"
    assert str(tmp_path / "topics.yaml") in str(caught.value)


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_bytes(b"version: 1\nunknown: kh\xe1c\n")
    with pytest.raises(RuleFileError, match="không phải UTF-8") as caught:
        read_rules("topics.yaml", Topics, tmp_path)
    assert caught.value.line == 2


@pytest.mark.parametrize(
    ("files", "line", "told"),
    [
        ({"routing": ROUTING.replace("so-xay-dung", "so-khong-co")}, 3, "không có cơ quan “so-khong-co”"),
        ({"routing": ROUTING.replace("[duong]", "[cau]")}, 3, "không có lĩnh vực “cau”"),
        ({"routing": ROUTING.rsplit("  - ", 1)[0]}, 3, "quy tắc cuối phải nhận mọi phản ánh"),
        ({"policies": POLICIES.replace("calendar: state", "calendar: moon")}, 5, "không có lịch “moon”"),
        ({"policies": POLICIES.replace("topics: {}", "topics: {cau: normal}")}, 7, "không có lĩnh vực “cau”"),
        ({"policies": POLICIES.replace("default: normal", "default: quick")}, 8, "nhóm “quick” không có trong tiers"),
        ({"policies": POLICIES.replace("2wd", "2 ngày")}, 6, "Thời hạn “2 ngày” không đúng dạng"),
    ],
)
def test_files_that_contradict_each_other_are_refused(
    tmp_path: Path, files: dict[str, str], line: int, told: str
) -> None:
    texts = {"topics": TOPICS, "routing": ROUTING, "policies": POLICIES} | files
    with pytest.raises(RuleFileError, match=told) as caught:
        Rules.load(write(tmp_path, **texts))
    assert caught.value.line == line


def test_a_cycle_of_successors_is_refused(tmp_path: Path) -> None:
    text = rule_path("tickets", "agencies.yaml", None).read_text()
    text = text.replace("successors: [so-tai-chinh]", "successors: [so-gtvt]")
    text = text.replace("successors: [so-xay-dung]", "successors: [so-khdt]")
    with pytest.raises(RuleFileError, match="đi vòng: so-khdt → so-gtvt → so-khdt"):
        Rules.load(write(tmp_path, agencies=text))


def test_a_broken_file_leaves_the_last_good_rules_standing(tmp_path: Path) -> None:
    standing = StandingRules(write(tmp_path, topics=TOPICS, routing=ROUTING, policies=POLICIES))
    before = standing.current
    write(tmp_path, routing="rules: [")
    with pytest.raises(RuleFileError):
        standing.reload()
    assert standing.current is before
    write(tmp_path, routing=ROUTING.replace("đường tỉnh", "mọi con đường"))
    assert standing.reload().routing.rules[0].because == "mọi con đường"


def test_nothing_starts_with_broken_rules(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="dòng 1"):
        StandingRules(write(tmp_path, places="leading: ở"))
