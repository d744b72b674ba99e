"""The head and the foot of a state document, as Decree 30/2020/NĐ-CP lays them out (annex I). Words only; formats lay them out.

The number and the signature are left to whoever signs: what a machine wrote is a draft until a person has signed it.
"""

from dataclasses import dataclass
from datetime import datetime

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.reporting.report import Report

COUNTRY = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
SUPERIOR = "VĂN PHÒNG UBND TỈNH ĐỒNG THÁP"
OFFICE = "TỔNG ĐÀI 1022"
PLACE = "Đồng Tháp"
NUMBER = "Số:        /BC-TĐ1022"
SIGNER = "NGƯỜI PHỤ TRÁCH TỔNG ĐÀI"
SIGN_HERE = "(Ký, ghi rõ họ tên)"
RECIPIENTS = ("UBND tỉnh (để báo cáo);", "Sở Nội vụ;", "Lưu: VT, TĐ1022.")

FONT, FONT_ON_SCREEN = "Times New Roman", "Tinos"
"""The decree's font, and the free one of the same measures that Debian has (Liberation Serif before version 2 lacks Vietnamese letters)."""
SIZE = 13
"""Points; the decree allows 13 and 14."""
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
"""Margins in millimetres: the decree allows 20 to 25 above and below, 30 to 35 left, 15 to 20 right."""


@dataclass(frozen=True)
class Heading:
    """What differs from report to report."""

    dated: str
    kind: str
    subject: str


def heading(report: Report) -> Heading:
    """The date line, "BÁO CÁO", and what about."""
    return Heading(dated(report.made_at), "BÁO CÁO", f"{report.title} {report.period_title}")


def dated(instant: datetime) -> str:
    """ "Đồng Tháp, ngày 05 tháng 01 năm 2026": days under ten and the first two months carry a nought, as the decree wants."""
    local = instant.astimezone(CIVIL_ZONE)
    month = f"{local.month:02}" if local.month <= 2 else str(local.month)
    return f"{PLACE}, ngày {local.day:02} tháng {month} năm {local.year}"
