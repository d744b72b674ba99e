"""Which reports there are, what each needs, in which formats it comes; and making one. No figure is computed here."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from hotline1022.base.errors import Invalid, NotFound
from hotline1022.reporting import monthly_form
from hotline1022.reporting.rendering.formats import FORMATS, Format
from hotline1022.reporting.report import Report
from hotline1022.reporting.sources import Sources


@dataclass(frozen=True)
class Asked:
    """What somebody wants a report on."""

    period: str
    agency: str | None = None
    place: str | None = None


@dataclass(frozen=True)
class Offer:
    """A report that can be had."""

    name: str
    title: str
    about: str
    """One Vietnamese sentence."""
    period: str
    """How its period is written, in Vietnamese."""
    build: Callable[[Sources, Asked], Awaitable[Report]]
    formats: tuple[str, ...] = ("xlsx", "docx", "pdf", "csv", "json")
    takes_agency: bool = False
    takes_place: bool = False


OFFERS: Mapping[str, Offer] = {
    each.name: each
    for each in (
        Offer(
            monthly_form.NAME,
            "Báo cáo tháng của tỉnh",
            "Cuộc gọi, phiếu, kênh, cấp độ, quá hạn và hài lòng của một tháng, so với tháng trước.",
            "tháng như 2026-10",
            lambda sources, asked: monthly_form.build(sources, asked.period),
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
            f"Báo cáo {offer.name} không có dạng “{name[:20]}”", remedy=f"các dạng: {', '.join(offer.formats)}", field="format"
        )
    return FORMATS[name]


async def make(sources: Sources, name: str, asked: Asked, format_name: str) -> Made:
    """The report ``name`` as a file, whole or not at all. Raises NotFound, Invalid, Refused or DatabaseAway."""
    offer = offer_of(name)
    form = format_of(offer, format_name)
    for given, taken, field in ((asked.agency, offer.takes_agency, "agency"), (asked.place, offer.takes_place, "place")):
        if given is not None and not taken:
            raise Invalid(f"Báo cáo {name} không chọn được {'cơ quan' if field == 'agency' else 'xã, phường'}", field=field)
    report = await offer.build(sources, asked)
    sources.tell(f"Dựng tệp {format_name.upper()}")
    # Laying out takes seconds of a processor: calls and people must not wait for it.
    data = await asyncio.to_thread(form.render, report)
    return Made(report, data, form.media_type, f"1022-{name}-{_file_part(asked, report)}.{form.suffix}")


def _file_part(asked: Asked, report: Report) -> str:
    return "-".join(part for part in (report.period, asked.agency, asked.place) if part)
