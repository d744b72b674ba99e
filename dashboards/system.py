"""Dashboard 7: whether the machine does its work. Prometheus only."""

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.board import Board, Row
from dashboards.panels import PLAIN, falling, lines, number, rising, yes_or_no
from dashboards.sources import line, now

DAY = 86_400


def board() -> Board:
    """The dashboard."""
    return Board(
        uid="hotline-he-thong",
        title="7 · Hệ thống",
        description="Các phần của tổng đài có chạy, có kịp và có đủ chỗ không. Mỗi cảnh báo có một đoạn trong docs/vi/su-co.md.",
        begin="now-6h",
        refresh="30s",
        rows=[
            Row("Các phần có chạy không", _parts()),
            Row("Việc còn đọng", _backlog()),
            Row("Đĩa, sao lưu", _disk()),
            Row("Diễn biến", _course()),
        ],
    )


def _parts() -> list[Panel]:
    return [
        yes_or_no(
            "Được đo",
            "Prometheus có lấy được số liệu của từng phần hay không.",
            now("up", "{{job}}"),
            yes="có",
            no="KHÔNG",
            size=(8, 4),
        ),
        yes_or_no(
            "ARI",
            "Dịch vụ có điều khiển được Asterisk hay không. Khi không: người gọi nghe lời chào dự phòng và để lại lời nhắn.",
            now("hotline_ari_connected"),
            yes="nối",
            no="MẤT",
        ),
        yes_or_no(
            "AMI",
            "Dịch vụ có nghe được hàng đợi hay không.",
            now("hotline_ami_connected"),
            yes="nối",
            no="MẤT",
        ),
        yes_or_no(
            "Trung kế",
            "Trung kế của nhà mạng có đang dùng được hay không. Khi không: không ai gọi được 1022.",
            now("hotline_trunk_registered"),
            yes="dùng được",
            no="MẤT",
        ),
        yes_or_no(
            "Cơ sở dữ liệu",
            "Dịch vụ có đọc được cơ sở dữ liệu hay không. Khi không: cuộc gọi vẫn chạy, sự kiện được ghi ra đĩa.",
            now("hotline_database_up"),
            yes="có",
            no="MẤT",
        ),
        number(
            "Cảnh báo đang kêu",
            "Số cảnh báo đang kêu lúc này; chi tiết ở trang Alerting.",
            now('count(ALERTS{alertstate="firing"}) or vector(0)'),
            unit="none",
            limits=rising(1, 3),
        ),
        number(
            "Asterisk chạy được",
            "Thời gian từ khi Asterisk khởi động.",
            now("asterisk_core_uptime_seconds"),
            unit="s",
            limits=PLAIN,
        ),
        number(
            "Kênh của Asterisk",
            "Số kênh đang mở trong Asterisk; một cuộc gọi với điện thoại viên có vài kênh.",
            now("asterisk_channels_count"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Trang đang mở",
            "Số trình duyệt đang nối vào trang điều hành.",
            now("hotline_panels_connected"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Chuỗi số liệu",
            "Số chuỗi mà lần đo gần nhất lấy về, nhiều nhất trong các phần; phải dưới 1.000.",
            now('max(scrape_samples_scraped{job="hotline1022"})'),
            unit="none",
            limits=rising(800, 1000),
        ),
        number(
            "Phiên bản",
            "Phiên bản của dịch vụ đang chạy: tên ở dưới số 1.",
            now("hotline_build_info", "{{version}}"),
            unit="none",
            limits=PLAIN,
        ),
    ]


def _backlog() -> list[Panel]:
    return [
        number(
            "Sự kiện chờ chuyển",
            "Sự kiện đã ghi mà chưa được chuyển đi làm tiếp.",
            now("hotline_outbox_waiting"),
            unit="none",
            limits=rising(100, 1000),
        ),
        number(
            "Sự kiện chờ lâu nhất",
            "Sự kiện cũ nhất chưa được chuyển đã chờ bao lâu.",
            now("hotline_outbox_oldest_seconds"),
            unit="s",
            limits=rising(60, 600),
        ),
        number(
            "Sự kiện trên đĩa",
            "Sự kiện nằm trên đĩa vì cơ sở dữ liệu vắng hoặc vì không ai đọc được; bình thường là 0.",
            now("hotline_spool_files"),
            unit="none",
            limits=rising(1, 100),
        ),
        number(
            "Việc trễ (95 %)",
            "Từ lúc một việc đến giờ cho đến khi bắt đầu: 95 % không quá mức này, trong 1 giờ.",
            now("histogram_quantile(0.95, sum by (le) (increase(hotline_job_lateness_seconds_bucket[1h])))"),
            unit="s",
            limits=rising(30, 300),
            decimals=1,
        ),
        number(
            "Việc lỗi trong 1 giờ",
            "Lần làm bị lỗi trong một giờ; mỗi việc lỗi được làm lại.",
            now('sum(increase(hotline_jobs_total{result="failed"}[1h]))'),
            unit="none",
            limits=rising(1, 20),
            decimals=0,
        ),
        number(
            "Bước bị quên trong 1 ngày",
            "Bước đến hạn mà không ai lên lịch, do lần quét mỗi phút tìm ra; phải là 0.",
            now("increase(hotline_steps_swept_total[1d])"),
            unit="none",
            limits=rising(1, 10),
            decimals=0,
        ),
        number(
            "Khảo sát đang chạy",
            "Khảo sát chưa kết thúc.",
            now("hotline_surveys_standing"),
            unit="none",
            limits=PLAIN,
        ),
        number(
            "Khảo sát quá giờ hẹn",
            "Khảo sát có lần hỏi kế tiếp đã quá giờ từ năm phút trở lên.",
            now("hotline_surveys_due"),
            unit="none",
            limits=rising(10, 50),
        ),
    ]


def _disk() -> list[Panel]:
    return [
        number(
            "Đĩa còn trống",
            "Phần còn trống của đĩa chứa bản ghi âm.",
            now("hotline_data_free_bytes / hotline_data_size_bytes"),
            unit="percentunit",
            limits=falling(0.1, 0.2),
            decimals=1,
        ),
        number(
            "Còn trống",
            "Số byte còn trống trên đĩa chứa bản ghi âm.",
            now("hotline_data_free_bytes"),
            unit="bytes",
            limits=PLAIN,
        ),
        number(
            "Sao lưu gần nhất",
            "Đã bao lâu từ lần sao lưu thành công gần nhất; chưa có: chưa lần nào. Quá 26 giờ thì kêu.",
            now("time() - hotline_last_backup_timestamp_seconds"),
            unit="s",
            limits=rising(DAY, 26 * 3600),
        ),
        number(
            "Đọc cơ sở dữ liệu",
            "Lần đo gần nhất mất bao lâu để đọc số liệu trong cơ sở dữ liệu.",
            now("hotline_database_collect_seconds"),
            unit="s",
            limits=rising(1, 5),
            decimals=2,
        ),
        lines(
            "Đĩa còn trống theo thời gian",
            "Phần còn trống của đĩa chứa bản ghi âm.",
            [line("hotline_data_free_bytes", "còn trống")],
            unit="bytes",
            size=(8, 4),
        ),
    ]


def _course() -> list[Panel]:
    return [
        lines(
            "Yêu cầu HTTP mỗi giây",
            "Yêu cầu mà dịch vụ đã trả lời, theo loại mã.",
            [line("sum by (status) (rate(hotline_http_requests_total[$__rate_interval]))", "{{status}}")],
            unit="reqps",
        ),
        lines(
            "Việc mỗi phút",
            "Việc nền đã làm xong và bị lỗi.",
            [line("sum by (result) (rate(hotline_jobs_total[$__rate_interval])) * 60", "{{result}}")],
            unit="none",
            renamed={"done": "xong", "failed": "lỗi, sẽ làm lại"},
        ),
        lines(
            "Sự kiện đọng",
            "Sự kiện chờ chuyển, và sự kiện ghi tạm ra đĩa.",
            [line("hotline_outbox_waiting", "chờ chuyển", "A"), line("hotline_spool_files", "trên đĩa", "B")],
            unit="none",
        ),
        lines(
            "Cuộc gọi trong Asterisk",
            "Cuộc gọi mà chính Asterisk đếm, bên cạnh số mà dịch vụ biết.",
            [line("asterisk_calls_count", "Asterisk", "A"), line("hotline_calls_in_progress", "dịch vụ", "B")],
            unit="none",
        ),
    ]
