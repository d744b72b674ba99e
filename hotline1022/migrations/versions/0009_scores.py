"""scores: what each ticket contributes, the counts, sign-offs, corrections."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    op.create_table(
        "score_tickets",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("recounted_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_score_tickets")),
    )
    op.create_table(
        "score_contributions",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "agency", "month", "name", "mode", name=op.f("pk_score_contributions")),
    )
    op.create_index(
        "ix_score_contributions_month_agency_name", "score_contributions", ["month", "agency", "name", "code", "mode"]
    )
    op.create_table(
        "score_counts",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "agency", "name", "mode", name=op.f("pk_score_counts")),
    )
    op.create_table(
        "score_sign_offs",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("signed_by", sa.String(length=100), nullable=False),
        sa.Column("signed_at", instant, nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_score_sign_offs")),
    )
    op.create_table(
        "score_corrections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("decided_at", instant, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_corrections")),
    )
    op.create_index("ix_score_corrections_period_asked_at", "score_corrections", ["period", "asked_at"])
