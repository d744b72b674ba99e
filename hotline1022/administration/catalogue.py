"""The text files that a province may change, by the names that people and addresses use. No other path can be reached through a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

Kind = Literal["rule", "survey", "prompt", "flow"]

MOST_CHARACTERS = 400_000
"""Of one file; the longest that is shipped has 27,000."""


@dataclass(frozen=True, slots=True)
class ProvinceFile:
    """One file: where it lies in the data folder, and the shipped one that it replaces."""

    name: str
    title: str
    kind: Kind
    place: str
    """Its path in the data folder."""
    package: str
    inside: str
    """Its path in ``package``."""

    @property
    def shipped(self) -> Path:
        """The file that comes with the program."""
        return Path(str(files(self.package))) / self.inside


def _rule(name: str, title: str, ending: str = "yaml") -> ProvinceFile:
    return ProvinceFile(name, title, "rule", f"rules/{name}.{ending}", "tickets", f"data/{name}.{ending}")


def _survey(name: str, title: str) -> ProvinceFile:
    return ProvinceFile(name, title, "survey", f"rules/{name}.yaml", "surveys", f"data/{name}.yaml")


def _flow(name: str, title: str) -> ProvinceFile:
    return ProvinceFile(name, title, "flow", f"flows/{name}.yaml", "ivr", f"flows/{name}.yaml")


FILES: Mapping[str, ProvinceFile] = {
    file.name: file
    for file in (
        _rule("calendars", "Lịch và giờ làm việc"),
        _rule("official-days", "Ngày nghỉ, ngày làm bù"),
        _rule("policies", "Thời hạn"),
        _rule("agencies", "Cơ quan"),
        _rule("routing", "Phân công cơ quan"),
        _rule("topics", "Lĩnh vực"),
        _rule("places", "Cách gọi tên nơi"),
        _rule("localities", "Bảng xã, phường", "csv"),
        _rule("letters", "Mẫu thư xin lỗi"),
        _survey("survey-policy", "Cách khảo sát"),
        _survey("questionnaire", "Câu hỏi khảo sát"),
        _survey("score-weights", "Trọng số chấm điểm"),
        _survey("one-stop", "Hồ sơ một cửa"),
        ProvinceFile("prompts", "Lời của các câu thoại", "prompt", "prompts/vi.yaml", "ivr", "prompts/vi.yaml"),
        ProvinceFile(
            "agency-names", "Tên cơ quan khi đọc", "prompt", "prompts/agencies.yaml", "ivr", "prompts/agencies.yaml"
        ),
        _flow("default", "Kịch bản chính"),
        _flow("survey", "Kịch bản khảo sát"),
    )
}
"""Every file by its name."""
