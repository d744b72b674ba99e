"""Rules as files: shipped YAML, or the province's own file of that name, read into a checked model. No rule is here.

A mistake is told with its file and line; half a file is never used.
"""

from collections.abc import Hashable
from importlib.resources import files
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from hotline1022.base.errors import HotlineError


class RuleModel(BaseModel):
    """What every rule file is made of: nothing unknown is let in, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


DEEPEST = 30
"""Levels of a rule file; the shipped ones have six. A file that contains itself has no end of them."""


class WrongAt(ValueError):
    """A mistake that a rule's own check has found: ``place`` is where, from the rule on, as keys and numbers."""

    def __init__(self, what: str, *place: str | int) -> None:
        self.place = place
        super().__init__(what)


class _Constructor(yaml.constructor.SafeConstructor):
    """Leaves dates as they are written: the models read them, and what is wrong with one is told with its line."""

    yaml_constructors = yaml.constructor.SafeConstructor.yaml_constructors | {
        "tag:yaml.org,2002:timestamp": yaml.constructor.SafeConstructor.construct_yaml_str
    }


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
    "date_from_datetime_inexact": "phải là ngày như 2026-01-02, không kèm giờ",
    "date_parsing": "phải là ngày như 2026-01-02",
    "greater_than_equal": "quá nhỏ",
    "less_than_equal": "quá lớn",
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


def rule_path(package: str, name: str, folder: Path | None) -> Path:
    """The province's file in ``folder`` where there is one, else the one that ``package`` ships."""
    if folder is not None and (own := folder / name).is_file():
        return own
    return Path(str(files(package) / "data" / name))


def shipped_names(package: str) -> tuple[str, ...]:
    """The name of every rule file that ``package`` ships."""
    return tuple(sorted(file.name for file in (files(package) / "data").iterdir() if file.is_file()))


def read_text(path: Path) -> str:
    """The text of a rule file. Raises RuleFileError when it cannot be read or is not UTF-8."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RuleFileError(path, line, "tệp không phải UTF-8, hãy lưu lại bằng mã UTF-8") from error
    except OSError as error:
        raise RuleFileError(path, 1, f"không đọc được tệp ({error.strerror})") from error


def read_rules(name: str, model: type[_Model], folder: Path | None = None) -> _Model:
    """The rules of file ``name``, which the package of its model ships. Raises RuleFileError with the line of the first mistake."""
    path = rule_path(model.__module__.partition(".")[0], name, folder)
    tree = _tree(path)
    try:
        return model.model_validate(_Constructor().construct_document(tree))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise RuleFileError(path, mark.line + 1 if mark else 1, f"YAML sai: {error.problem}") from error
    except ValidationError as error:
        first = error.errors()[0]
        own_words = first.get("ctx", {}).get("error")
        told = (
            str(own_words) if isinstance(own_words, ValueError) else _TOLD.get(first["type"], "giá trị không dùng được")
        )
        place = (*first["loc"], *(own_words.place if isinstance(own_words, WrongAt) else ()))
        where = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise RuleFileError(path, line_of(tree, place), f"{where}: {told}" if where else told) from error
    except ValueError as error:
        raise RuleFileError(path, 1, "YAML có giá trị không dùng được") from error


class StandingFile(Generic[_Model]):
    """The rules of one file that are in force: a broken file is told and leaves the last good ones standing."""

    def __init__(self, name: str, model: type[_Model], folder: Path | None = None) -> None:
        """Read the file for the first time. Raises RuleFileError."""
        self._name, self._model, self._folder = name, model, folder
        self.current = read_rules(name, model, folder)

    def reload(self) -> _Model:
        """Read the file again. Raises RuleFileError and keeps ``current`` as it was when it is broken."""
        self.current = read_rules(self._name, self._model, self._folder)
        return self.current


def contradiction(
    package: str, name: str, folder: Path | None, place: tuple[str | int, ...], what: str
) -> RuleFileError:
    """What a file says at ``place`` contradicts another file."""
    path = rule_path(package, name, folder)
    return RuleFileError(path, line_of(_tree(path), place), what)


def _tree(path: Path) -> yaml.Node:
    try:
        tree = yaml.compose(read_text(path), Loader=yaml.CSafeLoader)
        if tree is not None:
            _refuse_doubled_keys(path, tree)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (
            "có dấu Tab, chỉ lùi dòng bằng dấu cách"
            if "tab" in str(error.problem) or "\t" in str(error.problem)
            else error.problem
        )
        raise RuleFileError(path, mark.line + 1 if mark else 1, f"YAML sai cú pháp: {what}") from error
    except yaml.YAMLError as error:
        raise RuleFileError(path, 1, "tệp có ký tự mà YAML không cho phép") from error
    if tree is None:
        raise RuleFileError(path, 1, "tệp trống")
    return tree


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


def _refuse_doubled_keys(path: Path, node: yaml.Node, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise RuleFileError(path, node.start_mark.line + 1, "YAML lồng nhau quá sâu")
    seen: set[Any] = set()
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise RuleFileError(path, key.start_mark.line + 1, f"“{key.value}” được ghi hai lần")
                seen.add(key.value)
            _refuse_doubled_keys(path, value, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_doubled_keys(path, item, depth + 1)
