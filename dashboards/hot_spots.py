"""Dashboard 4: where more reports come than before: topic and commune, the last seven days against the twelve weeks before them.

The test is that of the report (``hotline1022.reporting.hot_spots``), said in SQL; a test compares the two. All pairs are judged together,
so what is chosen at the top only hides rows.
"""

from grafana_foundation_sdk.models.dashboard import Panel

from dashboards.board import Board, Row
from dashboards.choices import OF_TOPICS, TOPIC
from dashboards.panels import lines, listing, number, rising
from dashboards.sources import over_time, rows
from hotline1022.reporting.hot_spot_report import FEWEST_WEEKS, WEEKS_BEFORE
from hotline1022.reporting.hot_spots import FALSE_ALARMS, FEWEST_SLIPS

TEST = (
    f"So 7 ngày cuối với {WEEKS_BEFORE} tuần trước đó (hoặc chừng nào có) của chính lĩnh vực và xã, phường ấy: kiểm định chính xác có "
    "điều kiện cho hai tỷ suất Poisson, p là mid-p một phía, q đã hiệu chỉnh Benjamini-Hochberg trên mọi cặp. Điểm nóng: q không quá "
    f"{FALSE_ALARMS:.0%} và có từ {FEWEST_SLIPS} phản ánh. Kể cả phiếu trùng, không kể khiếu nại, tố cáo. Như báo cáo điểm nóng."
)

_SPAN = f"""
  SELECT $__timeTo()::timestamptz AS ends, $__timeTo()::timestamptz - interval '7 days' AS middle,
    least({WEEKS_BEFORE}, floor(extract(epoch FROM $__timeTo()::timestamptz - interval '7 days'
      - date_trunc('week', min(taken_at), 'Asia/Ho_Chi_Minh')) / 604800))::int AS weeks
  FROM report_tickets"""
_COUNTED = f"""
  SELECT topic, place, weeks, count(*)::int AS amount, (count(*) FILTER (WHERE taken_at >= middle))::int AS c
  FROM report_tickets, span
  WHERE weeks >= {FEWEST_WEEKS} AND taken_at >= middle - weeks * interval '7 days' AND taken_at < ends
    AND topic IS NOT NULL AND place IS NOT NULL
  GROUP BY topic, place, weeks"""
_TESTED = """
  SELECT topic, place, weeks, c, amount - c AS n, (
    SELECT sum(CASE WHEN k = c THEN term / 2 ELSE term END) FROM (
      SELECT k, exp(amount * ln(weeks::float / (weeks + 1)) - k * ln(weeks::float)
        + sum(CASE WHEN k = 0 THEN 0 ELSE ln((amount - k + 1)::float / k) END) OVER (ORDER BY k)) AS term
      FROM generate_series(0, amount) AS k) terms WHERE k >= c) AS p
  FROM counted"""
_JUDGED = """
  SELECT topic, place, weeks, c, n, p, least(1.0, min(p * pairs / nth) OVER (
    ORDER BY nth ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)) AS q
  FROM (SELECT tested.*, count(*) OVER () AS pairs, row_number() OVER (ORDER BY p) AS nth FROM tested) ranked"""
JUDGED = f"WITH span AS ({_SPAN}), counted AS ({_COUNTED}), tested AS ({_TESTED}), judged AS ({_JUDGED})"
HOT = f"q <= {FALSE_ALARMS} AND c >= {FEWEST_SLIPS}"


def board() -> Board:
    """The dashboard."""
    return Board(
        uid="hotline-diem-nong",
        title="4 · Điểm nóng",
        description="Lĩnh vực và xã, phường có nhiều phản ánh bất thường trong 7 ngày cuối của khoảng thời gian đang xem.",
        begin="now-91d",
        refresh="15m",
        variables=[TOPIC],
        rows=[Row("Bảy ngày cuối", _week()), Row("Để so sánh", _before())],
    )


def _week() -> list[Panel]:
    return [
        number(
            "Điểm nóng",
            f"Số cặp lĩnh vực và xã, phường bất thường. {TEST}",
            rows(f"{JUDGED} SELECT count(*) FROM judged WHERE {HOT} AND {OF_TOPICS}"),
            unit="none",
            limits=rising(1, 5),
            size=(4, 9),
        ),
        listing(
            "Các cặp nổi bật nhất",
            TEST,
            rows(
                f"""{JUDGED}
                SELECT coalesce(t.name, s.topic) AS "Lĩnh vực", coalesce(x.name, s.place) AS "Xã, phường", s.c AS "7 ngày cuối",
                  s.n::float / s.weeks AS "Trung bình một tuần trước đó", s.p AS "p", s.q AS "q",
                  CASE WHEN {HOT} THEN 'có' ELSE 'không' END AS "Điểm nóng"
                FROM judged s
                LEFT JOIN report_names t ON t.kind = 'topic' AND t.code = s.topic
                LEFT JOIN report_names x ON x.kind = 'place' AND x.code = s.place
                WHERE s.c > 0 AND s.{OF_TOPICS} ORDER BY s.p, s.c DESC, s.topic, s.place LIMIT 20
                """
            ),
            units={"p": "sci", "q": "sci"},
            coloured={"q": [(None, "red"), (FALSE_ALARMS, "green")]},
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
