"""YAML with line numbers:

reads a file's nodes and remembers where each one stands, so that every mistake is told with its line.

Scalars stay as written (``9`` is the text "9"); only ``flag`` reads yes and no. No vocabulary lives here.
"""

from collections.abc import Set
from dataclasses import dataclass, field

import yaml

from ivr.finding import Finding


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping with its line, and its value's node."""

    line: int
    node: yaml.Node


@dataclass(slots=True)
class Reader:
    """Reads one file and collects what is wrong with it."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, line: int, what: str, remedy: str) -> None:
        """Notes a mistake."""
        self.findings.append(Finding(self.file, line, what, remedy))

    def compose(self, text: str) -> yaml.Node | None:
        """The file's root node; None (and a finding) if it is not YAML."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "không đọc được"
            self.wrong(
                mark.line + 1 if mark else 1, f"Tệp không phải YAML hợp lệ ({problem})", "sửa cú pháp ở dòng này"
            )
            return None
        if root is None:
            self.wrong(1, "Tệp trống", "ghi nội dung hoặc xoá tệp")
        return root

    def mapping(self, node: yaml.Node, what: str) -> dict[str, Entry]:
        """The entries of a mapping by key. A key that stands twice is a mistake; its first value counts."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(line_of(node), f"{what} phải là các cặp “tên: giá trị”", "viết lại theo mẫu của luồng mặc định")
            return {}
        entries: dict[str, Entry] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(line_of(key), f"{what} có một khoá không phải chữ", "dùng một tên đơn giản làm khoá")
            elif key.value in entries:
                first = entries[key.value].line
                self.wrong(
                    line_of(key), f"{what}: “{key.value}” được khai hai lần (lần đầu ở dòng {first})", "giữ lại một lần"
                )
            else:
                entries[key.value] = Entry(line_of(key), value)
        return entries

    def closed(self, entries: dict[str, Entry], line: int, what: str, *, must: Set[str], may: Set[str]) -> bool:
        """Whether all words of ``must`` are there; a word outside ``must`` and ``may`` is a mistake."""
        for word, entry in entries.items():
            if word not in must | may:
                self.wrong(
                    entry.line, f"{what} không có từ “{word}”", f"các từ được dùng: {', '.join(sorted(must | may))}"
                )
        for word in sorted(must - entries.keys()):
            self.wrong(line, f"{what} thiếu “{word}”", f"thêm dòng “{word}: ...”")
        return must <= entries.keys()

    def text(self, node: yaml.Node, what: str) -> str:
        """A scalar as written; empty (and a finding) for anything else."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.wrong(line_of(node), f"{what} phải là một dòng chữ", "ghi một giá trị đơn")
        return ""

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """The scalars of a list."""
        return tuple(self.text(item, what) for item in self.items(node, what))

    def items(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """The nodes of a list."""
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        self.wrong(line_of(node), f"{what} phải là một danh sách", "đặt các mục trong ngoặc vuông: [a, b]")
        return []

    def flag(self, node: yaml.Node, what: str) -> bool:
        """Yes or no."""
        if is_flag(node):
            return str(node.value).lower() in ("yes", "true", "on")
        self.wrong(line_of(node), f"{what} phải là yes hoặc no", "ghi yes hoặc no, không có dấu ngoặc kép")
        return False

    def number(self, node: yaml.Node, what: str, least: float, most: float) -> float:
        """A number between ``least`` and ``most``."""
        try:
            number = float(self.text(node, what))
        except ValueError:
            number = float("nan")
        if least <= number <= most:
            return number
        self.wrong(line_of(node), f"{what} phải là số từ {least:g} đến {most:g}", "sửa lại con số")
        return least


def line_of(node: yaml.Node) -> int:
    """The line, from 1, where a node begins."""
    return int(node.start_mark.line) + 1


def is_flag(node: yaml.Node) -> bool:
    """Whether a node is written as yes or no (without quotes)."""
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:bool"
