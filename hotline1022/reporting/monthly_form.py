"""The province's monthly form: calls, slips, channels, levels, done, overdue, satisfied; beside the month before."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.reporting import standing, written
from hotline1022.reporting.report import Chapter, Chart, Column, Kind, Report, Table
from hotline1022.reporting.sign_offs import signed_sentence
from hotline1022.reporting.sources import Sources, rows
from surveys.model import Mode
from surveys.scores.model import SCORED_MODES
from surveys.scores.period import Period
from surveys.scores.scoreboard import ScoreQuery
from surveys.scores.shown import Scores

NAME = "thang"
PROCEDURES = "hanh-chinh"
"""The topic of administrative procedures; those within it count as it does."""

CHANNELS = {
    "phone": "Điện thoại",
    "zalo": "Zalo",
    "web": "Web",
    "facebook": "Facebook",
    "email": "E-mail",
    "app": "Ứng dụng",
}
"""In the order of the province's own table."""

LEVELS = (1, 2, 3)

_BASIS = (
    "Cuộc gọi đến và gọi đi tính theo giờ bắt đầu; cuộc gọi đi gồm cả cuộc gọi khảo sát tự động. Phiếu tính theo ngày tiếp nhận; "
    "kênh, cấp độ, tình trạng là của chính những phiếu ấy vào lúc lập báo cáo. “Đã xử lý” là phiếu mà người "
    "dân không còn phải chờ: đã được "
    "trả lời, được hướng dẫn gửi nơi khác hoặc bị từ chối có lý do. “Quá hạn” là phiếu không được trả lời trước hạn, kể cả đã trả lời trễ. "
    "Phiếu thủ tục hành chính là phiếu thuộc lĩnh vực “{procedures}”; khiếu nại, tố cáo chỉ được đếm, không "
    "nêu lĩnh vực. Hài lòng là mức 4 và "
    "5 trên 5, lấy từ bảng điểm của cùng tháng; khảo sát do điện thoại viên hỏi để riêng, không tính vào điểm."
)


@dataclass(frozen=True, kw_only=True)
class MonthFigures:
    """What the form says of one month."""

    calls_in: int = 0
    calls_out: int = 0
    calls_survey: int = 0
    slips: int = 0
    procedures: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    done: int = 0
    overdue: int = 0
    overdue_open: int = 0
    answers: int = 0
    satisfied: int = 0
    operator_answers: int = 0
    operator_satisfied: int = 0


COLUMNS: tuple[tuple[str, str], ...] = (
    ("Gọi đến", "calls_in"),
    ("Gọi đi", "calls_out"),
    ("Trong đó khảo sát tự động", "calls_survey"),
    ("Phiếu", "slips"),
    ("Phiếu thủ tục hành chính", "procedures"),
    *((title, f"channel_{code}") for code, title in CHANNELS.items()),
    *((f"Cấp độ {level}", f"level_{level}") for level in LEVELS),
    ("Đã xử lý", "done"),
    ("Quá hạn", "overdue"),
    ("Quá hạn, chưa trả lời", "overdue_open"),
    ("Hài lòng", "satisfied"),
    ("Trả lời khảo sát (n)", "answers"),
    ("Hài lòng, điện thoại viên hỏi", "operator_satisfied"),
    ("Trả lời điện thoại viên (n)", "operator_answers"),
)
"""What people and machines call each figure, in the order of the form."""


def values(found: MonthFigures) -> tuple[int, ...]:
    """The figures in the order of ``COLUMNS``."""
    named = {
        name: getattr(found, name) for name in MonthFigures.__dataclass_fields__ if name not in {"channels", "levels"}
    }
    named |= {f"channel_{code}": found.channels.get(code, 0) for code in CHANNELS}
    named |= {f"level_{level}": found.levels.get(level, 0) for level in LEVELS}
    return tuple(named[code] for _, code in COLUMNS)


async def build(sources: Sources, text: str) -> Report:
    """The form of a month. Raises Invalid, Refused for one that has not begun, DatabaseAway."""
    period = standing.read(text, (1,))
    now = sources.clock.now()
    told = standing.provisional(period.title, standing.starts_of(period), period.ends, now)
    earlier = standing.before(period)
    sources.tell("Đọc số liệu của hai tháng")
    async with sources.database.reading() as connection:
        counted = {each.name: await _counted(connection, sources, each) for each in (period, earlier)}
        scores = {
            each.name: await sources.board.scores_seen(connection, ScoreQuery(period=each.name), sources.actor)
            for each in (period, earlier)
        }
    this, last = (_with_scores(counted[each.name], scores[each.name]) for each in (period, earlier))
    return Report(
        name=NAME,
        title="Kết quả hoạt động của Tổng đài thông tin dịch vụ công 1022",
        period=period.name,
        period_title=period.title,
        made_at=now,
        basis=_BASIS.format(procedures=sources.topic(PROCEDURES)),
        provisional=told,
        signed=(signed_sentence(scores[period.name]),),
        chapters=(_comparison(period, earlier, this, last), _form(period, earlier, this, last)),
        main="bieu-thang",
    )


