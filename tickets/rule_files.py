"""Rules as files: shipped YAML, or the province's own file of that name, read into a checked model. No rule is here.

A mistake is told with its file and line; half a file is never used.
"""

from collections.abc import Hashable
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from hotline1022.base.errors import HotlineError


class RuleModel(BaseModel):
    """What every rule file is made of: nothing unknown is let in, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


_TOLD = {
    "missing": "thiếu mục này",
    "extra_forbidden": "không có mục nào tên như vậy",
    "too_short": "không được để trống",
    "string_too_short": "không được để trống",
    "string_type": "phải là chữ",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "tuple_type": "phải là một danh sách",
    "dict_type": "phải là các mục có tên",
    "model_type": "phải là các mục có tên",
    "date_type": "phải là ngày như 2026-01-02",
    "date_from_datetime_parsing": "phải là ngày như 2026-01-02",
    "literal_error": "không phải một trong các giá trị được phép",
}
"""What people read for pydantic's kinds of mistake."""

_Model = TypeVar("_Model", bound=RuleModel)


class RuleFileError(HotlineError):
    """A rule file that cannot be used; ``path`` and ``line`` (from 1) say where, ``mistake`` what is wrong there."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        self.path, self.line, self.mistake = path, line, what
        super().__init__(
            f"{path}, dòng {line}: {what}", remedy="sửa tệp; dịch vụ đang chạy giữ quy tắc cũ cho đến khi tệp đúng"
        )


def rule_path(name: str, folder: Path | None) -> Path:
    """The province's file in ``folder`` where there is one, else the shipped file."""
    if folder is not None and (own := folder / name).is_file():
        return own
    return Path(str(files("tickets") / "data" / name))


def shipped_names() -> tuple[str, ...]:
    """The name of every rule file that there is."""
    return tuple(sorted(file.name for file in (files("tickets") / "data").iterdir() if file.is_file()))


def read_text(path: Path) -> str:
    """The text of a rule file. Raises RuleFileError when it cannot be read or is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RuleFileError(path, line, "tệp không phải UTF-8") from error
    except OSError as error:
        raise RuleFileError(path, 1, f"không đọc được tệp ({error.strerror})") from error


def read_rules(name: str, model: type[_Model], folder: Path | None = None) -> _Model:
    """The rules of file ``name``. Raises RuleFileError with the line of the first mistake."""
    path = rule_path(name, folder)
    try:
        tree = yaml.compose(read_text(path), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RuleFileError(path, mark.line + 1 if mark else 1, f"YAML sai cú pháp: {error.problem}") from error
    except yaml.YAMLError as error:
        raise RuleFileError(path, 1, "tệp có ký tự mà YAML không cho phép") from error
    if tree is None:
        raise RuleFileError(path, 1, "tệp trống")
    _refuse_doubled_keys(path, tree)
    try:
        return model.model_validate(yaml.constructor.SafeConstructor().construct_document(tree))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise RuleFileError(path, mark.line + 1 if mark else 1, f"YAML sai: {error.problem}") from error
    except ValidationError as error:
        first = error.errors()[0]
        own_words = first.get("ctx", {}).get("error")
        told = str(own_words) if own_words else _TOLD.get(first["type"], "giá trị không dùng được")
        where = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise RuleFileError(path, line_of(tree, first["loc"]), f"{where}: {told}" if where else told) from error


def line_of(tree: yaml.Node, place: tuple[Hashable, ...]) -> int:
    """The line (from 1) of the deepest part of ``place`` that the file has."""
    node, line = tree, tree.start_mark.line
    for part in place:
        found = _inside(node, part)
        if found is None:
            break
        node, line = found
    return line + 1


def _inside(node: yaml.Node, part: Hashable) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return value, key.start_mark.line
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line
    return None


def _refuse_doubled_keys(path: Path, node: yaml.Node) -> None:
    seen: set[Any] = set()
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value in seen:
                raise RuleFileError(path, key.start_mark.line + 1, f"“{key.value}” được ghi hai lần")
            seen.add(key.value)
            _refuse_doubled_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_doubled_keys(path, item)
