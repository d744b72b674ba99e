"""The digest for the radio, hot spots, staffing and open data on a small life whose figures can be counted."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline1022.base.errors import Invalid, NotFound, Refused
from tests.reporting.conftest import PLACE, Life, busy_autumn, lines, one_database, table, words, workbook

JANUARY = datetime(2027, 1, 11, 2, tzinfo=UTC)


async def test_the_digest_counts_topics_quotes_what_is_published_and_is_read_without_a_digit(life: Life) -> None:
    await busy_autumn(life)
    made = await life.report("phat-thanh", "2026-11")
    rows = {row["Lĩnh vực"]: row for row in table(made, "linh-vuc")}
    assert (rows["Giao thông"]["Phiếu"], rows["Giao thông"]["Đã giải quyết"], rows["Giao thông"]["Quá hạn"]) == (
        7,
        3,
        4,
    )
    assert rows["Tổng số"]["Phiếu"] == 10, "a complaint is counted, and named nowhere"
    assert rows["Tổng số"]["Phiếu"] == sum(row["Phiếu"] for name, row in rows.items() if name != "Tổng số")
    assert "Khiếu nại" not in rows
    (quote,) = [quote for chapter in made.report.chapters for quote in chapter.quotes]
    assert (quote.question, quote.answer) == ("Đường trước chợ có ổ gà.", "Đã vá xong.")
    (aloud,) = [chapter for chapter in made.report.chapters if chapter.title == "Lời dẫn để đọc"]
    text = " ".join(aloud.sentences)
    assert not any(letter.isdigit() for letter in text)
    assert "trong tháng mười một năm hai nghìn không trăm hai mươi sáu" in text
    assert "đã tiếp nhận mười ý kiến" in text
    assert "giao thông, bảy ý kiến" in text
    await one_commune(life)


async def one_commune(life: Life) -> None:
    """In one commune a topic with few slips is not named."""
    made = await life.report("phat-thanh", "2026-11", place=PLACE)
    rows = {row["Lĩnh vực"]: row["Phiếu"] for row in table(made, "linh-vuc")}
    assert rows == {"Giao thông": 7, "Các việc khác": 1, "Tổng số": 8}
    assert "phường Cao Lãnh" in words(workbook(await life.report("phat-thanh", "2026-11", "xlsx", place=PLACE)))
    with pytest.raises(NotFound, match="99999"):
        await life.report("phat-thanh", "2026-11", place="99999")
    with pytest.raises(Invalid, match="không chọn được"):
        await life.report("thang", "2026-11", place=PLACE)


async def surge(life: Life) -> None:
    """Twelve weeks with a slip each week from two communes, and one week in which one of them is flooded."""
    for week in range(12):
        life.clock.instant = datetime(2026, 8, 31, 2, tzinfo=UTC) + timedelta(weeks=week)
        await life.taken(topic="dien")
        await life.taken(topic="dien", place="30169")
    life.clock.instant = datetime(2026, 11, 23, 2, tzinfo=UTC)
    for _ in range(8):
        await life.taken(topic="dien")
    await life.taken(topic="dien", place="30169")
    life.clock.instant = JANUARY


async def test_a_surge_is_told_in_one_sentence_with_its_test(life: Life) -> None:
    await surge(life)
    made = await life.report("diem-nong", "2026-W48")
    ((chapter,),) = [[each for each in made.report.chapters]]
    (told,) = chapter.sentences
    assert told.startswith(
        "Điện, phường Cao Lãnh: 8 phiếu trong tuần 48 năm 2026 (23/11–29/11/2026), 12 tuần trước đó trung bình 1,0 phiếu một tuần"
    )
    assert "kiểm định chính xác có điều kiện cho hai tỷ suất Poisson (mid-p một phía) cho p " in told
    assert "hiệu chỉnh Benjamini-Hochberg trên 2 cặp cho q " in told
    first, second = table(made, "diem-nong")
    assert (first["Trong tuần"], first["Các tuần trước"], first["Điểm nóng"]) == (8, 12, "có")
    assert (second["Trong tuần"], second["Các tuần trước"], second["Điểm nóng"]) == (1, 12, "không")


@one_database
async def test_without_weeks_before_there_is_no_hot_spot(life: Life) -> None:
    await surge(life)
    made = await life.report("diem-nong", "2026-W38")
    assert "Mới có 2 tuần số liệu" in made.report.chapters[0].sentences[0]
    assert table(made, "diem-nong") == []


async def test_operators_are_advised_from_calls_and_their_length(life: Life) -> None:
    life.clock.instant = datetime(2026, 11, 24, 2, tzinfo=UTC)
    for _ in range(40):
        await life.handled_call(talk=240, wrap_up=60)
    life.clock.instant = datetime(2026, 12, 1, 2, tzinfo=UTC)
    made = await life.report("truc", "2026-11")
    (line,) = table(made, "truc")
    assert (line["Thứ"], line["Giờ"], line["Cuộc gọi trong kỳ"], line["AHT (giây)"]) == ("Thứ Ba", 9, 40, 300)
    assert line["Cuộc gọi một giờ"] == 10, "forty calls on four Tuesdays"
    assert line["Người trực"] == 3, "0.83 erlangs: two answer 72 % in 20 seconds, three 93 %"
    assert line["Mức phục vụ dự kiến"] >= 0.8


@one_database
async def test_with_few_calls_there_is_no_advice(life: Life) -> None:
    await life.handled_call(talk=240, wrap_up=60)
    life.clock.advance(hours=1)
    made = await life.report("truc", "2026-11")
    assert "chưa đủ 30" in made.report.chapters[0].sentences[0]
    assert table(made, "truc") == []


async def test_open_data_hides_small_cells_and_its_totals_are_true(life: Life) -> None:
    life.clock.instant = datetime(2026, 11, 24, 2, tzinfo=UTC)
    for topic, place, times in (
        ("giao-thong", PLACE, 2), ("dat-dai", PLACE, 9), ("giao-thong", "30169", 8), ("dat-dai", "30169", 7), ("khieu-nai", PLACE, 3),
    ):  # fmt: skip
        for _ in range(times):
            await life.taken(topic=topic, place=place)
    life.clock.instant = JANUARY
    rows = lines(await life.report("du-lieu-mo", "2026-Q4", "csv"))
    told = {(row["place"], row["topic"]): row["slips"] for row in rows}
    assert told[PLACE, "ha-tang"] == "", "two slips are hidden"
    assert {each for each in told.values() if each} <= {"10", "11", "15", "16", "26"}, "so all four corners are"
    assert told["tat-ca", "tat-ca"] == "26", "complaints are not in it"
    assert {row["status"] for row in rows} == {"có", "ẩn"}


@one_database
async def test_open_data_of_a_quarter_that_grows_is_refused(life: Life) -> None:
    with pytest.raises(Refused, match="Chưa hết quý 4 năm 2026"):
        await life.report("du-lieu-mo", "2026-Q4", "csv")
    with pytest.raises(Invalid, match="các dạng: csv"):
        await life.report("du-lieu-mo", "2026-Q4", "pdf")
