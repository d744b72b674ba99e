"""Dashboard 6: how good the transcripts are and how late they come. What was heard now from Prometheus, the rest from SQL."""

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.board import Board, Row
from dashboards.panels import PLAIN, falling, lines, listing, number, rising, yes_or_no
from dashboards.sources import line, now, over_time, rows
from dashboards.words import PHASES, called

DAY = "(day::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh') AS time"
SURE = "Độ tin là số của chính bộ nhận dạng, không phải tỷ lệ lỗi: tỷ lệ lỗi chỉ biết được khi người nghe lại (docs/accuracy.md)."


def board() -> Board:
    """The dashboard."""
    return Board(
        uid="hotline-ban-chep",
        title="6 · Chất lượng bản chép",
        description="Lời trong cuộc gọi được chép lại có chắc và có kịp không.",
        begin="now-30d/d",
        refresh="1m",
        rows=[Row("Lúc này", _present()), Row("Khoảng thời gian đang xem", _course())],
    )


def _present() -> list[Panel]:
    return [
        yes_or_no(
            "Bộ nhận dạng",
            "Tiến trình chép lời có trả lời và đã nạp mô hình hay không. Khi không: cuộc gọi vẫn chạy, bản chép đến sau.",
            now("hotline_recogniser_up"),
            yes="đang chạy",
            no="KHÔNG chạy",
        ),
        number(
            "Chiều tiếng đang chép",
            "Số chiều tiếng (người dân, điện thoại viên) đang được chép trực tiếp.",
            now("hotline_live_legs"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Bản ghi chờ chép",
            "Bản ghi âm trong ba ngày qua còn chờ được chép.",
            now("hotline_recordings_unheard"),
            unit="none",
            limits=rising(20, 100),
        ),
        number(
            "Độ trễ trực tiếp (90 %)",
            "Từ cuối cuộc gọi đến khi có bản chép trực tiếp: 90 % số bản không quá mức này, trong 24 giờ.",
            now(
                """histogram_quantile(0.9, sum by (le) (
                increase(hotline_transcription_lag_seconds_bucket{phase="live"}[1d])))"""
            ),
            unit="s",
            limits=rising(30, 120),
        ),
        number(
            "Độ trễ sau cuộc gọi (90 %)",
            "Từ cuối cuộc gọi đến khi bản ghi âm được chép xong: 90 % số bản không quá mức này, trong 24 giờ.",
            now(
                """histogram_quantile(0.9, sum by (le) (
                increase(hotline_transcription_lag_seconds_bucket{phase="after"}[1d])))"""
            ),
            unit="s",
            limits=rising(900, 3600),
        ),
        number(
            "Cuộc gọi có bản ghi",
            "Có bản ghi âm ÷ cuộc gọi được nghe mà người dân đồng ý ghi âm, trong khoảng thời gian đang xem. Mục tiêu 99 %.",
            rows(
                """
                SELECT sum(recording_kept)::float / nullif(count(*), 0) FROM report_calls
                WHERE answered = 1 AND recording_agreed = 1 AND going_on = 0 AND $__timeFilter(arrived_at)
                """
            ),
            unit="percentunit",
            limits=falling(0.95, 0.99),
            decimals=1,
        ),
    ]


def _course() -> list[Panel]:
    return [
        lines(
            "Độ tin theo ngày",
            f"Trung bình độ tin của các từ, theo lúc chép. {SURE}",
            [
                over_time(
                    f"""
                    SELECT {DAY}, {called("phase", PHASES)} AS metric,
                      sum(confidence * words) / nullif(sum(words) FILTER (WHERE confidence IS NOT NULL), 0) AS value
                    FROM report_transcripts WHERE $__timeFilter(created_at) GROUP BY day, phase ORDER BY day
                    """
                )
            ],
            unit="percentunit",
            limits=falling(0.6, 0.8),
        ),
        lines(
            "Từ đáng ngờ theo ngày",
            "Từ được đánh dấu là chưa chắc ÷ tất cả các từ. Từ đáng ngờ hiện màu khác cho điện thoại viên.",
            [
                over_time(
                    f"""
                    SELECT {DAY}, sum(doubtful)::float / nullif(sum(words), 0) AS "từ đáng ngờ"
                    FROM report_transcripts WHERE $__timeFilter(created_at) GROUP BY day ORDER BY day
                    """
                )
            ],
            unit="percentunit",
        ),
        lines(
            "Độ trễ theo ngày",
            "Từ cuối cuộc gọi đến khi có bản chép sau cuộc gọi: trung vị và mức của 90 %.",
            [
                over_time(
                    f"""
                    SELECT {DAY}, percentile_cont(0.5) WITHIN GROUP (ORDER BY lag_seconds) AS "trung vị",
                      percentile_cont(0.9) WITHIN GROUP (ORDER BY lag_seconds) AS "90 %"
                    FROM report_transcripts WHERE phase = 'after' AND $__timeFilter(created_at) GROUP BY day ORDER BY day
                    """
                )
            ],
            unit="s",
        ),
        lines(
            "Việc của bộ nhận dạng",
            "Chiều tiếng đang chép trực tiếp và bản ghi còn chờ.",
            [line("hotline_live_legs", "đang chép", "A"), line("hotline_recordings_unheard", "bản ghi chờ", "B")],
            unit="none",
        ),
        listing(
            "Theo bộ nhận dạng và mô hình",
            f"Bản chép trong khoảng thời gian đang xem. {SURE}",
            rows(
                f"""
                SELECT engine AS "Bộ nhận dạng", model AS "Mô hình", {called("phase", PHASES)} AS "Lúc chép", count(*) AS "Bản chép",
                  sum(audio_seconds) AS "Âm thanh", sum(words) AS "Số từ",
                  sum(confidence * words) / nullif(sum(words) FILTER (WHERE confidence IS NOT NULL), 0) AS "Độ tin",
                  sum(doubtful)::float / nullif(sum(words), 0) AS "Từ đáng ngờ"
                FROM report_transcripts WHERE $__timeFilter(created_at) GROUP BY engine, model, phase ORDER BY 4 DESC
                """
            ),
            units={"Âm thanh": "s", "Độ tin": "percentunit", "Từ đáng ngờ": "percentunit"},
            size=(24, 7),
        ),
    ]
