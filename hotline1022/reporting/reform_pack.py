"""The yearly administrative-reform pack: a chapter for each agency, or the pack of one. Figures are the scores' own.

An agency that had no ticket gets a chapter that says so: that nothing came is a finding too.
"""

from collections.abc import Mapping, Sequence

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import NotFound
from hotline1022.reporting import agency_figures, standing, written
from hotline1022.reporting.report import Cell, Chapter, Chart, Column, Kind, Report, Table
from hotline1022.reporting.sources import Row, Sources, rows
from surveys.points import HOTLINE
from surveys.scores.model import COUNT_TITLES, AgencyFigures
from surveys.scores.period import Period
from surveys.scores.scoreboard import ScoreQuery

NAME = "cai-cach"

_DUTIES = (
    "received", "accepted_late", "returned", "extended", "answered", "objected", "reopened", "publishable", "published",
    "letters_owed", "letters_on_time", "visits_due", "visits_kept",
)  # fmt: skip
"""Counts that the pack lists, beside on-time and satisfaction."""

_MONTHS = (
    "SELECT month, agency, due, on_time, answers, satisfied FROM report_agency_months"
    " WHERE month >= :first AND month <= :last ORDER BY agency, month"
)


async def build(sources: Sources, text: str, agency: str | None) -> Report:
    """The pack of every agency, or of one. Raises Invalid, NotFound, Refused for a year that has not begun, DatabaseAway."""
    period = standing.read(text, (12,))
    now = sources.clock.now()
    told = standing.provisional(period.title, standing.starts_of(period), period.ends, now)
    if agency is not None and not sources.board.agencies.knows(agency):
        raise NotFound(f"Không có cơ quan nào mang mã “{agency[:64]}”")
    sources.tell(f"Đọc điểm {period.title}")
    query = ScoreQuery(period=period.name, agency=agency)
    async with sources.database.reading() as connection:
        scores = await sources.board.scores_seen(connection, query, sources.actor)
        monthly = await rows(connection, _MONTHS, first=period.months[0], last=period.months[-1])
        signed = await agency_figures.signed_parts(connection, period)
    by_agency: dict[str, list[Row]] = {}
    for row in monthly:
        by_agency.setdefault(row["agency"], []).append(row)
    shown = [each for each in scores.scores if agency is not None or each.agency != HOTLINE]
    chapters = [_chapter(each, period, by_agency.get(each.agency, ())) for each in sorted(shown, key=_by_name)]
    if agency is None:
        chapters.insert(0, _overview(sources, shown, period))
    whose = f" của {sources.agency(agency)}" if agency else ""
    return Report(
        name=NAME,
        title=f"Kết quả tiếp nhận, xử lý phản ánh, kiến nghị phục vụ đánh giá cải cách hành chính{whose}",
        period=period.name,
        period_title=period.title,
        made_at=now,
        basis=agency_figures.basis(scores),
        provisional=told,
        signed=agency_figures.sign_off_sentences(scores, period, signed),
        chapters=tuple(chapters),
        notes=(
            "Các công thức của Quyết định 766/QĐ-TTg để bên cạnh tỷ lệ hài lòng, không thay cho nó: người không trả "
            "lời được tính là hài lòng.",
            "Số liệu từng tháng tính từ dữ liệu hiện có; khi kỳ đã chốt, số cả năm là số đã chốt.",
        ),
        main="co-quan" if agency is None else "",
    )


def _by_name(each: AgencyFigures) -> str:
    return each.agency_name


