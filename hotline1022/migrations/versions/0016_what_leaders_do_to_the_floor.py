"""what leaders do to the floor."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "floor_acts",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("by_account", sa.Integer(), nullable=True),
        sa.Column("account", sa.Integer(), nullable=True),
        sa.Column("call", sa.String(length=80), nullable=True),
        sa.Column("to_account", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_acts")),
    )
    op.create_index(op.f("ix_floor_acts_at"), "floor_acts", ["at"])
    op.create_table(
        "listenings",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("node", sa.String(length=60), nullable=False),
        sa.Column("leader", sa.String(length=100), nullable=False),
        sa.Column("leader_account", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(length=100), nullable=False),
        sa.Column("operator_account", sa.Integer(), nullable=False),
        sa.Column("call", sa.String(length=80), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("began_at", instant, nullable=False),
        sa.Column("heard_at", instant, nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("end", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listenings")),
    )
    op.create_index(op.f("ix_listenings_began_at"), "listenings", ["began_at"])
    op.create_index(op.f("ix_listenings_call"), "listenings", ["call"])
    op.create_table(
        "listening_modes",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("listening", number, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["listening"], ["listenings.id"], name=op.f("fk_listening_modes_listening_listenings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listening_modes")),
    )
    op.create_index(op.f("ix_listening_modes_listening"), "listening_modes", ["listening"])
