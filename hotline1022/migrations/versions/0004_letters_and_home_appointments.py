"""letters of apology and home appointments."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import hotline1022.base.db

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = hotline1022.base.db.Instant(timezone=True)
    op.create_table(
        "ticket_letters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("owed_at", instant, nullable=False),
        sa.Column("owed_by", sa.String(length=100), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("promised", instant, nullable=True),
        sa.Column("due", instant, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=36), nullable=True),
        sa.Column("drafted_at", instant, nullable=True),
        sa.Column("drafted_by", sa.String(length=100), nullable=True),
        sa.Column("approved_at", instant, nullable=True),
        sa.Column("approved_by", sa.String(length=100), nullable=True),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("sent_at", instant, nullable=True),
        sa.Column("sent_by", sa.String(length=100), nullable=True),
        sa.Column("sent_how", sa.String(length=16), nullable=True),
        sa.Column("waived_at", instant, nullable=True),
        sa.Column("waived_by", sa.String(length=100), nullable=True),
        sa.Column("waived_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name=op.f("fk_ticket_letters_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_letters")),
    )
    op.create_index("ix_ticket_letters_code", "ticket_letters", ["code"])
    op.create_index("ix_ticket_letters_owed_at", "ticket_letters", ["owed_at", "id"])
    op.create_index("ix_ticket_letters_agency_owed_at", "ticket_letters", ["agency", "owed_at", "id"])
    op.create_index("uq_ticket_letters_number", "ticket_letters", ["agency", "year", "number"], unique=True)
    unsent = sa.text("sent_at IS NULL AND waived_at IS NULL")
    op.create_index(
        "uq_ticket_letters_open", "ticket_letters", ["code", "agency"], unique=True,
        sqlite_where=unsent, postgresql_where=unsent,
    )  # fmt: skip
    op.create_table(
        "ticket_appointments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("starts", instant, nullable=False),
        sa.Column("ends", instant, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("moved", sa.SmallInteger(), nullable=False),
        sa.Column("booked_at", instant, nullable=False),
        sa.Column("booked_by", sa.String(length=100), nullable=False),
        sa.Column("confirmed_at", instant, nullable=True),
        sa.Column("confirmed_by", sa.String(length=100), nullable=True),
        sa.Column("reminded_at", instant, nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("fault", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name=op.f("fk_ticket_appointments_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_appointments")),
    )
    op.create_index("ix_ticket_appointments_code", "ticket_appointments", ["code"])
    op.create_index("ix_ticket_appointments_starts", "ticket_appointments", ["starts", "id"])
    op.create_index("ix_ticket_appointments_agency_starts", "ticket_appointments", ["agency", "starts", "id"])
    op.create_index(
        "uq_ticket_appointments_open", "ticket_appointments", ["code"], unique=True,
        sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
