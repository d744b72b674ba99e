"""On-time and satisfaction of every agency in a quarter, a half or a year, with who signed what. Figures are the scores' own."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.reporting import standing, written
from hotline1022.reporting.report import Cell, Chapter, Chart, Column, Kind, Report, Table
from hotline1022.reporting.sign_offs import corrections_sentence, parts, parts_sentence, signed_sentence
from hotline1022.reporting.sources import Sources, rows
from surveys.scores.model import AgencyFigures
from surveys.scores.period import Period, read_period
from surveys.scores.scoreboard import ScoreQuery
from surveys.scores.shown import Scores

NAME = "co-quan"

_BASIS = (
    "Số liệu là của bảng điểm các cơ quan ({weights}, {basis}). “Đúng hạn” là phiếu được trả lời trước hạn trên số phiếu đến hạn trong kỳ, "
    "kể cả phiếu còn để quá hạn. “Hài lòng” là mức 4 và 5 trên 5 của người trả lời cuộc gọi tự động hoặc trang khảo sát; khoảng tin cậy "
    "95 % tính theo Wilson. Cơ quan có dưới {fewest} người trả lời thì ghi “chưa đủ mẫu”, không xếp hạng. "
    "Hạng xếp theo cận dưới của điểm tổng hợp."
)

COLUMNS = (
    Column("Hạng", Kind.COUNT, "rank"),
    Column("Cơ quan", Kind.WORDS, "agency_name"),
    Column("Phiếu đến hạn", Kind.COUNT, "due"),
    Column("Đúng hạn", Kind.COUNT, "on_time"),
    Column("Tỷ lệ đúng hạn", Kind.SHARE, "on_time_rate"),
    Column("Trả lời khảo sát (n)", Kind.COUNT, "answers"),
    Column("Hài lòng", Kind.COUNT, "satisfied"),
    Column("Tỷ lệ hài lòng", Kind.SHARE, "csat"),
    Column("Cận dưới 95 %", Kind.SHARE, "csat_low"),
    Column("Cận trên 95 %", Kind.SHARE, "csat_high"),
    Column("Tỷ lệ trả lời", Kind.SHARE, "response_rate"),
    Column("Điểm", Kind.NUMBER, "composite"),
    Column("Xếp loại", Kind.MARK, "band"),
)


async def build(sources: Sources, text: str) -> Report:
    """The agencies of a period. Raises Invalid, Refused for one that has not begun, DatabaseAway."""
    period = standing.read(text, (3, 6, 12))
    now = sources.clock.now()
    told = standing.provisional(period.title, standing.starts_of(period), period.ends, now)
    sources.tell(f"Đọc điểm {period.title}")
    async with sources.database.reading() as connection:
        scores = await sources.board.scores_seen(connection, ScoreQuery(period=period.name), sources.actor)
        signed = await signed_parts(connection, period)
        changed = await _changed_parts(connection, sources, scores, signed)
    return Report(
        name=NAME,
        title="Tình hình trả lời đúng hạn và sự hài lòng của người dân theo cơ quan",
        period=period.name,
        period_title=period.title,
        made_at=now,
        basis=basis(scores),
        provisional=told,
        signed=sign_off_sentences(scores, period, signed),
        chapters=(_ranking(scores), *_sign_offs(scores, period, signed, changed)),
        main="co-quan",
    )


def basis(scores: Scores) -> str:
    """What the scores' figures count, with their weights."""
    return _BASIS.format(weights=f"trọng số {scores.weights}", basis=scores.weights_basis, fewest=scores.fewest_answers)


def sign_off_sentences(scores: Scores, period: Period, signed: Sequence[str]) -> tuple[str, ...]:
    """Everything that is to be said of a period's being signed."""
    frozen = parts_sentence(period, signed) if scores.signed_off is None else None
    told = (signed_sentence(scores), frozen, corrections_sentence(scores))
    return tuple(each for each in told if each)


async def signed_parts(connection: AsyncConnection, period: Period) -> tuple[str, ...]:
    """The parts of a period that are signed by themselves. Raises DatabaseAway."""
    found = {row["period"] for row in await rows(connection, "SELECT period FROM report_sign_offs")}
    return tuple(each.name for each in parts(period) if each.name in found)


