"""``hotline1022 simulate``: fills this installation's empty database with a believable year of traffic. Thin: it asks, and prints."""

import time
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hotline1022.base.errors import Refused
from hotline1022.cli.asking import RULES_FOLDER, AsJson, Services, ask, print_json
from hotline1022.cli.screen import TerminalScreen
from hotline1022.simulation import simulating
from hotline1022.simulation.plan import Plan
from hotline1022.simulation.simulating import Figures
from hotline1022.survey_desk import SurveyRules

NAMES = {
    "calls_in": "cuộc gọi đến",
    "calls_out": "cuộc gọi ra, cả khảo sát",
    "tickets": "phiếu",
    "journal": "bút toán nhật ký",
    "transcripts": "bản chép lời",
    "surveys": "phiếu khảo sát",
    "survey_calls": "lần gọi khảo sát",
    "survey_answers": "câu trả lời khảo sát",
    "letters": "thư xin lỗi",
    "visits": "lịch hẹn làm thủ tục tại nhà",
    "callbacks": "việc gọi lại",
    "published": "câu trả lời đã đăng",
    "signed": "kỳ đã chốt điểm",
    "events": "sự kiện đã xử lý",
    "refused": "thao tác bị từ chối vì muộn",
}
"""How the figures are called to people."""


def simulate(
    first: Annotated[str, typer.Option("--from", metavar="THÁNG", help="Tháng đầu, ví dụ 2026-01.")] = "2026-01",
    *,
    months: Annotated[int, typer.Option(min=1, max=36, help="Số tháng.")] = 12,
    scale: Annotated[float, typer.Option(help="Nhân số liệu hằng tháng của tỉnh với số này.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Cùng số này và cùng quy tắc thì ra cùng số liệu.")] = 1022,
    surge: Annotated[
        list[str] | None,
        typer.Option(metavar="THÁNG", help="Tháng cao điểm như tháng 10/2021; ghi được nhiều lần."),
    ] = None,
    agencies: Annotated[
        int | None, typer.Option(min=1, help="Chỉ chừng này xã, phường có phản ánh; mặc định là mọi xã, phường.")
    ] = None,
    busy_day: Annotated[
        str | None,
        typer.Option(metavar="NGÀY", help="Chỉ một ngày bận (ví dụ 2026-11-23) sau bốn tuần vắng, thay cho cả kỳ."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Mô phỏng một năm của tổng đài trong cơ sở dữ liệu trống: cuộc gọi, phiếu, khảo sát, điểm; không có âm thanh, không gọi cho ai."""
    plan = (
        Plan.months(first, months, seed=seed, scale=scale, surge=surge or (), agencies=agencies)
        if busy_day is None
        else Plan.busy_day(simulating.day_of(busy_day), seed=seed)
    )
    screen, began = TerminalScreen(Console(stderr=True, highlight=False)), time.monotonic()

    def tell(day: date, done: int, whole: int) -> None:
        screen.progress(f"{day:%d/%m/%Y}", done, whole)

    async def fill(services: Services) -> Figures:
        settings = services.settings
        if settings.trunk_outgoing:
            raise Refused(
                "Tổng đài này có đường gọi ra (HOTLINE_TRUNK_OUTGOING) nên không mô phỏng: số điện thoại mô phỏng có thể là của người thật",
                remedy="mô phỏng trong một thư mục dữ liệu khác, không khai báo nhà mạng",
            )
        await simulating.refuse_traffic(services.database)
        folder = settings.data / RULES_FOLDER
        surveys = SurveyRules.load(folder, settings.survey_key.get_secret_value().encode() or b"simulation")
        return await simulating.simulate(
            services.database, plan, rules=services.rules, surveys=surveys, policies=folder, tell=tell
        )

    figures = ask(fill)
    seconds = time.monotonic() - began
    screen.close()
    if as_json:
        print_json({**figures.named(), "seconds": round(seconds, 1)})
        return
    table = Table("Đã mô phỏng", "Số lượng")
    for name, count in figures.named().items():
        table.add_row(NAMES[name], f"{count:,}".replace(",", "."))
    Console(markup=False, highlight=False).print(table)
    typer.echo(
        f"Xong trong {seconds:.0f} giây. Đừng nối cơ sở dữ liệu này với nhà mạng: số điện thoại trong đó là mô phỏng."
    )
