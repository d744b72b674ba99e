"""``hotline1022 report``: each report by one command, written whole or not at all. Thin: it asks, and writes the file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hotline1022.administration.live_files import write_whole
from hotline1022.base.errors import Invalid, Refused
from hotline1022.cli.asking import READER, Services, ask
from hotline1022.cli.screen import TerminalScreen
from hotline1022.reporting import catalogue
from hotline1022.reporting.catalogue import Asked, Made
from hotline1022.reporting.sources import Sources

report_app = typer.Typer(no_args_is_help=True, help="Báo cáo: mỗi báo cáo một lệnh, ra tệp XLSX, DOCX, PDF hoặc CSV.")

Format = Annotated[str, typer.Option("--format", help="Dạng tệp; để trống: theo đuôi của --out, hoặc xlsx.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Tệp sẽ được ghi; để trống: tên có sẵn trong thư mục hiện tại.")
]
Force = Annotated[bool, typer.Option("--force", help="Ghi đè tệp đã có.")]


@report_app.command("list")
def list_reports() -> None:
    """In các báo cáo, kỳ và dạng tệp của từng báo cáo."""
    for offer in catalogue.OFFERS.values():
        typer.echo(f"{offer.name}: {offer.title}. {offer.about} Kỳ: {offer.period}. Dạng: {', '.join(offer.formats)}.")


@report_app.command("thang")
def monthly_form(
    month: Annotated[str, typer.Option("--month", help="Tháng, như 2026-10.", show_default=False)],
    form: Format = "",
    out: Out = None,
    *,
    force: Force = False,
) -> None:
    """Báo cáo tháng của tỉnh: cuộc gọi, phiếu, kênh, cấp độ, quá hạn, hài lòng, so với tháng trước."""
    _write("thang", Asked(month), form, out, force=force)


@report_app.command("co-quan")
def agency_figures(
    period: Annotated[str, typer.Option("--period", help="2026-Q3, 2026-H2 hoặc 2026.", show_default=False)],
    form: Format = "",
    out: Out = None,
    *,
    force: Force = False,
) -> None:
    """Đúng hạn và hài lòng theo cơ quan trong một quý, nửa năm hay năm, kèm tình trạng chốt điểm."""
    _write("co-quan", Asked(period), form, out, force=force)


@report_app.command("cai-cach")
def reform_pack(
    year: Annotated[str, typer.Option("--year", help="Năm, như 2026.", show_default=False)],
    agency: Annotated[str | None, typer.Option("--agency", help="Mã cơ quan; để trống: mọi cơ quan.")] = None,
    form: Format = "",
    out: Out = None,
    *,
    force: Force = False,
) -> None:
    """Hồ sơ cải cách hành chính cả năm: mỗi cơ quan một chương, hoặc của một cơ quan."""
    _write("cai-cach", Asked(year, agency=agency), form, out, force=force)


@report_app.command("phat-thanh")
def radio_digest(
    month: Annotated[str, typer.Option("--month", help="Tháng, như 2026-10.", show_default=False)],
    place: Annotated[str | None, typer.Option("--xa", help="Mã xã, phường; để trống: cả tỉnh.")] = None,
    form: Format = "",
    out: Out = None,
    *,
    force: Force = False,
) -> None:
    """Bản tin phát thanh hằng tháng: việc nhiều nhất, đã giải quyết, quá hạn, hỏi và trả lời, lời dẫn để đọc."""
    _write("phat-thanh", Asked(month, place=place), form, out, force=force)


@report_app.command("diem-nong")
def hot_spots(
    week: Annotated[str, typer.Option("--week", help="Tuần, như 2026-W47.", show_default=False)],
    form: Format = "",
    out: Out = None,
    *,
    force: Force = False,
) -> None:
    """Điểm nóng của một tuần: lĩnh vực ở xã, phường nào tăng vọt so với 12 tuần trước."""
    _write("diem-nong", Asked(week), form, out, force=force)


@report_app.command("truc")
def staffing(
    period: Annotated[str, typer.Option("--period", help="2026-10, 2026-Q3, 2026-H2 hoặc 2026.", show_default=False)],
    form: Format = "",
    out: Out = None,
    *,
    force: Force = False,
) -> None:
    """Số điện thoại viên cần trực theo từng giờ trong tuần, tính từ cuộc gọi của kỳ ấy."""
    _write("truc", Asked(period), form, out, force=force)


@report_app.command("du-lieu-mo")
def open_data(
    quarter: Annotated[str, typer.Option("--quarter", help="Quý đã hết, như 2026-Q3.", show_default=False)],
    form: Format = "",
    out: Out = None,
    *,
    force: Force = False,
) -> None:
    """Dữ liệu mở của một quý: phiếu theo xã, phường và lĩnh vực, số nhỏ được ẩn."""
    _write("du-lieu-mo", Asked(quarter), form, out, force=force)


def _write(name: str, asked: Asked, form: str, out: Path | None, *, force: bool) -> None:
    offer = catalogue.offer_of(name)
    form = form or (out.suffix.lstrip(".").lower() if out else "") or offer.formats[0]
    catalogue.format_of(offer, form)
    if out is not None and out.is_dir():
        raise Invalid(f"--out: {out} là thư mục", remedy="ghi cả tên tệp", field="out")
    _free(out, force=force)
    screen = TerminalScreen(Console(stderr=True, highlight=False))

    async def make(services: Services) -> Made:
        sources = Sources(services.database, services.clock, services.rules, services.scoreboard, READER, screen.step)
        return await catalogue.make(sources, name, asked, form)

    made = ask(make)
    path = out or Path(made.file_name)
    _free(path, force=force)
    write_whole(path, made.data)
    for warning in made.report.warnings:
        screen.note(warning)
    typer.echo(f"Đã ghi {path}")


def _free(path: Path | None, *, force: bool) -> None:
    if path is not None and path.exists() and not force:
        raise Refused(f"Đã có tệp {path}", remedy="thêm --force để ghi đè, hoặc chọn tên khác bằng --out")
