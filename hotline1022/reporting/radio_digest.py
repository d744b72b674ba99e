"""The monthly digest for the radio: top topics, solved, overdue, quotes that are public already, and a text to be read aloud.

Quotes come from published answers alone: a person has redacted and released each. In the digest of one commune a topic with few
slips is not named, so that neighbours cannot tell whose it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.errors import NotFound
from hotline1022.reporting import spoken, standing, written
from hotline1022.reporting.report import Cell, Chapter, Chart, Column, Kind, Quote, Report, Table
from hotline1022.reporting.sources import Sources, rows
from hotline1022.reporting.suppression import FEWEST
from surveys.scores.period import Period
from tickets.localities import in_sentence
from tickets.publication.reading import AnswerQuery, PublicAnswer, PublicAnswers

NAME = "phat-thanh"
TOP = 5
MOST_QUOTES = 5

_BASIS = (
    "Phiếu tính theo ngày tiếp nhận trong tháng{where}; “đã giải quyết” là phiếu mà người dân không còn phải "
    "chờ; “quá hạn” là phiếu không được "
    "trả lời trước hạn. Khiếu nại, tố cáo được đếm trong tổng số nhưng không nêu lĩnh vực, địa bàn. Trích dẫn chỉ lấy từ các câu trả lời "
    "đã đăng công khai, đã bỏ thông tin cá nhân."
)
_COUNTS = (
    "SELECT topic, count(*) AS slips, sum(1 - open) AS done, sum(coalesce(late, 0)) AS overdue FROM report_tickets"
    " WHERE taken_at >= :starts AND taken_at < :ends AND (:place = '' OR place = :place) GROUP BY topic"
)


@dataclass(frozen=True)
class TopicFigures:
    """What came in about a topic; ``code`` None is what names no topic."""

    code: str | None
    slips: int
    done: int
    overdue: int


async def build(sources: Sources, text: str, place: str | None) -> Report:
    """The digest of the province, or of one commune. Raises Invalid, NotFound, Refused, DatabaseAway."""
    period = standing.read(text, (1,))
    now = sources.clock.now()
    told = standing.provisional(period.title, standing.starts_of(period), period.ends, now)
    if place is not None and place not in sources.rules.current.localities.communes:
        raise NotFound(f"Không có xã, phường nào ngày nay mang mã “{place[:16]}”")
    where = in_sentence(sources.place(place)) if place else ""
    sources.tell(f"Đọc phiếu {period.title}")
    async with sources.database.reading() as connection:
        found = await _topics(connection, period, place)
    quotes = await _quotes(sources, period, place, found)
    total = TopicFigures(None, *(sum(getattr(each, name) for each in found) for name in ("slips", "done", "overdue")))
    named = [each for each in found if each.code is not None and (place is None or each.slips >= FEWEST)][:TOP]
    return Report(
        name=NAME,
        title=f"Bản tin phát thanh Tổng đài 1022{f' {where}' if where else ''}",
        period=period.name,
        period_title=period.title,
        made_at=now,
        basis=_BASIS.format(where=f" tại {where}" if where else ""),
        provisional=told,
        chapters=(
            _summary(sources, total, named),
            Chapter(title="Lời dẫn để đọc", sentences=aloud(sources, period, where, total, named)),
            Chapter(
                title="Hỏi và trả lời",
                sentences=() if quotes else ("Trong tháng chưa có câu trả lời nào được đăng công khai để trích dẫn.",),
                quotes=quotes,
            ),
        ),
        main="linh-vuc",
    )


async def _topics(connection: AsyncConnection, period: Period, place: str | None) -> list[TopicFigures]:
    """The most frequent first."""
    span = {"starts": standing.starts_of(period), "ends": period.ends}
    found = await rows(connection, _COUNTS, place=place or "", **span)
    topics = [TopicFigures(row["topic"], int(row["slips"]), int(row["done"]), int(row["overdue"])) for row in found]
    return sorted(topics, key=lambda each: (-each.slips, each.code or ""))


def _summary(sources: Sources, total: TopicFigures, named: Sequence[TopicFigures]) -> Chapter:
    rest = [total.slips, total.done, total.overdue]
    shown: list[tuple[Cell, ...]] = []
    for each in named:
        shown.append((sources.topic(each.code), each.slips, each.done, each.overdue))
        rest = [whole - part for whole, part in zip(rest, (each.slips, each.done, each.overdue), strict=True)]
    if rest[0]:
        shown.append(("Các việc khác", *rest))
    table = Table(
        name="linh-vuc",
        title="Người dân phản ánh nhiều nhất",
        columns=(
            Column("Lĩnh vực", Kind.WORDS, "topic"), Column("Phiếu", Kind.COUNT, "slips"),
            Column("Đã giải quyết", Kind.COUNT, "done"), Column("Quá hạn", Kind.COUNT, "overdue"),
        ),
        rows=(*shown, ("Tổng số", total.slips, total.done, total.overdue)),
        total=True,
    )  # fmt: skip
    chart = Chart(
        title="Người dân phản ánh nhiều nhất", table="linh-vuc", label=0, series=(1,), kind="bar", rows=len(named)
    )
    told = () if total.slips else ("Trong tháng không có phiếu nào.",)
    return Chapter(title="Con số trong tháng", sentences=told, tables=(table,), charts=(chart,) if named else ())


def aloud(
    sources: Sources, period: Period, where: str, total: TopicFigures, named: Sequence[TopicFigures]
) -> tuple[str, ...]:
    """The text for a presenter: every number in words."""
    month = spoken.month(period.year, period.first)
    place = f" tại {where}" if where else " tỉnh Đồng Tháp"
    hello = "Kính thưa quý vị và bà con,"
    if not total.slips:
        return (f"{hello} trong {month}, Tổng đài một không hai hai không nhận được ý kiến nào{place}.",)
    said = [
        f"{hello} trong {month}, Tổng đài một không hai hai đã tiếp nhận {spoken.number(total.slips)} ý kiến, phản ánh, "
        f"kiến nghị của người dân và doanh nghiệp{place}."
    ]
    if named:
        topics = [f"{sources.topic(each.code).lower()}, {spoken.number(each.slips)} ý kiến" for each in named]
        said.append(f"Bà con phản ánh nhiều nhất về: {'; '.join(topics)}.")
    said.append(
        f"Đến nay đã giải quyết, trả lời {spoken.number(total.done)} ý kiến, đạt {spoken.share(total.done, total.slips)}."
    )
    said.append(
        f"Còn {spoken.number(total.overdue)} ý kiến không được trả lời đúng hạn."
        if total.overdue
        else "Không có ý kiến nào quá hạn trả lời."
    )
    said.append("Bà con có ý kiến, phản ánh xin gọi số một không hai hai. Xin cảm ơn quý vị và bà con đã lắng nghe.")
    return tuple(said)


async def _quotes(
    sources: Sources, period: Period, place: str | None, topics: Sequence[TopicFigures]
) -> tuple[Quote, ...]:
    """Of the month's published answers the newest of each frequent topic, then the newest others."""
    published = await _published(sources, period, place)
    rank = {each.code: at for at, each in enumerate(topics)}
    chosen: dict[str, PublicAnswer] = {}
    for each in published:
        chosen.setdefault(each.topic, each)
    first = sorted(chosen.values(), key=lambda each: (rank.get(each.topic, len(rank)), each.id))
    others = [each for each in published if each not in first]
    return tuple(
        Quote(
            question=each.question,
            answer=each.answer,
            source=f"{each.topic_name}; {each.agency_name} trả lời, đăng ngày {written.day(each.published_at)}",
        )
        for each in [*first, *others][:MOST_QUOTES]
    )


async def _published(sources: Sources, period: Period, place: str | None) -> list[PublicAnswer]:
    """The answers published in the month, newest first. Raises DatabaseAway."""
    answers, starts = PublicAnswers(sources.database, sources.rules), standing.starts_of(period)
    found: list[PublicAnswer] = []
    cursor: str | None = None
    while True:
        page = await answers.page(AnswerQuery(limit=100, place=place, cursor=cursor))
        found += [each for each in page.items if starts <= each.published_at < period.ends]
        cursor = page.next
        if cursor is None or page.items[-1].published_at < starts:
            return found
