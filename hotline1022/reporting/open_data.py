"""Open data of a quarter: slips by commune and topic, small cells hidden so that totals give none of them away.

Only whole quarters that are over: of periods that overlap, or of one that still grows, the difference would tell what each hides.
"""

from collections import Counter

from hotline1022.base.errors import Refused
from hotline1022.reporting import standing, written
from hotline1022.reporting.report import Chapter, Column, Kind, Report, Table
from hotline1022.reporting.sources import Sources, rows
from hotline1022.reporting.suppression import FEWEST, FEWEST_OF_A_LINE, REST, Published, lines_of, protect

NAME = "du-lieu-mo"
LICENCE = "Giấy phép: CC BY 4.0, ghi nguồn Tổng đài 1022 tỉnh Đồng Tháp."
HIDDEN = "ẩn"
_ALL = "tat-ca"

COLUMNS = (
    Column("Quý", Kind.MARK, "quarter"),
    Column("Mã xã, phường", Kind.MARK, "place"),
    Column("Xã, phường", Kind.WORDS, "place_name"),
    Column("Mã lĩnh vực", Kind.MARK, "topic"),
    Column("Lĩnh vực", Kind.WORDS, "topic_name"),
    Column("Phiếu", Kind.COUNT, "slips"),
    Column("Trạng thái", Kind.MARK, "status"),
)
README = (
    "quarter: quý tiếp nhận, ví dụ 2026-Q3; place, place_name: mã và tên xã, phường ngày nay; topic, topic_name: mã và tên lĩnh vực lớn; "
    f"slips: số phiếu, để trống khi ẩn; status: “có” là số thật, “ẩn” là số bị ẩn. “{REST}”: các dòng nhỏ "
    f"(dưới {FEWEST_OF_A_LINE} phiếu) gộp lại; "
    f"“{_ALL}”: tổng số, luôn là số thật."
)
"""A line that says what each column is."""

_BASIS = (
    "Phiếu tính theo ngày tiếp nhận, địa bàn và lĩnh vực do tổng đài xác nhận; phiếu không rõ địa bàn để "
    "riêng. Khiếu nại, tố cáo không có trong dữ liệu này. "
    f"Số từ 1 đến {FEWEST - 1} bị ẩn; thêm một số ô khác bị ẩn để không ai tính ra số nhỏ bằng cách lấy tổng "
    f"trừ đi: mọi giá trị từ 1 đến {FEWEST - 1} "
    "của ô nhỏ vẫn khớp với mọi tổng."
)
UNKNOWN_PLACE = "khong-ro"


async def build(sources: Sources, text: str) -> Report:
    """The open data of a quarter. Raises Invalid, DatabaseAway, and Refused before the quarter is over."""
    period = standing.read(text, (3,))
    now = sources.clock.now()
    if standing.provisional(period.title, standing.starts_of(period), period.ends, now):
        raise Refused(
            f"Chưa hết {period.title} nên chưa có dữ liệu mở: số đổi từng ngày sẽ làm lộ những ô bị ẩn",
            remedy=f"làm từ ngày {written.day(period.ends)}",
        )
    sources.tell(f"Đếm phiếu {period.title}")
    async with sources.database.reading() as connection:
        found = await rows(
            connection,
            "SELECT topic, place, count(*) AS slips FROM report_tickets"
            " WHERE taken_at >= :starts AND taken_at < :ends AND sealed = 0 GROUP BY topic, place",
            starts=standing.starts_of(period),
            ends=period.ends,
        )
    topics = sources.rules.current.topics
    counts: Counter[tuple[str, str]] = Counter()
    for row in found:
        counts[row["place"] or UNKNOWN_PLACE, topics.wider(row["topic"] or topics.unknown)[-1]] += row["slips"]
    published = protect(counts)
    table = Table(
        name="du-lieu-mo",
        title=f"Phiếu theo xã, phường và lĩnh vực, {period.title}",
        columns=COLUMNS,
        rows=() if published is None else _rows(sources, period.name, published),
    )
    hidden = sum(count is None for count in published.cells.values()) if published else 0
    told = (
        f"Trong {period.title} có dưới {FEWEST_OF_A_LINE} phiếu, nên không công bố số nào."
        if published is None
        else f"{written.count(hidden)} ô bị ẩn trên {written.count(len(published.cells))} ô."
    )
    return Report(
        name=NAME,
        title="Dữ liệu mở của Tổng đài 1022",
        period=period.name,
        period_title=period.title,
        made_at=now,
        basis=_BASIS,
        provisional=None,
        chapters=(Chapter(title="Dữ liệu", sentences=(told,), tables=(table,)),),
        notes=(f"Các cột: {README}", LICENCE),
        main="du-lieu-mo",
    )


def _rows(sources: Sources, quarter: str, published: Published) -> tuple[tuple[str | int | None, ...], ...]:
    def line(place: str, topic: str, count: int | None) -> tuple[str | int | None, ...]:
        state = HIDDEN if count is None else "có"
        return (quarter, place, _place(sources, place), topic, _topic(sources, topic), count, state)

    cells = [line(*each) for each in lines_of(published)]
    of_places = [line(place, _ALL, total) for place, total in published.row_totals.items()]
    of_topics = [line(_ALL, topic, total) for topic, total in published.column_totals.items()]
    return (*cells, *of_places, *of_topics, line(_ALL, _ALL, published.total))


def _place(sources: Sources, code: str) -> str:
    named = {REST: "Các xã, phường còn lại", _ALL: "Toàn tỉnh", UNKNOWN_PLACE: "Chưa rõ địa bàn"}
    return named.get(code) or sources.place(code)


def _topic(sources: Sources, code: str) -> str:
    named = {REST: "Các lĩnh vực còn lại", _ALL: "Mọi lĩnh vực"}
    return named.get(code) or sources.topic(code)
