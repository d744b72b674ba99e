"""what reports are made of: the names of agencies, topics and communes beside the codes, and indexes for the figures of the last days."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "report_names",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_report_names")),
    )
    of_answers = sa.text("clock = 'answer'")
    op.create_index("ix_ticket_deadlines_answer_due", "ticket_deadlines", ["due"],
                    sqlite_where=of_answers, postgresql_where=of_answers)  # fmt: skip
    op.create_index("ix_survey_attempts_made_at", "survey_attempts", ["made_at"])
