"""Dashboard 4: where more reports come than before: topic and commune, the last seven days against the eight weeks before them.

The test is exact. If nothing has changed, each of the c + n reports of a topic and a commune in the nine weeks fell into the last one
with a chance of 1/9; p is the chance that c or more did (binomial, one-sided; Przyborowski and Wilenski 1940). A hot spot has p < 0.001
and three reports or more. Several hundred pairs are looked at, so about one in a thousand of them is chance: it is a place to look at.
"""

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.board import Board, Row
from dashboards.choices import OF_TOPICS, TOPIC
from dashboards.panels import lines, listing, number, rising
from dashboards.sources import over_time, rows

WEEKS_BEFORE = 8
LEAST = 3
"""Fewer reports than this are never called a hot spot."""
CHANCE = 0.001
TEST = (
    f"So 7 ngày cuối với {WEEKS_BEFORE} tuần trước đó của chính lĩnh vực và xã, phường ấy. p là xác suất có từng ấy phản ánh trở lên nếu "
    f"không có gì đổi khác (kiểm định nhị thức chính xác, một phía). Điểm nóng: p < 0,001 và có từ {LEAST} phản ánh. "
    "Xét hàng trăm cặp nên vẫn có thể gặp một điểm do tình cờ. Không tính khiếu nại, tố cáo và phiếu trùng."
)

_COUNTED = f"""
  SELECT topic, place, count(*) FILTER (WHERE taken_at >= $__timeTo()::timestamptz - interval '7 days') AS c,
    count(*) FILTER (WHERE taken_at < $__timeTo()::timestamptz - interval '7 days') AS n
  FROM report_tickets
  WHERE taken_at < $__timeTo()::timestamptz AND taken_at >= $__timeTo()::timestamptz - interval '{7 + 7 * WEEKS_BEFORE} days'
    AND topic IS NOT NULL AND place IS NOT NULL AND duplicate = 0 AND {OF_TOPICS}
  GROUP BY topic, place"""
_TESTED = f"""
  SELECT topic, place, c, n, (
    SELECT greatest(0, 1 - sum(term)) FROM (
      SELECT exp((c + n) * ln({WEEKS_BEFORE}.0 / {WEEKS_BEFORE + 1}) + sum(
        CASE WHEN k = 0 THEN 0 ELSE ln((c + n - k + 1)::float / k / {WEEKS_BEFORE}) END) OVER (ORDER BY k)) AS term
      FROM generate_series(0, c - 1) AS k) terms) AS p
  FROM counted WHERE c >= {LEAST}"""
SPOTS = f"WITH counted AS ({_COUNTED}), tested AS ({_TESTED})"


def board() -> Board:
    """The dashboard."""
    return Board(
        uid="hotline-diem-nong",
        title="4 · Điểm nóng",
        description="Lĩnh vực và xã, phường có nhiều phản ánh bất thường trong 7 ngày cuối của khoảng thời gian đang xem.",
        begin="now-63d",
        refresh="15m",
        variables=[TOPIC],
        rows=[Row("Bảy ngày cuối", _week()), Row("Để so sánh", _before())],
    )


def _week() -> list[Panel]:
    return [
        number(
            "Điểm nóng",
            f"Số cặp lĩnh vực và xã, phường bất thường. {TEST}",
            rows(f"{SPOTS} SELECT count(*) FROM tested WHERE p < {CHANCE}"),
            unit="none",
            limits=rising(1, 5),
            size=(4, 9),
        ),
        listing(
            "Lĩnh vực và xã, phường bất thường",
            TEST,
            rows(
                f"""{SPOTS}
                SELECT coalesce(t.name, s.topic) AS "Lĩnh vực", coalesce(x.name, s.place) AS "Xã, phường", s.c AS "7 ngày cuối",
                  s.n / {WEEKS_BEFORE}.0 AS "Mỗi tuần trước đó", s.p AS "p"
                FROM tested s
                LEFT JOIN report_names t ON t.kind = 'topic' AND t.code = s.topic
                LEFT JOIN report_names x ON x.kind = 'place' AND x.code = s.place
                WHERE s.p < {CHANCE} ORDER BY s.p, s.c DESC LIMIT 50
                """
            ),
            units={"p": "sci"},
            coloured={"7 ngày cuối": rising(LEAST, 10)},
            size=(20, 9),
        ),
    ]


def _before() -> list[Panel]:
    return [
        lines(
            "Năm lĩnh vực nhiều nhất, theo tuần",
            "Phản ánh mỗi tuần (bắt đầu thứ Hai) của năm lĩnh vực có nhiều phản ánh nhất trong khoảng thời gian đang xem.",
            [
                over_time(
                    f"""
                    SELECT date_trunc('week', t.taken_at, 'Asia/Ho_Chi_Minh') AS time, coalesce(n.name, t.topic) AS metric,
                      count(*) AS value
                    FROM report_tickets t LEFT JOIN report_names n ON n.kind = 'topic' AND n.code = t.topic
                    WHERE $__timeFilter(t.taken_at) AND t.topic IN (
                      SELECT topic FROM report_tickets WHERE $__timeFilter(taken_at) AND {OF_TOPICS}
                      GROUP BY topic ORDER BY count(*) DESC LIMIT 5)
                    GROUP BY 1, 2 ORDER BY 1
                    """
                )
            ],
            unit="none",
        ),
        listing(
            "Xã, phường có nhiều phản ánh nhất",
            "Phản ánh trong khoảng thời gian đang xem, và lĩnh vực hay gặp nhất ở đó.",
            rows(
                f"""
                SELECT coalesce(x.name, t.place) AS "Xã, phường", count(*) AS "Phản ánh",
                  (SELECT coalesce(max(n.name), max(t.topic)) FROM report_names n WHERE n.kind = 'topic'
                    AND n.code = mode() WITHIN GROUP (ORDER BY t.topic)) AS "Hay gặp nhất"
                FROM report_tickets t LEFT JOIN report_names x ON x.kind = 'place' AND x.code = t.place
                WHERE $__timeFilter(t.taken_at) AND t.place IS NOT NULL AND t.{OF_TOPICS}
                GROUP BY t.place, x.name ORDER BY 2 DESC LIMIT 20
                """
            ),
            size=(12, 8),
        ),
    ]
