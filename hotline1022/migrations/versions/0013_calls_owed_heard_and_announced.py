"""people who are owed a call, who heard which recording, what callers and operators are told."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("calls", sa.Column("menu", sa.String(length=4), nullable=True))
    op.add_column("calls", sa.Column("queued_at", instant, nullable=True))
    op.add_column("calls", sa.Column("unqueued_at", instant, nullable=True))
    op.add_column("calls", sa.Column("answered_at", instant, nullable=True))
    op.create_table(
        "callbacks",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("call", sa.String(length=80), nullable=True),
        sa.Column("ticket", sa.String(length=8), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("waited_seconds", sa.Float(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.Column("due_at", instant, nullable=True),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_name", sa.String(length=100), nullable=True),
        sa.Column("taken_at", instant, nullable=True),
        sa.Column("closed_at", instant, nullable=True),
        sa.Column("end", sa.String(length=16), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
    )
    op.create_index("ix_callbacks_number", "callbacks", ["number"])
    op.create_index("ix_callbacks_closed_at", "callbacks", ["closed_at"])
    standing = sa.text("closed_at IS NULL")
    op.create_index("ix_callbacks_open", "callbacks", ["number"], unique=True,
                    sqlite_where=standing, postgresql_where=standing)  # fmt: skip
    op.create_table(
        "callback_calls",
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("callback", number, nullable=False),
        sa.ForeignKeyConstraint(["callback"], ["callbacks.id"], name=op.f("fk_callback_calls_callback")),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_callback_calls")),
    )
    op.create_index("ix_callback_calls_callback", "callback_calls", ["callback"])
    op.create_table(
        "callback_attempts",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("callback", number, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["callback"], ["callbacks.id"], name=op.f("fk_callback_attempts_callback")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_attempts")),
    )
    op.create_index("ix_callback_attempts_callback", "callback_attempts", ["callback"])
    op.create_table(
        "recording_hearings",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_hearings")),
    )
    op.create_index("ix_recording_hearings_call", "recording_hearings", ["call", "at"])
    op.create_table(
        "announcements",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("until", instant, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("sound", sa.String(length=64), nullable=True),
        sa.Column("silent_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_table(
        "notices",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("say", sa.Text(), nullable=True),
        sa.Column("until", instant, nullable=True),
        sa.Column("at", instant, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_at", "notices", ["at"])
