"""Reports on agencies: the scores' own figures, who signed what, what changed since, and what is too little to be judged."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import docx
import pytest

from hotline1022.base.errors import NotFound
from surveys.scores.shown import Scores
from surveys.tally import wilson
from tests.reporting.conftest import COMMUNE, Life, one_database, table, words, workbook
from tests.scores.conftest import Counted
from tests.tickets.conftest import HOA

JANUARY = datetime(2027, 1, 11, 2, tzinfo=UTC)


async def half_a_year(life: Life) -> None:
    """Answers in August and November; one in November comes late."""
    life.clock.instant = datetime(2026, 8, 4, 2, tzinfo=UTC)
    await life.surveyed(5)
    await life.surveyed(4)
    await life.surveyed(1)
    life.clock.instant = datetime(2026, 11, 24, 2, tzinfo=UTC)
    await life.surveyed(2)
    await life.routed()
    await life.at(JANUARY)


async def test_figures_are_counted_by_hand_and_intervals_are_wilsons(life: Life) -> None:
    await half_a_year(life)
    (line,) = [row for row in table(await life.report("co-quan", "2026-H2"), "co-quan") if row["Phiếu đến hạn"]]
    low, high = wilson(2, 4)
    assert {name: line[name] for name in ("Phiếu đến hạn", "Đúng hạn", "Tỷ lệ đúng hạn", "Trả lời khảo sát (n)", "Hài lòng")} == {
        "Phiếu đến hạn": 5, "Đúng hạn": 4, "Tỷ lệ đúng hạn": 0.8, "Trả lời khảo sát (n)": 4, "Hài lòng": 2,
    }  # fmt: skip
    assert (line["Tỷ lệ hài lòng"], line["Xếp loại"], line["Hạng"]) == (0.5, "chưa đủ mẫu", None)
    assert (line["Cận dưới 95 %"], line["Cận trên 95 %"]) == pytest.approx((low, high), abs=1e-4)


async def test_a_period_half_frozen_says_which_months_are_and_which_are_not(life: Life) -> None:
    await half_a_year(life)
    await life.signed("2026-Q3")
    await life.signed("2026-11")
    made = await life.report("co-quan", "2026-H2", "xlsx")
    told = words(workbook(made))
    assert "Điểm các cơ quan sáu tháng cuối năm 2026: chưa chốt" in told
    assert "đã chốt quý 3 năm 2026 và tháng 11 năm 2026; chưa chốt tháng 10 và tháng 12" in told
    states = {row["Tháng"]: row["Tình trạng"] for row in table(await life.report("co-quan", "2026-H2"), "chot-so")}
    assert states["2026-07"] == "đã chốt trong quý 3 năm 2026"
    assert states["2026-11"] == "đã chốt trong tháng 11 năm 2026"
    assert states["2026-10"] == states["2026-12"] == "chưa chốt"


async def test_what_happens_while_a_report_is_made_is_in_all_of_its_figures_or_in_none(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await half_a_year(life)
    seen = life.counted.board.scores_seen

    async def and_then_more_happens(*asked: Any) -> Scores:
        scores = await seen(*asked)
        life.clock.instant = datetime(2026, 11, 25, 2, tzinfo=UTC)
        await life.surveyed(3)
        await life.counted.follow()
        life.clock.instant = JANUARY
        return scores

    monkeypatch.setattr(life.counted.board, "scores_seen", and_then_more_happens)
    for due in (5, 6):
        made = await life.report("cai-cach", "2026")
        (whole,) = [row for row in table(made, "co-quan") if row["Phiếu đến hạn"]]
        months = table(made, f"thang-{COMMUNE}")
        assert whole["Phiếu đến hạn"] == sum(row["Đến hạn"] for row in months) == due
        assert whole["Trả lời khảo sát (n)"] == sum(row["Trả lời khảo sát (n)"] for row in months) == due - 1


@one_database
async def test_what_was_signed_stays_and_what_changed_since_is_told(life: Life) -> None:
    await half_a_year(life)
    await life.signed("2026-Q3")
    life.clock.instant = datetime(2026, 8, 20, 2, tzinfo=UTC)
    await life.surveyed(1)
    life.clock.instant = JANUARY
    (line,) = [row for row in table(await life.report("co-quan", "2026-Q3"), "co-quan") if row["Phiếu đến hạn"]]
    assert (line["Hài lòng"], line["Trả lời khảo sát (n)"]) == (2, 3), "the figures that were signed"
    document = docx.Document(BytesIO((await life.report("co-quan", "2026-Q3", "docx")).data))
    told = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "hoa đã chốt lúc 09 giờ 00 ngày 11/01/2027" in told
    changed = table(await life.report("co-quan", "2026-Q3"), "thay-doi")
    assert [row["Kỳ đã chốt"] for row in changed] == ["quý 3 năm 2026"]
    (whole,) = table(await life.report("co-quan", "2026"), "thay-doi")
    assert whole["Kỳ đã chốt"] == "quý 3 năm 2026", "a longer period tells of its signed parts"


async def test_the_pack_has_a_chapter_for_each_agency_with_its_months(life: Life) -> None:
    await half_a_year(life)
    made = await life.report("cai-cach", "2026")
    months = table(made, f"thang-{COMMUNE}")
    assert [(row["Tháng"], row["Hài lòng"], row["Trả lời khảo sát (n)"]) for row in months if row["Trả lời khảo sát (n)"]] == [
        ("08/2026", 2, 3), ("11/2026", 0, 1),
    ]  # fmt: skip
    assert sum(row["Đến hạn"] for row in months) == 5
    without = {row["Cơ quan"] for row in table(made, "khong-phieu")}
    assert "Sở Y tế" in without
    assert "UBND phường Cao Lãnh" not in without


@one_database
async def test_an_agency_without_tickets_has_a_pack_that_says_so(life: Life) -> None:
    await half_a_year(life)
    made = await life.report("cai-cach", "2026", "xlsx", agency="so-y-te")
    assert "không có phiếu nào trong năm 2026" in words(workbook(made))
    assert made.file_name == "1022-cai-cach-2026-so-y-te.xlsx"
    with pytest.raises(NotFound, match="khong-co"):
        await life.report("cai-cach", "2026", agency="khong-co")


@one_database
async def test_corrections_are_told_with_what_was_decided(life: Life, counted: Counted) -> None:
    from hotline1022.base.access import Actor, Role
    from surveys.scores.sign_off import AskedCorrection, Decision

    await half_a_year(life)
    await life.signed("2026-Q3")
    head = Actor(name="chủ tịch", role=Role.APPROVER, agency=COMMUNE)
    asked = await counted.signing.ask_correction(
        "2026-Q3", AskedCorrection(reason="Phiếu trùng.", evidence="Biên bản."), head
    )
    await counted.signing.decide("2026-Q3", asked.id, Decision(accept=False, answer="Không trùng."), HOA)
    made = await life.report("co-quan", "2026-Q3", "xlsx")
    told = words(workbook(made))
    assert "Có 1 đề nghị đính chính: chấp nhận 0, không chấp nhận 1, chờ quyết định 0" in told
    assert "không chấp nhận: Không trùng." in told
