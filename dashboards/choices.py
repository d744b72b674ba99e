"""What a reader may choose at the top of a dashboard, and how a query says it. No panel is here."""

from dashboards.board import choice

_UNTIL = "to_char($__timeTo()::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYY-MM')"
"""Promises fall due in months that have not begun: those are no choice yet."""
MONTH = choice(
    "month", "Tháng", f"SELECT DISTINCT month FROM report_agency_months WHERE month <= {_UNTIL} ORDER BY month DESC"
)
QUARTER_OF = "substr(month, 1, 4) || '-Q' || ((CAST(substr(month, 6, 2) AS INTEGER) + 2) / 3)"
QUARTER = choice(
    "quarter",
    "Quý",
    f"SELECT DISTINCT {QUARTER_OF} FROM report_agency_months WHERE month <= {_UNTIL} ORDER BY 1 DESC",
)
AGENCY = choice(
    "agency",
    "Cơ quan",
    "SELECT code AS __value, name AS __text FROM report_names WHERE kind = 'agency' ORDER BY name",
    several=True,
)
TOPIC = choice(
    "topic",
    "Lĩnh vực",
    "SELECT code AS __value, name AS __text FROM report_names WHERE kind = 'topic' ORDER BY name",
    several=True,
)
OF_AGENCIES = "agency IN ($agency)"
OF_TOPICS = "topic IN ($topic)"
MONTH_START = "to_timestamp(month || '-01 +07', 'YYYY-MM-DD TZH')"
"""SQL: the instant at which a civil month of Vietnam begins."""
