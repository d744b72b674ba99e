"""What a reader may choose at the top of a dashboard, and how a query says it. No panel is here."""

from dashboards.board import choice

MONTH = choice("month", "Tháng", "SELECT DISTINCT month FROM report_agency_months ORDER BY month DESC")
QUARTER = choice("quarter", "Quý", "SELECT DISTINCT quarter FROM report_agency_quarters ORDER BY quarter DESC")
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
