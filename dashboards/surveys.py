"""Dashboard 5: what citizens say, and the counts of which the agencies' scores are made. SQL only: these figures are signed."""

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.board import Board, Row
from dashboards.choices import AGENCY, MONTH_START, OF_AGENCIES, QUARTER, QUARTER_OF
from dashboards.panels import bars, falling, lines, listing, number
from dashboards.sources import over_time, rows
from dashboards.words import DISPOSITIONS, MODES, REASONS, called

ENOUGH = 30
"""Fewer answers than this are not compared (docs/surveys.md)."""
MARKS = "mark_1 + mark_2 + mark_3 + mark_4 + mark_5"
CSAT = "Hài lòng (CSAT) = điểm 4 và 5 ÷ số người chấm điểm, hỏi bằng cuộc gọi tự động và trang web; điện thoại viên hỏi đứng riêng."


def board() -> Board:
    """The dashboard."""
    return Board(
        uid="hotline-khao-sat",
        title="5 · Khảo sát và điểm cơ quan",
        description="Ý kiến người dân sau khi được trả lời, với khoảng tin cậy. Số liệu như trong điểm của cơ quan.",
        begin="now-12M/M",
        variables=[QUARTER, AGENCY],
        rows=[
            Row("Quý $quarter, các cơ quan đã chọn", _quarter()),
            Row("Từng cơ quan", _agencies()),
            Row("Ai được hỏi, ai trả lời", _asked()),
            Row("Theo tháng", _months()),
        ],
    )


def _quarter() -> list[Panel]:
    of_quarter = f"FROM report_agency_quarters WHERE quarter = '$quarter' AND {OF_AGENCIES}"
    return [
        number(
            "Hài lòng",
            f"{CSAT} Của các cơ quan đã chọn cộng lại.",
            rows(f"SELECT sum(satisfied)::float / nullif(sum(answers), 0) {of_quarter}"),
            unit="percentunit",
            limits=falling(0.7, 0.85),
            size=(6, 4),
            decimals=1,
        ),
        number(
            "Số người chấm điểm",
            f"Số người dân đã chấm điểm hài lòng. Dưới {ENOUGH} người thì chưa nên so sánh.",
            rows(f"SELECT sum(answers) {of_quarter}"),
            unit="none",
            limits=falling(10, ENOUGH),
            size=(6, 4),
        ),
        number(
            "Tỷ lệ trả lời khảo sát",
            "Trả lời đủ hoặc một phần ÷ số câu trả lời được đưa vào khảo sát.",
            rows(f"SELECT sum(responded)::float / nullif(sum(eligible), 0) {of_quarter}"),
            unit="percentunit",
            limits=falling(0.15, 0.3),
            size=(6, 4),
            decimals=1,
        ),
        number(
            "Mở lại",
            "Phiếu bị mở lại vì chưa được giải quyết ÷ phiếu đã trả lời, theo quý trả lời.",
            rows(f"SELECT sum(reopened)::float / nullif(sum(tickets_answered), 0) {of_quarter}"),
            unit="percentunit",
            limits=[(None, "green"), (0.05, "orange"), (0.1, "red")],
            size=(6, 4),
            decimals=1,
        ),
    ]


def _agencies() -> list[Panel]:
    return [
        listing(
            "Hài lòng và đúng hạn của từng cơ quan, quý $quarter",
            f"{CSAT} Khoảng tin cậy 95 % theo Wilson: cơ quan có ít người chấm thì khoảng rộng. Xếp theo đầu dưới của khoảng, "
            f"để vài câu trả lời may mắn không đứng đầu; dưới {ENOUGH} người chấm thì chưa nên so sánh.",
            rows(
                f"""
                SELECT coalesce(n.name, q.agency) AS "Cơ quan", q.answers AS "Số người chấm", q.csat AS "Hài lòng",
                  q.csat_low AS "Từ", q.csat_high AS "Đến", q.responded::float / nullif(q.eligible, 0) AS "Tỷ lệ trả lời",
                  q.on_time_rate AS "Đúng hạn", q.due AS "Đến hạn", q.reopened::float / nullif(q.tickets_answered, 0) AS "Mở lại"
                FROM report_agency_quarters q LEFT JOIN report_names n ON n.kind = 'agency' AND n.code = q.agency
                WHERE q.quarter = '$quarter' AND q.{OF_AGENCIES} ORDER BY q.csat_low DESC NULLS LAST, q.answers DESC
                """
            ),
            units=dict.fromkeys(("Hài lòng", "Từ", "Đến", "Tỷ lệ trả lời", "Đúng hạn", "Mở lại"), "percentunit"),
            coloured={"Từ": falling(0.6, 0.75), "Số người chấm": falling(10, ENOUGH), "Đúng hạn": falling(0.85, 0.95)},
        ),
        listing(
            "Theo cách hỏi, quý $quarter",
            "Ba cách hỏi không trộn với nhau: người quen trả lời điện thoại viên khác với trả lời máy. Điểm của cơ quan chỉ tính "
            "cuộc gọi tự động và trang web.",
            rows(
                f"""
                SELECT {called("mode", MODES)} AS "Cách hỏi", sum({MARKS}) AS "Số người chấm",
                  sum(mark_4 + mark_5)::float / nullif(sum({MARKS}), 0) AS "Hài lòng",
                  sum(mark_1 + 2 * mark_2 + 3 * mark_3 + 4 * mark_4 + 5 * mark_5)::float / nullif(sum({MARKS}), 0) AS "Điểm trung bình",
                  sum(solved + solved_partly)::float / nullif(sum(solved + solved_partly + unsolved), 0) AS "Đã giải quyết"
                FROM report_agency_counts
                WHERE {QUARTER_OF} = '$quarter' AND mode <> '' AND {OF_AGENCIES} GROUP BY mode ORDER BY 2 DESC
                """
            ),
            units={"Hài lòng": "percentunit", "Đã giải quyết": "percentunit"},
            size=(12, 7),
        ),
        listing(
            "Kỳ đã ký",
            "Kỳ chấm điểm đã được người có thẩm quyền ký: từ đó số liệu của kỳ không đổi nữa, trừ bản sửa có lý do.",
            rows(
                """
                SELECT period AS "Kỳ", signed_by AS "Người ký", signed_at AS "Lúc", corrections AS "Bản sửa"
                FROM report_sign_offs ORDER BY signed_at DESC
                """
            ),
            size=(12, 7),
        ),
    ]