def _overview(sources: Sources, shown: Sequence[AgencyFigures], period: Period) -> Chapter:
    known = {each.agency for each in shown}
    today = sources.clock.now().astimezone(CIVIL_ZONE).date()
    agencies = [each for each in sources.rules.current.agencies.agencies if each.kind != "hotline"]
    without = sorted(each.name for each in agencies if each.exists_on(today) and each.code not in known)
    table = Table(
        name="co-quan",
        title=f"Các cơ quan có phiếu, {period.title}",
        columns=agency_figures.COLUMNS,
        rows=tuple(agency_figures.row_of(each) for each in shown),
        wide=True,
    )
    told = f"{len(shown)} cơ quan có phiếu trong {period.title}; {len(without)} cơ quan không có phiếu nào."
    silent = Table(
        name="khong-phieu",
        title="Các cơ quan không có phiếu nào",
        columns=(Column("Cơ quan", Kind.WORDS),),
        rows=tuple((name,) for name in without),
    )
    return Chapter(title="Tổng quan", sentences=(told,), tables=(table, silent))


def _chapter(each: AgencyFigures, period: Period, months: Sequence[Row]) -> Chapter:
    if not each.counts:
        return Chapter(
            title=each.agency_name,
            sentences=(
                f"{each.agency_name} không có phiếu nào trong {period.title}, nên không có số liệu để đánh giá.",
            ),
            tables=(_months(each, period, ()),),
        )
    by_month = _months(each, period, months)
    decision = each.decision_766
    formulas = Table(
        name=f"qd766-{each.agency}",
        title="Theo công thức của Quyết định 766/QĐ-TTg",
        columns=(Column("Chỉ tiêu", Kind.WORDS), Column("Tỷ lệ (%)", Kind.NUMBER)),
        rows=(
            ("Phản ánh, kiến nghị xử lý đúng hạn", decision.on_time),
            ("Hài lòng trong xử lý phản ánh, kiến nghị", decision.content),
            ("Hài lòng trong giải quyết thủ tục hành chính", decision.procedures),
        ),
    )
    counts = Table(
        name=f"so-dem-{each.agency}",
        title="Nề nếp, chất lượng trả lời, thư xin lỗi, hẹn tại nhà",
        columns=(Column("Chỉ tiêu", Kind.WORDS), Column("Số lượng")),
        rows=tuple((COUNT_TITLES[name].capitalize(), each.counts.get(name, 0)) for name in _DUTIES),
    )
    parts = Table(
        name=f"diem-{each.agency}",
        title="Các thành phần của điểm",
        columns=(Column("Thành phần", Kind.WORDS), Column("Trọng số", Kind.NUMBER), Column("Giá trị", Kind.SHARE)),
        rows=tuple((part.title.capitalize(), part.points, part.value) for part in each.parts),
    )
    chart = Chart(title="Đúng hạn và hài lòng theo tháng", table=by_month.name, label=0, series=(3, 6), kind="line")
    return Chapter(
        title=each.agency_name,
        sentences=(each.explanation,),
        tables=(by_month, parts, counts, formulas),
        charts=(chart,),
    )


def _months(each: AgencyFigures, period: Period, months: Sequence[Row]) -> Table:
    found = {row["month"]: row for row in months}
    return Table(
        name=f"thang-{each.agency}",
        title="Theo tháng",
        columns=(
            Column("Tháng", Kind.MARK, "month"),
            Column("Đến hạn", Kind.COUNT, "due"),
            Column("Đúng hạn", Kind.COUNT, "on_time"),
            Column("Tỷ lệ đúng hạn", Kind.SHARE, "on_time_rate"),
            Column("Trả lời khảo sát (n)", Kind.COUNT, "answers"),
            Column("Hài lòng", Kind.COUNT, "satisfied"),
            Column("Tỷ lệ hài lòng", Kind.SHARE, "csat"),
        ),
        rows=tuple(_month(month, found.get(month, {})) for month in period.months),
    )


def _month(month: str, row: Mapping[str, int]) -> tuple[Cell, ...]:
    due, on_time, asked, pleased = (int(row.get(name, 0)) for name in ("due", "on_time", "answers", "satisfied"))
    label = written.month(month)
    return (label, due, on_time, on_time / due if due else None, asked, pleased, pleased / asked if asked else None)
