"""Which reports there are, what each needs, in which formats it comes; and making one. No figure is computed here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from hotline1022.base.errors import Invalid, NotFound
from hotline1022.reporting import (
    agency_figures,
    hot_spot_report,
    monthly_form,
    open_data,
    radio_digest,
    reform_pack,
    staffing_report,
)
from hotline1022.reporting.rendering.formats import FORMATS, Format
from hotline1022.reporting.report import Report
from hotline1022.reporting.sources import Sources


@dataclass(frozen=True)
class Asked:
    """What somebody wants a report on."""

    period: str
    agency: str | None = None
    place: str | None = None


PeriodKind = Literal["week", "month", "quarter", "half", "year"]

WRITTEN: Mapping[PeriodKind, str] = {
    "week": "tuần như 2026-W47",
    "month": "tháng như 2026-10",
    "quarter": "quý như 2026-Q3",
    "half": "nửa năm như 2026-H2",
    "year": "cả năm như 2026",
}
"""How a period of each kind is written."""


@dataclass(frozen=True)
class Offer:
    """A report that can be had."""

    name: str
    title: str
    about: str
    """One Vietnamese sentence."""
    kinds: tuple[PeriodKind, ...]
    """For which periods it can be had."""
    build: Callable[[Sources, Asked], Awaitable[Report]]
    formats: tuple[str, ...] = ("xlsx", "docx", "pdf", "csv", "json")
    takes_agency: bool = False
    takes_place: bool = False

    @property
    def period(self) -> str:
        """How its period is written, in Vietnamese."""
        return ", ".join(WRITTEN[kind] for kind in self.kinds)


OFFERS: Mapping[str, Offer] = {
    each.name: each
    for each in (
        Offer(
            monthly_form.NAME,
            "Báo cáo tháng của tỉnh",
            "Cuộc gọi, phiếu, kênh, cấp độ, quá hạn và hài lòng của một tháng, so với tháng trước.",
            ("month",),
            lambda sources, asked: monthly_form.build(sources, asked.period),
        ),
        Offer(
            agency_figures.NAME,
            "Đúng hạn và hài lòng theo cơ quan",
            "Tỷ lệ đúng hạn, hài lòng, khoảng tin cậy, xếp hạng và tình trạng chốt điểm của mọi cơ quan.",
            ("quarter", "half", "year"),
            lambda sources, asked: agency_figures.build(sources, asked.period),
        ),
        Offer(
            reform_pack.NAME,
            "Hồ sơ cải cách hành chính",
            "Số liệu cả năm phục vụ chấm điểm cải cách hành chính, mỗi cơ quan một chương, hoặc của một cơ quan.",
            ("year",),
            lambda sources, asked: reform_pack.build(sources, asked.period, asked.agency),
            takes_agency=True,
        ),
        Offer(
            radio_digest.NAME,
            "Bản tin phát thanh",
            "Việc người dân phản ánh nhiều nhất, đã giải quyết, quá hạn, hỏi và trả lời, lời dẫn để đọc; cả tỉnh hoặc một xã, phường.",
            ("month",),
            lambda sources, asked: radio_digest.build(sources, asked.period, asked.place),
            ("docx", "pdf", "xlsx", "csv", "json"),
            takes_place=True,
        ),
        Offer(
            hot_spot_report.NAME,
            "Điểm nóng",
            "Lĩnh vực ở xã, phường nào tăng vọt so với 12 tuần trước, kèm phép kiểm thống kê.",
            ("week",),
            lambda sources, asked: hot_spot_report.build(sources, asked.period),
        ),
        Offer(
            staffing_report.NAME,
            "Số người trực theo giờ",
            "Mỗi khung giờ trong tuần cần bao nhiêu điện thoại viên để 80 % cuộc gọi được trả lời trong 20 giây.",
            ("month", "quarter", "half", "year"),
            lambda sources, asked: staffing_report.build(sources, asked.period),
        ),
        Offer(
            open_data.NAME,
            "Dữ liệu mở",
            "Phiếu của một quý theo xã, phường và lĩnh vực, số nhỏ được ẩn.",
            ("quarter",),
            lambda sources, asked: open_data.build(sources, asked.period),
            ("csv", "xlsx", "json"),
        ),
    )
}
"""Every report, by its name."""


@dataclass(frozen=True)
class Made:
    """A report in a format."""

    report: Report
    data: bytes
    media_type: str
    file_name: str


def offer_of(name: str) -> Offer:
    """The offer of this name. Raises NotFound with those there are."""
    if name not in OFFERS:
        raise NotFound(f"Không có báo cáo “{name[:40]}”; có: {', '.join(OFFERS)}")
    return OFFERS[name]


def format_of(offer: Offer, name: str) -> Format:
    """The format of this name. Raises Invalid with those that the report comes in."""
    if name not in offer.formats:
        raise Invalid(
            f"Báo cáo {offer.name} không có dạng “{name[:20]}”",
            remedy=f"các dạng: {', '.join(offer.formats)}",
            field="format",
        )
    return FORMATS[name]


async def make(sources: Sources, name: str, asked: Asked, format_name: str) -> Made:
    """The report ``name`` as a file, whole or not at all. Raises NotFound, Invalid, Refused or DatabaseAway."""
    offer = offer_of(name)
    form = format_of(offer, format_name)
    for given, taken, field in (
        (asked.agency, offer.takes_agency, "agency"),
        (asked.place, offer.takes_place, "place"),
    ):
        if given is not None and not taken:
            raise Invalid(
                f"Báo cáo {name} không chọn được {'cơ quan' if field == 'agency' else 'xã, phường'}", field=field
            )
    report = await offer.build(sources, asked)
    sources.tell(f"Dựng tệp {format_name.upper()}")
    # Laying out takes seconds of a processor: calls and people must not wait for it.
    data = await asyncio.to_thread(form.render, report)
    return Made(report, data, form.media_type, f"1022-{name}-{_file_part(asked, report)}.{form.suffix}")


def _file_part(asked: Asked, report: Report) -> str:
    return "-".join(part for part in (report.period, asked.agency, asked.place) if part)