def _asked() -> list[Panel]:
    by_end = ", ".join(
        f"""count(*) FILTER (WHERE disposition = '{code}') AS "{name}\"""" for code, name in DISPOSITIONS.items()
    )
    return [
        bars(
            "Khảo sát kết thúc thế nào, quý $quarter",
            "Mỗi câu trả lời đã đưa vào khảo sát, theo cách kết thúc; kể cả người không bắt máy.",
            rows(
                f"""
                SELECT CASE WHEN standing = 1 THEN 'còn đang hỏi' ELSE {called("disposition", DISPOSITIONS)} END AS "Kết thúc",
                  count(*) AS "khảo sát"
                FROM report_surveys
                WHERE {QUARTER_OF} = '$quarter' AND not_asked_because IS NULL AND {OF_AGENCIES} GROUP BY 1 ORDER BY 2 DESC
                """
            ),
            unit="none",
            x="Kết thúc",
        ),
        bars(
            "Vì sao không hỏi, quý $quarter",
            "Câu trả lời không được đưa vào khảo sát, theo lý do đầu tiên. Cơ quan và điện thoại viên không chọn được ai được hỏi.",
            rows(
                f"""
                SELECT {called("not_asked_because", REASONS)} AS "Lý do", count(*) AS "câu trả lời"
                FROM report_surveys
                WHERE {QUARTER_OF} = '$quarter' AND not_asked_because IS NOT NULL AND {OF_AGENCIES} GROUP BY 1 ORDER BY 2 DESC
                """
            ),
            unit="none",
            x="Lý do",
        ),
        bars(
            "Lần hỏi theo ngày",
            "Mỗi lần gọi hoặc gửi đường dẫn, theo kết quả; theo khoảng thời gian đang xem.",
            rows(
                f"""
                SELECT to_char(day, 'YYYY-MM-DD') AS "Ngày",
                  {by_end}
                FROM report_survey_attempts WHERE $__timeFilter(made_at) GROUP BY day ORDER BY day
                """
            ),
            unit="none",
            x="Ngày",
            stacked=True,
            size=(24, 8),
        ),
    ]


def _months() -> list[Panel]:
    of_months = f"FROM report_agency_months WHERE {OF_AGENCIES} GROUP BY month ORDER BY month"
    return [
        lines(
            "Hài lòng và đã giải quyết theo tháng",
            f"{CSAT} Đã giải quyết: người dân nói việc đã xong hoặc xong một phần ÷ số người trả lời câu đó.",
            [
                over_time(
                    f"""
                    SELECT {MONTH_START} AS time, sum(satisfied)::float / nullif(sum(answers), 0) AS "hài lòng",
                      sum(solved + solved_partly)::float / nullif(sum(solved + solved_partly + unsolved), 0) AS "đã giải quyết"
                    {of_months}
                    """
                )
            ],
            unit="percentunit",
        ),
        lines(
            "Trả lời khảo sát và mở lại theo tháng",
            "Tỷ lệ trả lời = trả lời đủ hoặc một phần ÷ đưa vào khảo sát; mở lại ÷ đã trả lời.",
            [
                over_time(
                    f"""
                    SELECT {MONTH_START} AS time, sum(completed + partly)::float / nullif(sum(eligible), 0) AS "trả lời khảo sát",
                      sum(reopened)::float / nullif(sum(answered), 0) AS "mở lại"
                    {of_months}
                    """
                )
            ],
            unit="percentunit",
        ),
    ]
