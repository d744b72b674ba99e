"""The province's monthly form: every figure is what an independent count of the same life gives, in every format."""

from datetime import UTC, datetime

import pytest

from hotline1022.base.errors import Invalid, Refused
from tests.reporting.conftest import Life, lines, one_database, table, words, workbook

OCTOBER, NOVEMBER = datetime(2026, 10, 5, 2, tzinfo=UTC), datetime(2026, 11, 23, 2, tzinfo=UTC)


async def two_months(life: Life) -> None:
    """A small life whose figures can be counted on fingers."""
    life.clock.instant = OCTOBER
    await life.call()
    await life.call(direction="out")
    await life.surveyed(5)
    await life.taken(channel="zalo", topic="huong-dan-thu-tuc")
    life.clock.instant = NOVEMBER
    for _ in range(3):
        await life.call()
    await life.call(direction="out")
    await life.call(direction="out", flow="survey")
    await life.surveyed(4)
    await life.surveyed(2)
    await life.surveyed(5, mode="operator")
    await life.taken(channel="web", topic="ho-so-tre-hen")


async def test_every_figure_is_what_was_counted(life: Life) -> None:
    await two_months(life)
    life.clock.instant = datetime(2026, 12, 1, 2, tzinfo=UTC)
    november, october = table(await life.report("thang", "2026-11"), "bieu-thang")
    assert november == {
        "Kỳ": "2026-11", "Gọi đến": 3, "Gọi đi": 2, "Trong đó khảo sát tự động": 1, "Phiếu": 4, "Phiếu thủ tục hành chính": 1,
        "Điện thoại": 3, "Zalo": 0, "Web": 1, "Facebook": 0, "E-mail": 0, "Ứng dụng": 0, "Cấp độ 1": 0, "Cấp độ 2": 4,
        "Cấp độ 3": 0, "Đã xử lý": 3, "Quá hạn": 0, "Quá hạn, chưa trả lời": 0, "Hài lòng": 1, "Trả lời khảo sát (n)": 2,
        "Hài lòng, điện thoại viên hỏi": 1, "Trả lời điện thoại viên (n)": 1,
    }  # fmt: skip
    assert (october["Kỳ"], october["Phiếu"], october["Zalo"], october["Hài lòng"]) == ("2026-10", 2, 1, 1)


@one_database
async def test_the_workbook_and_the_csv_hold_the_same_figures(life: Life) -> None:
    await two_months(life)
    life.clock.instant = datetime(2026, 12, 1, 2, tzinfo=UTC)
    first, _ = table(await life.report("thang", "2026-11"), "bieu-thang")
    sheet = workbook(await life.report("thang", "2026-11", "xlsx"))["Biểu số liệu"]
    (head,) = [at for at, row in enumerate(sheet) if row[0] == "Kỳ"]
    assert dict(zip(sheet[head], sheet[head + 1], strict=True)) == first
    row, _ = lines(await life.report("thang", "2026-11", "csv"))
    assert list(row.values()) == [str(value) for value in first.values()]


@one_database
async def test_a_month_without_calls_says_so(life: Life) -> None:
    life.clock.instant = datetime(2026, 12, 1, 2, tzinfo=UTC)
    told = words(workbook(await life.report("thang", "2026-11", "xlsx")))
    assert "Tháng 11 năm 2026 không có cuộc gọi nào" in told
    assert "Không có phiếu nào được tiếp nhận" in told


@one_database
async def test_a_month_that_is_not_over_carries_that_its_figures_are_provisional(life: Life) -> None:
    told = words(workbook(await life.report("thang", "2026-11", "xlsx")))
    assert "Số liệu tạm tính đến ngày 23/11/2026" in told
    assert "chưa chốt" in told


@one_database
async def test_a_month_that_has_not_begun_is_refused(life: Life) -> None:
    with pytest.raises(Refused, match="Chưa đến tháng 12 năm 2026"):
        await life.report("thang", "2026-12")


@one_database
@pytest.mark.parametrize("period", ["2026", "2026-Q3", "10/2026", "", "2026-13", "tháng 10"])
async def test_what_is_no_month_is_told_with_how_one_is_written(life: Life, period: str) -> None:
    with pytest.raises(Invalid, match="2026-10"):
        await life.report("thang", period)


@one_database
async def test_a_signed_month_says_who_signed_it(life: Life) -> None:
    await two_months(life)
    life.clock.instant = datetime(2026, 12, 1, 2, tzinfo=UTC)
    await life.signed("2026-11")
    told = words(workbook(await life.report("thang", "2026-11", "xlsx")))
    assert "hoa đã chốt lúc 09 giờ 00 ngày 01/12/2026" in told
