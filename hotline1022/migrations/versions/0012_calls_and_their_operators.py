"""what operators made of their calls."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    op.create_table(
        "call_results",
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(length=100), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("answered_at", instant, nullable=False),
        sa.Column("waited_seconds", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("written_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_call_results")),
    )
    op.create_index("ix_call_results_account", "call_results", ["account"])
    op.create_index("ix_call_results_answered_at", "call_results", ["answered_at"])
