"""Dashboard 3: tickets and promises. What is open now from Prometheus, who is late and every monthly figure from SQL."""

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.board import Board, Row
from dashboards.choices import AGENCY, MONTH, MONTH_START, OF_AGENCIES
from dashboards.panels import PLAIN, bars, falling, levels, lines, listing, number, rising
from dashboards.sources import now, over_time, rows
from dashboards.words import CHANNELS, CLOCKS, STAGES, called

DUE = "Mọi phản ánh đến hạn trong tháng, kể cả chưa trả lời mà đã quá hạn; như trong điểm của cơ quan."

NONE = "sum(0 * (hotline_database_up == 1))"
"""What has no series is 0 while the database could be read, and unknown while it could not."""


def board() -> Board:
    """The dashboard."""
    return Board(
        uid="hotline-phieu",
        title="3 · Phiếu và thời hạn",
        description="Phiếu đang mở, phiếu quá hạn và tỷ lệ đúng hạn. Khiếu nại, tố cáo (niêm phong) không thuộc cơ quan nào ở đây.",
        begin="now-12M/M",
        refresh="5m",
        variables=[MONTH, AGENCY],
        rows=[
            Row("Đang mở", _open()),
            Row("Theo tháng, của các cơ quan đã chọn", _months()),
            Row("Tháng $month", _month()),
        ],
    )


