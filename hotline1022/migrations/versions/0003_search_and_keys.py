"""searching tickets by the words in them, and access keys."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import hotline1022.base.db

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ticket_words",
        sa.Column("word", sa.String(length=24), nullable=False),
        sa.Column("taken_at", hotline1022.base.db.Instant(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name=op.f("fk_ticket_words_code")),
        sa.PrimaryKeyConstraint("word", "taken_at", "code", name=op.f("pk_ticket_words")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ticket_words_code", "ticket_words", ["code"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", hotline1022.base.db.Instant(timezone=True), nullable=False),
        sa.Column("revoked_at", hotline1022.base.db.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
