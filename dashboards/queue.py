"""Dashboard 2: the queue and the operators, exact, over any span of days. Operators' names are for the hotline's own leaders."""

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.board import Board, Row
from dashboards.panels import PLAIN, bars, falling, lines, listing, number, rising, shaded
from dashboards.sources import line, over_time, rows
from dashboards.words import AT_WORK, CALLBACK_ENDS, WEEKDAYS, WILLING, called

INCOMING = "direction = 'in' AND $__timeFilter(arrived_at)"
OFFERED = "sum(offered - abandoned_at_once)"
"""Calls that entered the queue, without those that left it within five seconds."""
IN_TIME = "count(*) FILTER (WHERE answered = 1 AND wait_seconds <= 20)"
DAY = "(day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') AS time"
EXACT = "Đếm từng cuộc gọi trong cơ sở dữ liệu, trong khoảng thời gian đang xem."


def board() -> Board:
    """The dashboard."""
    return Board(
        uid="hotline-hang-doi",
        title="2 · Hàng đợi và điện thoại viên",
        description="Số chính xác từ cơ sở dữ liệu, trừ mức bận và số người tạm nghỉ. Dành cho lãnh đạo tổng đài.",
        begin="now-30d/d",
        rows=[
            Row("Cả khoảng thời gian", _whole()),
            Row("Khi nào người dân gọi", _when()),
            Row("Điện thoại viên", _operators()),
            Row("Gọi lại", _callbacks()),
        ],
    )