async def _counted(connection: AsyncConnection, sources: Sources, period: Period) -> MonthFigures:
    span = {"starts": standing.starts_of(period), "ends": period.ends}
    calls = await rows(
        connection,
        "SELECT direction, survey, count(*) AS amount FROM report_calls"
        " WHERE arrived_at >= :starts AND arrived_at < :ends GROUP BY direction, survey",
        **span,
    )
    slips = await rows(
        connection,
        "SELECT topic, channel, level, open, coalesce(late, 0) AS late, count(*) AS amount FROM report_tickets"
        " WHERE taken_at >= :starts AND taken_at < :ends GROUP BY topic, channel, level, open, coalesce(late, 0)",
        **span,
    )
    topics = sources.rules.current.topics

    def of(condition: str, value: object) -> int:
        return sum(row["amount"] for row in slips if row[condition] == value)

    return MonthFigures(
        calls_in=sum(row["amount"] for row in calls if row["direction"] == "in"),
        calls_out=sum(row["amount"] for row in calls if row["direction"] == "out"),
        calls_survey=sum(row["amount"] for row in calls if row["survey"]),
        slips=sum(row["amount"] for row in slips),
        procedures=sum(row["amount"] for row in slips if row["topic"] and PROCEDURES in topics.wider(row["topic"])),
        channels={code: of("channel", code) for code in CHANNELS},
        levels={level: of("level", level) for level in LEVELS},
        done=of("open", 0),
        overdue=of("late", 1),
        overdue_open=sum(row["amount"] for row in slips if row["late"] and row["open"]),
    )


def _with_scores(counted: MonthFigures, scores: Scores) -> MonthFigures:
    asked = [each for agency in scores.scores for each in agency.by_mode if each.mode in SCORED_MODES]
    by_operators = [each for agency in scores.scores for each in agency.by_mode if each.mode == Mode.OPERATOR]
    return MonthFigures(
        **{
            **{name: getattr(counted, name) for name in MonthFigures.__dataclass_fields__},
            "answers": sum(each.n for each in asked),
            "satisfied": sum(each.satisfied for each in asked),
            "operator_answers": sum(each.n for each in by_operators),
            "operator_satisfied": sum(each.satisfied for each in by_operators),
        }
    )


def _form(period: Period, earlier: Period, this: MonthFigures, last: MonthFigures) -> Chapter:
    table = Table(
        name="bieu-thang",
        title=f"Biểu số liệu {period.title}",
        columns=(
            Column("Kỳ", Kind.MARK, "period"),
            *(Column(title, Kind.COUNT, code) for title, code in COLUMNS),
        ),
        rows=((period.name, *values(this)), (earlier.name, *values(last))),
        wide=True,
    )
    return Chapter(title="Biểu số liệu", tables=(table,))


def _sentences(period: Period, this: MonthFigures) -> tuple[str, ...]:
    name = period.title[0].upper() + period.title[1:]
    calls = (
        f"{name} tổng đài nhận {written.count(this.calls_in)} cuộc gọi đến và thực hiện {written.count(this.calls_out)} cuộc gọi đi."
        if this.calls_in or this.calls_out
        else f"{name} không có cuộc gọi nào, cả gọi đến lẫn gọi đi."
    )
    slips = (
        f"Đã tiếp nhận {written.count(this.slips)} phiếu, trong đó {written.count(this.done)} phiếu đã xử lý và "
        f"{written.count(this.overdue)} phiếu quá hạn."
        if this.slips
        else "Không có phiếu nào được tiếp nhận."
    )
    asked = (
        f"{written.count(this.satisfied)} trên {written.count(this.answers)} người trả lời khảo sát hài lòng."
        if this.answers
        else "Chưa có ai trả lời khảo sát tự động hay trên trang khảo sát."
    )
    return (calls, slips, asked)


def _comparison(period: Period, earlier: Period, this: MonthFigures, last: MonthFigures) -> Chapter:
    pairs = list(zip(COLUMNS, values(this), values(last), strict=True))
    table = Table(
        name="so-voi-thang-truoc",
        title=f"So với {earlier.title}",
        columns=(
            Column("Chỉ tiêu", Kind.WORDS),
            Column(period.title.capitalize()),
            Column(earlier.title.capitalize()),
            Column("Tăng, giảm", Kind.CHANGE),
            Column("Tỷ lệ tăng, giảm", Kind.SHARE),
        ),
        rows=tuple(
            (title, now, then, now - then, (now - then) / then if then else None) for (title, _), now, then in pairs
        ),
    )
    by_channel = Table(
        name="theo-kenh",
        title="Phiếu theo kênh tiếp nhận",
        columns=(Column("Kênh", Kind.WORDS), Column(period.title.capitalize()), Column(earlier.title.capitalize())),
        rows=tuple((title, this.channels.get(code, 0), last.channels.get(code, 0)) for code, title in CHANNELS.items()),
    )
    return Chapter(
        title="Kết quả trong tháng",
        sentences=_sentences(period, this),
        tables=(table, by_channel),
        charts=(Chart(title="Phiếu theo kênh tiếp nhận", table="theo-kenh", label=0, series=(1, 2)),),
    )
