"""Dashboard 1: what happens on the line now. Prometheus only: it is a wall, not a signed figure."""

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.board import Board, Row
from dashboards.panels import PLAIN, falling, levels, lines, number, rising
from dashboards.sources import line, now
from dashboards.words import OPERATOR_STATES, RESULTS_IN

_AT_ONCE = '(sum(increase(hotline_queue_wait_seconds_bucket{result="abandoned",le="5.0"}[$__range])) or vector(0))'
"""Callers who left the queue within five seconds. A kind of end that has not come about yet has no series: it is 0."""
OFFERED = f"(sum(increase(hotline_queue_wait_seconds_count[$__range])) - {_AT_ONCE})"
"""Calls that entered the queue, without those."""
ABANDONED = (
    f'((sum(increase(hotline_queue_wait_seconds_count{{result="abandoned"}}[$__range])) or vector(0)) - {_AT_ONCE})'
)
IN_TIME = '(sum(increase(hotline_queue_wait_seconds_bucket{result="answered",le="20.0"}[$__range])) or vector(0))'
LIVE_NOTE = "Prometheus, làm tròn theo nhịp đo; số để ký lấy ở bảng 2."


def board() -> Board:
    """The dashboard."""
    return Board(
        uid="hotline-truc-tiep",
        title="1 · Trực tiếp",
        description="Tổng đài lúc này và từ đầu ngày. Số liệu từ Prometheus: làm tròn theo nhịp đo, không dùng để ký báo cáo.",
        begin="now/d",
        refresh="10s",
        rows=[Row("Lúc này", _present()), Row("Từ đầu ngày", _today()), Row("Diễn biến", _course())],
    )


def _present() -> list[Panel]:
    return [
        number(
            "Đang chờ",
            "Số người gọi đang chờ điện thoại viên trong hàng đợi.",
            now("hotline_queue_waiting"),
            unit="none",
            limits=rising(3, 6),
        ),
        number(
            "Chờ lâu nhất",
            "Người đang chờ lâu nhất đã chờ bao lâu, kể từ khi vào hàng đợi.",
            now("hotline_queue_longest_wait_seconds"),
            unit="s",
            limits=rising(20, 60),
        ),
        number(
            "Cuộc gọi đang diễn ra",
            "Người gọi đang nghe lời chào, đang chờ hoặc đang nói với điện thoại viên.",
            now("hotline_calls_in_progress"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Số cần gọi lại",
            "Số điện thoại đang chờ được gọi lại; một số gọi nhiều lần chỉ tính một.",
            now("hotline_callbacks_waiting"),
            unit="none",
            limits=rising(5, 15),
        ),
        levels(
            "Điện thoại viên theo trạng thái",
            "Người đang trong ca, theo trạng thái. Sau khi dịch vụ khởi động lại, trang của từng người tự báo lại.",
            now("sum by (state) (hotline_operators) > 0", "{{state}}"),
            unit="none",
            limits=PLAIN,
            size=(8, 4),
            renamed=OPERATOR_STATES,
        ),
    ]


def _today() -> list[Panel]:
    return [
        number(
            "Mức phục vụ 80/20",
            "Cuộc gọi được nghe trong 20 giây ÷ cuộc gọi vào hàng đợi (không kể người tự bỏ trong 5 giây đầu). Mục tiêu 80 %. "
            + LIVE_NOTE,
            now(f"{IN_TIME} / {OFFERED}"),
            unit="percentunit",
            limits=falling(0.7, 0.8),
            size=(6, 5),
            decimals=1,
        ),
        number(
            "Chờ trung bình (ASA)",
            "Tổng thời gian chờ của các cuộc được nghe ÷ số cuộc được nghe. Mục tiêu không quá 20 giây. " + LIVE_NOTE,
            now(
                """sum(increase(hotline_queue_wait_seconds_sum{result="answered"}[$__range]))
                / sum(increase(hotline_queue_wait_seconds_count{result="answered"}[$__range]))"""
            ),
            unit="s",
            limits=rising(20, 40),
            size=(6, 5),
            decimals=1,
        ),
        number(
            "Tỷ lệ bỏ cuộc",
            "Người bỏ hàng đợi sau 5 giây trở lên ÷ cuộc gọi vào hàng đợi (không kể người tự bỏ trong 5 giây đầu). Mục tiêu không quá 5 %. "
            + LIVE_NOTE,
            now(f"{ABANDONED} / {OFFERED}"),
            unit="percentunit",
            limits=rising(0.05, 0.1),
            size=(6, 5),
            decimals=1,
        ),
        number(
            "Cuộc gọi vào hàng đợi",
            "Cuộc gọi đã vào hàng đợi từ đầu ngày, không kể người tự bỏ trong 5 giây đầu. " + LIVE_NOTE,
            now(f"round({OFFERED})"),
            unit="none",
            limits=PLAIN,
            size=(6, 5),
        ),
    ]


def _course() -> list[Panel]:
    return [
        lines(
            "Cuộc gọi đến mỗi 15 phút",
            "Cuộc gọi đến đã kết thúc trong từng 15 phút, theo kết quả.",
            [line('sum by (result) (increase(hotline_calls_total{direction="in"}[15m]))', "{{result}}")],
            unit="none",
            size=(12, 8),
            bars=True,
            stacked=True,
            step="15m",
            renamed=RESULTS_IN,
        ),
        lines(
            "Người chờ và điện thoại viên sẵn sàng",
            "Số người trong hàng đợi bên cạnh số điện thoại viên sẵn sàng nhận cuộc gọi.",
            [
                line("hotline_queue_waiting", "đang chờ", "A"),
                line('sum(hotline_operators{state="ready"})', "sẵn sàng", "B"),
            ],
            unit="none",
            size=(12, 8),
        ),
    ]