def _open() -> list[Panel]:
    return [
        number(
            "Phiếu đang mở",
            "Phiếu mà người dân còn chờ trả lời.",
            now(f"sum(hotline_tickets_open) or {NONE}"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Đến hạn hôm nay",
            "Phiếu đang mở có hạn trả lời là hôm nay, giờ Việt Nam.",
            now("hotline_tickets_due_today"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Quá hạn",
            "Phiếu đang mở đã quá hạn trả lời người dân, của mọi cơ quan.",
            now(f"sum(hotline_tickets_overdue) or {NONE}"),
            unit="none",
            limits=rising(1, 20),
        ),
        number(
            "Thư xin lỗi quá hạn",
            "Thư xin lỗi chưa gửi mà đã quá hạn gửi.",
            now("hotline_letters_overdue"),
            unit="none",
            limits=rising(1, 10),
        ),
        levels(
            "Đang mở, theo bước",
            "Phiếu đang mở theo bước xử lý hiện tại.",
            now("sum by (stage) (hotline_tickets_open) > 0", "{{stage}}"),
            unit="none",
            limits=PLAIN,
            size=(8, 8),
            renamed=STAGES,
        ),
        listing(
            "Quá hạn, theo cơ quan",
            "Câu trả lời còn nợ mà đã quá hạn, của ai phải trả lời (phiếu niêm phong: của tổng đài); và hạn cũ nhất.",
            rows(
                f"""
                SELECT coalesce(n.name, p.agency) AS "Cơ quan", count(*) AS "Quá hạn", min(p.due) AS "Hạn cũ nhất"
                FROM report_promises p LEFT JOIN report_names n ON n.kind = 'agency' AND n.code = p.agency
                WHERE p.clock = 'answer' AND p.running = 1 AND p.breached = 1 AND p.{OF_AGENCIES} GROUP BY 1 ORDER BY 2 DESC
                """
            ),
            coloured={"Quá hạn": rising(1, 10)},
            size=(12, 8),
        ),
        bars(
            "Tuổi của phiếu đang mở",
            "Số ngày lịch từ khi nhận phản ánh (không trừ ngày nghỉ), đến cuối khoảng thời gian đang xem.",
            rows(
                f"""
                SELECT "Tuổi", count(*) AS "phiếu" FROM (
                  SELECT width_bucket(extract(epoch FROM $__timeTo()::timestamptz - taken_at) / 86400, ARRAY[2, 6, 16]) AS place,
                    (ARRAY['đến 1 ngày', '2–5 ngày', '6–15 ngày', 'trên 15 ngày'])[1 + width_bucket(
                      extract(epoch FROM $__timeTo()::timestamptz - taken_at) / 86400, ARRAY[2, 6, 16])] AS "Tuổi"
                  FROM report_tickets WHERE open = 1 AND {OF_AGENCIES}
                ) aged GROUP BY place, "Tuổi" ORDER BY place
                """
            ),
            unit="none",
            x="Tuổi",
        ),
    ]


def _months() -> list[Panel]:
    return [
        lines(
            "Tỷ lệ đúng hạn theo tháng",
            f"Trả lời đúng hoặc trước hạn ÷ đến hạn trong tháng. {DUE}",
            [
                over_time(
                    f"""
                    SELECT {MONTH_START} AS time, sum(on_time)::float / nullif(sum(due), 0) AS "đúng hạn"
                    FROM report_agency_months WHERE {OF_AGENCIES} GROUP BY month ORDER BY month
                    """
                )
            ],
            unit="percentunit",
            limits=falling(0.85, 0.95),
        ),
        lines(
            "Thời gian trả lời theo tháng",
            "Từ khi nhận phản ánh đến khi báo người dân, kể cả đêm và ngày nghỉ: một nửa số phiếu nhanh hơn (trung vị), và mức của 90 %. "
            "Theo tháng trả lời.",
            [
                over_time(
                    f"""
                    SELECT to_timestamp(told_month || '-01 +07', 'YYYY-MM-DD TZH') AS time,
                      percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds_to_answer) AS "trung vị",
                      percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds_to_answer) AS "90 %"
                    FROM report_tickets WHERE told_at IS NOT NULL AND {OF_AGENCIES} GROUP BY told_month ORDER BY told_month
                    """
                )
            ],
            unit="s",
        ),
        lines(
            "Chuyển trả và gia hạn theo tháng",
            "Chuyển trả ÷ phiếu cơ quan nhận trong tháng; gia hạn ÷ phiếu cơ quan nhận trong tháng.",
            [
                over_time(
                    f"""
                    SELECT {MONTH_START} AS time, sum(returned)::float / nullif(sum(received), 0) AS "chuyển trả",
                      sum(extended)::float / nullif(sum(received), 0) AS "gia hạn"
                    FROM report_agency_months WHERE {OF_AGENCIES} GROUP BY month ORDER BY month
                    """
                )
            ],
            unit="percentunit",
        ),
        bars(
            "Phiếu theo tháng và mức",
            "Phiếu nhận trong tháng: mức 1 điện thoại viên trả lời ngay, mức 2 chuyển cơ quan, mức 3 xin ý kiến lãnh đạo tỉnh.",
            rows(
                f"""
                SELECT month AS "Tháng", count(*) FILTER (WHERE level = 1) AS "mức 1",
                  count(*) FILTER (WHERE level = 2) AS "mức 2", count(*) FILTER (WHERE level = 3) AS "mức 3"
                FROM report_tickets WHERE {OF_AGENCIES} GROUP BY month ORDER BY month
                """
            ),
            unit="none",
            x="Tháng",
            stacked=True,
        ),
    ]


def _month() -> list[Panel]:
    return [
        bars(
            "Phiếu theo kênh, tháng $month",
            "Phiếu nhận trong tháng, theo cách người dân gửi đến; kể cả phiếu niêm phong.",
            rows(
                f"""
                SELECT {called("channel", CHANNELS)} AS "Kênh", count(*) AS "phiếu"
                FROM report_tickets WHERE month = '$month' GROUP BY channel ORDER BY 2 DESC
                """
            ),
            unit="none",
            x="Kênh",
        ),
        listing(
            "Giữ lời hứa theo từng việc, tháng $month",
            "Mỗi việc có thời hạn đến hạn trong tháng: bao nhiêu, và bao nhiêu xong trước hạn.",
            rows(
                f"""
                SELECT {called("clock", CLOCKS)} AS "Việc", count(*) AS "Đến hạn", sum(breached) AS "Trễ",
                  1 - sum(breached)::float / count(*) AS "Đúng hạn"
                FROM report_promises
                WHERE due_month = '$month' AND (breached = 1 OR ended = 'met') AND {OF_AGENCIES} GROUP BY clock ORDER BY 2 DESC
                """
            ),
            units={"Đúng hạn": "percentunit"},
            coloured={"Đúng hạn": falling(0.85, 0.95)},
            size=(12, 8),
        ),
        listing(
            "Từng cơ quan, tháng $month",
            f"Số đếm làm nên điểm của cơ quan. {DUE} Mở lại tính theo tháng trả lời; chuyển trả theo tháng nhận.",
            rows(
                f"""
                SELECT coalesce(n.name, m.agency) AS "Cơ quan", m.due AS "Đến hạn", m.on_time AS "Đúng hạn",
                  m.on_time_rate AS "Tỷ lệ đúng hạn", m.answered AS "Đã trả lời", m.reopened AS "Mở lại",
                  m.reopen_rate AS "Tỷ lệ mở lại", m.received AS "Đã nhận", m.returned AS "Chuyển trả",
                  m.return_rate AS "Tỷ lệ chuyển trả", m.extended AS "Gia hạn", m.letters_owed AS "Thư phải gửi",
                  m.letters_on_time AS "Thư đúng hạn"
                FROM report_agency_months m LEFT JOIN report_names n ON n.kind = 'agency' AND n.code = m.agency
                WHERE m.month = '$month' AND m.{OF_AGENCIES} ORDER BY m.due - m.on_time DESC, m.due DESC
                """
            ),
            units={"Tỷ lệ đúng hạn": "percentunit", "Tỷ lệ mở lại": "percentunit", "Tỷ lệ chuyển trả": "percentunit"},
            coloured={"Tỷ lệ đúng hạn": falling(0.85, 0.95)},
        ),
    ]
