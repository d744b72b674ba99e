"""people at browsers: sessions, second factors, what was changed of an account."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.add_column(sa.Column("display_name", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("agency", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("locked", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("locked_until", instant, nullable=True))
        batch_op.add_column(sa.Column("second_factor", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("second_factor_step", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("last_sign_in_at", instant, nullable=True))
    op.create_table(
        "account_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_account_changes_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_changes")),
    )
    op.create_index("ix_account_changes_account", "account_changes", ["account"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("began_at", instant, nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_sessions_account")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_account", "sessions", ["account"])
