"""drafts and versions of the province's files."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    op.create_table(
        "rule_drafts",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.String(length=16), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("hands", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rule_drafts")),
    )
    op.create_table(
        "rule_versions",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=True),
        sa.Column("by", sa.String(length=100), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("basis", sa.String(length=400), nullable=True),
        sa.PrimaryKeyConstraint("name", "number", name=op.f("pk_rule_versions")),
    )
    op.create_table(
        "prompt_sounds",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=True),
        sa.Column("by", sa.String(length=100), nullable=True),
        sa.Column("note", sa.String(length=400), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name=op.f("pk_prompt_sounds")),
    )
    op.create_table(
        "administration_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_changes")),
    )
    op.create_index("ix_administration_changes_at", "administration_changes", ["at"])
