"""How codes are called to people; from the product, where it says so itself. No query is here."""

from collections.abc import Mapping

from hotline1022.base.clock import WEEKDAY_NAMES
from surveys.model import DISPOSITION_NAMES, MODE_NAMES
from surveys.model import REASONS as REASON_NAMES
from tickets.clocks import CLOCKS as CLOCKS_IN_FORCE
from tickets.model import Channel, Stage
from tickets.stages import STAGE_NAMES

OPERATOR_STATES = {
    "ready": "sẵn sàng",
    "ringing": "đang đổ chuông",
    "dialling": "đang gọi ra",
    "talking": "đang nói",
    "held": "đang giữ máy",
    "consulting": "đang hỏi đồng nghiệp",
    "three-way": "đang nói ba bên",
    "wrap-up": "đang ghi phiếu",
    "paused": "tạm nghỉ",
    "disconnected": "mất kết nối",
}
"""Every ``telephony.floor.presence.State``."""
AT_WORK = "dialling|talking|held|consulting|three-way|wrap-up"
"""States in which an operator works at a call; a pattern for PromQL."""
WILLING = "ready|ringing"
"""States in which an operator waits for one."""
RESULTS_IN = {
    "ivr": "xong trong lời chào",
    "answered": "được nghe",
    "abandoned": "bỏ khi chờ",
    "given_back": "chờ quá lâu, được trả lại",
}
CALLBACK_ENDS = {
    "": "còn chờ",
    "reached": "đã nói chuyện được",
    "wrong": "nhầm số",
    "given_up": "thôi gọi",
    "policy": "gọi đủ số lần mà không gặp",
    "rang-again": "người dân tự gọi lại",
}
CHANNELS: dict[str, str] = {
    Channel.PHONE: "điện thoại",
    Channel.WEB: "trang web",
    Channel.APP: "ứng dụng",
    Channel.ZALO: "Zalo",
    Channel.FACEBOOK: "Facebook",
    Channel.EMAIL: "thư điện tử",
}
WEEKDAYS = {number: WEEKDAY_NAMES[number - 1] for number in range(1, 8)}
STAGES: dict[str, str] = {stage: STAGE_NAMES[stage] for stage in Stage}
CLOCKS = {name: clock.title for name, clock in CLOCKS_IN_FORCE.items()}
DISPOSITIONS: dict[str, str] = {each: name for each, name in DISPOSITION_NAMES.items()}
MODES: dict[str, str] = {mode: name for mode, name in MODE_NAMES.items()}
REASONS: dict[str, str] = {reason: name for reason, name in REASON_NAMES.items()}
PHASES = {"live": "trong cuộc gọi", "after": "sau cuộc gọi"}


def called(column: str, names: Mapping[str, str] | Mapping[int, str]) -> str:
    """SQL that gives the name of the code in ``column``, and a code without one as it is."""
    cases = " ".join(f"WHEN '{code}' THEN '{name}'" for code, name in names.items())
    return f"CASE ({column})::text {cases} ELSE ({column})::text END"