def row_of(each: AgencyFigures) -> tuple[Cell, ...]:
    """An agency under ``COLUMNS``; rates are those of its own counts."""
    due, on_time = each.counts.get("due", 0), each.counts.get("on_time", 0)
    figures: tuple[Cell, ...] = (due, on_time, on_time / due if due else None, each.n, each.satisfied)
    sampled: tuple[Cell, ...] = (each.csat, each.low, each.high, each.response_rate, each.composite, each.band)
    return (each.rank, each.agency_name, *figures, *sampled)


def _ranking(scores: Scores) -> Chapter:
    shown = tuple(row_of(each) for each in scores.scores)
    table = Table(name="co-quan", title=f"Đúng hạn và hài lòng, {scores.title}", columns=COLUMNS, rows=shown, wide=True)
    few = [each for each in scores.scores if each.n < scores.fewest_answers]
    due = sum(each.counts.get("due", 0) for each in scores.scores)
    on_time = sum(each.counts.get("on_time", 0) for each in scores.scores)
    asked, satisfied = sum(each.n for each in scores.scores), sum(each.satisfied for each in scores.scores)
    sentences = (
        (
            f"{len(scores.scores)} cơ quan có phiếu; {written.count(on_time)} trên {written.count(due)} phiếu đến hạn được trả lời đúng hạn"
            f" ({written.percent(on_time / due if due else None)}); {written.count(satisfied)} trên "
            f"{written.count(asked)} người trả lời khảo sát hài lòng"
            f" ({written.percent(satisfied / asked if asked else None)}).",
            f"{len(few)} cơ quan chưa đủ mẫu (dưới {scores.fewest_answers} người trả lời) nên không xếp hạng.",
        )
        if scores.scores
        else (f"Trong {scores.title} không có phiếu nào được giao cho cơ quan nào.",)
    )
    chart = Chart(title="Tỷ lệ đúng hạn", table="co-quan", label=1, series=(4,), kind="bar", rows=20)
    pleased = Chart(title="Tỷ lệ hài lòng", table="co-quan", label=1, series=(7,), kind="bar", rows=20)
    return Chapter(title="Các cơ quan", sentences=sentences, tables=(table,), charts=(chart, pleased))


def _sign_offs(
    scores: Scores, period: Period, signed: Sequence[str], changed: Sequence[tuple[str, str]]
) -> tuple[Chapter, ...]:
    frozen = [read_period(name) for name in signed]
    covered = {month: each.title for each in reversed(frozen) for month in each.months}
    whole = scores.signed_off is not None
    months = Table(
        name="chot-so",
        title="Tình trạng chốt điểm từng tháng",
        columns=(Column("Tháng", Kind.MARK, "month"), Column("Tình trạng", Kind.WORDS, "state")),
        rows=tuple(
            (
                month,
                f"đã chốt trong {scores.title if whole else covered[month]}"
                if whole or month in covered
                else "chưa chốt",
            )
            for month in period.months
        ),
    )
    asked = Table(
        name="dinh-chinh",
        title="Đề nghị đính chính sau khi chốt",
        columns=(
            Column("Cơ quan", Kind.WORDS), Column("Ngày", Kind.MARK), Column("Lý do", Kind.WORDS), Column("Kết quả", Kind.WORDS),
        ),
        rows=tuple(
            (
                each.agency_name,
                written.day(each.asked_at),
                each.reason,
                "chờ quyết định" if each.accepted is None
                else f"{'chấp nhận' if each.accepted else 'không chấp nhận'}: {each.answer or ''}",
            )
            for each in scores.corrections
        ),
    )  # fmt: skip
    moved = Table(
        name="thay-doi",
        title="Thay đổi sau khi chốt",
        columns=(Column("Kỳ đã chốt", Kind.WORDS), Column("Thay đổi", Kind.WORDS)),
        rows=tuple(changed),
    )
    shown = [months, *([asked] if asked.rows else []), *([moved] if moved.rows else [])]
    return (Chapter(title="Chốt số liệu và đính chính", tables=tuple(shown)),)


async def _changed_parts(
    connection: AsyncConnection, sources: Sources, scores: Scores, signed: Sequence[str]
) -> list[tuple[str, str]]:
    """What has changed since each signing, of the whole period or, where that is open, of its signed parts."""
    found = [(scores.title, each.explanation) for each in scores.since]
    if scores.signed_off is None:
        for name in signed:
            part = await sources.board.scores_seen(connection, ScoreQuery(period=name), sources.actor)
            found += [(part.title, each.explanation) for each in part.since]
    return found