def _whole() -> list[Panel]:
    return [
        number(
            "Cuộc gọi đến",
            f"Mọi cuộc gọi đã đến tổng đài. {EXACT}",
            rows(f"SELECT count(*) FROM report_calls WHERE {INCOMING}"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Vào hàng đợi",
            f"Cuộc gọi vào hàng đợi, không kể người tự bỏ trong 5 giây đầu. {EXACT}",
            rows(f"SELECT {OFFERED} FROM report_calls WHERE {INCOMING}"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Mức phục vụ 80/20",
            f"Được nghe trong 20 giây ÷ vào hàng đợi. Mục tiêu 80 %. {EXACT}",
            rows(f"SELECT {IN_TIME}::float / nullif({OFFERED}, 0) FROM report_calls WHERE {INCOMING}"),
            unit="percentunit",
            limits=falling(0.7, 0.8),
            decimals=1,
        ),
        number(
            "Chờ trung bình (ASA)",
            f"Tổng thời gian chờ của các cuộc được nghe ÷ số cuộc được nghe. {EXACT}",
            rows(f"SELECT avg(wait_seconds) FROM report_calls WHERE answered = 1 AND {INCOMING}"),
            unit="s",
            limits=rising(20, 40),
            decimals=1,
        ),
        number(
            "Tỷ lệ bỏ cuộc",
            f"Bỏ hàng đợi sau 5 giây trở lên ÷ vào hàng đợi. Mục tiêu không quá 5 %. {EXACT}",
            rows(f"SELECT sum(abandoned)::float / nullif({OFFERED}, 0) FROM report_calls WHERE {INCOMING}"),
            unit="percentunit",
            limits=rising(0.05, 0.1),
            decimals=1,
        ),
        number(
            "Thời gian xử lý (AHT)",
            "(Nói + giữ máy + ghi phiếu) ÷ số cuộc đã nghe, theo phần của từng điện thoại viên trong cuộc gọi.",
            rows(
                """
                SELECT avg(talk_seconds + coalesce(wrap_up_seconds, 0)) FROM report_operator_calls
                WHERE direction = 'in' AND $__timeFilter(answered_at)
                """
            ),
            unit="s",
            limits=PLAIN,
        ),
    ]


def _when() -> list[Panel]:
    hours = ", ".join(f'count(*) FILTER (WHERE hour = {hour}) AS "{hour}h"' for hour in range(24))
    return [
        shaded(
            "Cuộc gọi theo thứ và giờ",
            f"Số cuộc gọi đến của từng giờ trong tuần, cộng trong cả khoảng thời gian; giờ Việt Nam. {EXACT}",
            rows(
                f"""
                SELECT {called("weekday", WEEKDAYS)} AS "Thứ", {hours}
                FROM report_calls WHERE {INCOMING} GROUP BY weekday ORDER BY weekday
                """
            ),
            unit="none",
        ),
        lines(
            "Mức phục vụ và tỷ lệ bỏ cuộc theo ngày",
            f"Như hai số ở trên, cho từng ngày. {EXACT}",
            [
                over_time(
                    f"""
                    SELECT {DAY}, {IN_TIME}::float / nullif({OFFERED}, 0) AS "mức phục vụ",
                      sum(abandoned)::float / nullif({OFFERED}, 0) AS "tỷ lệ bỏ cuộc"
                    FROM report_calls WHERE {INCOMING} GROUP BY day ORDER BY day
                    """
                )
            ],
            unit="percentunit",
        ),
        lines(
            "Cuộc gọi theo ngày và kết quả",
            "Cuộc gọi đến mỗi ngày: được nghe, bỏ cuộc, tự bỏ trong 5 giây đầu, chờ quá lâu được trả lại, xong trong lời chào.",
            [
                over_time(
                    f"""
                    SELECT {DAY}, sum(answered) AS "được nghe", sum(abandoned) AS "bỏ cuộc",
                      sum(abandoned_at_once) AS "bỏ trong 5 giây đầu", sum(given_back) AS "được trả lại",
                      count(*) FILTER (WHERE offered = 0) AS "xong trong lời chào"
                    FROM report_calls WHERE {INCOMING} GROUP BY day ORDER BY day
                    """
                )
            ],
            unit="none",
            bars=True,
            stacked=True,
        ),
        bars(
            "Chờ theo giờ trong ngày",
            f"Thời gian chờ của các cuộc được nghe: trung bình, và mức mà 90 % không vượt quá. {EXACT}",
            rows(
                f"""
                SELECT hour || 'h' AS "Giờ", avg(wait_seconds) AS "trung bình",
                  percentile_cont(0.9) WITHIN GROUP (ORDER BY wait_seconds) AS "90 %"
                FROM report_calls WHERE answered = 1 AND {INCOMING} GROUP BY hour ORDER BY hour
                """
            ),
            unit="s",
            x="Giờ",
            size=(24, 8),
        ),
    ]


def _operators() -> list[Panel]:
    busy, there = f'state=~"{AT_WORK}"', f'state=~"{AT_WORK}|{WILLING}"'
    return [
        listing(
            "Từng điện thoại viên",
            "Cuộc đã nghe, thời gian nói, thời gian ghi phiếu sau cuộc gọi và thời gian xử lý trung bình (nói + ghi phiếu). "
            "Để chia ca và giúp nhau, không để xếp hạng.",
            rows(
                """
                SELECT operator AS "Điện thoại viên", count(*) AS "Cuộc đã nghe", avg(talk_seconds) AS "Nói",
                  avg(wrap_up_seconds) AS "Ghi phiếu", avg(talk_seconds + coalesce(wrap_up_seconds, 0)) AS "Xử lý (AHT)",
                  count(*) FILTER (WHERE result = 'slip') AS "Có phiếu"
                FROM report_operator_calls WHERE direction = 'in' AND $__timeFilter(answered_at)
                GROUP BY account, operator ORDER BY count(*) DESC
                """
            ),
            units={"Nói": "s", "Ghi phiếu": "s", "Xử lý (AHT)": "s"},
            size=(12, 9),
        ),
        lines(
            "Thời gian xử lý theo ngày",
            "Trung bình mỗi ngày: nói, và ghi phiếu sau cuộc gọi.",
            [
                over_time(
                    f"""
                    SELECT {DAY}, avg(talk_seconds) AS "nói", avg(wrap_up_seconds) AS "ghi phiếu"
                    FROM report_operator_calls WHERE direction = 'in' AND $__timeFilter(answered_at)
                    GROUP BY day ORDER BY day
                    """
                )
            ],
            unit="s",
            stacked=True,
            bars=True,
            size=(12, 9),
        ),
        lines(
            "Mức bận",
            "(Nói, giữ máy, gọi ra, hỏi đồng nghiệp, ghi phiếu) ÷ (các trạng thái đó + sẵn sàng + đổ chuông), từng giờ. 75–85 % là vừa. "
            "Từ Prometheus: ca trực không được lưu trong cơ sở dữ liệu.",
            [
                line(
                    f"""sum(avg_over_time(hotline_operators{{{busy}}}[1h]))
                    / sum(avg_over_time(hotline_operators{{{there}}}[1h]))""",
                    "mức bận",
                )
            ],
            unit="percentunit",
            step="15m",
        ),
        lines(
            "Người tạm nghỉ",
            "Số điện thoại viên tạm nghỉ, trung bình từng 15 phút. Từ Prometheus.",
            [line('sum(avg_over_time(hotline_operators{state="paused"}[15m]))', "tạm nghỉ")],
            unit="none",
            step="15m",
        ),
    ]


def _callbacks() -> list[Panel]:
    return [
        bars(
            "Số cần gọi lại, theo kết quả",
            "Số điện thoại được ghi để gọi lại trong khoảng thời gian đang xem, theo cách việc đó kết thúc.",
            rows(
                f"""
                SELECT {called("coalesce(ended, '')", CALLBACK_ENDS)} AS "Kết quả", count(*) AS "số điện thoại"
                FROM report_callbacks WHERE $__timeFilter(asked_at) GROUP BY 1 ORDER BY 2 DESC
                """
            ),
            unit="none",
            x="Kết quả",
        ),
        lines(
            "Bao lâu thì gọi lại được",
            "Từ khi người dân gọi nhỡ đến khi nói chuyện được với họ: trung vị mỗi ngày. Mục tiêu: trong cùng buổi (4 giờ).",
            [
                over_time(
                    f"""
                    SELECT {DAY}, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS "trung vị"
                    FROM report_callbacks WHERE ended = 'reached' AND $__timeFilter(asked_at) GROUP BY day ORDER BY day
                    """
                )
            ],
            unit="s",
            limits=rising(14_400, 28_800),
        ),
    ]
