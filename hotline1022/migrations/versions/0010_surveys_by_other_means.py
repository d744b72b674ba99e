"""surveys by operators, by one-time links and from files; numbers opted out and in by hand."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_index("ix_survey_cases_told_at", "survey_cases", ["told_at", "id"])
    op.create_index("ix_survey_cases_decided_at", "survey_cases", ["decided_at", "disposition"])
    op.create_index("ix_survey_cases_person_closed_at", "survey_cases", ["person", "closed_at"])
    with op.batch_alter_table("survey_attempts") as batch_op:
        batch_op.add_column(sa.Column("mode", sa.String(length=16), server_default="ivr", nullable=False))
        batch_op.add_column(sa.Column("by", sa.String(length=100), nullable=True))
    held = sa.text("mode = 'operator' AND ended_at IS NULL")
    op.create_index("ix_survey_attempts_held", "survey_attempts", ["made_at"],
                    sqlite_where=held, postgresql_where=held)  # fmt: skip
    op.create_table(
        "survey_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("until", instant, nullable=False),
        sa.Column("used_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["case"], ["survey_cases.id"], name=op.f("fk_survey_links_case")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_survey_links")),
    )
    op.create_index("ix_survey_links_case", "survey_links", ["case"])
    op.create_table(
        "survey_opt_out_changes",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_opt_out_changes")),
    )
    op.create_index("ix_survey_opt_out_changes_person", "survey_opt_out_changes", ["person", "id"])
    op.create_table(
        "survey_imports",
        sa.Column("row", number, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("resolved", sa.SmallInteger(), nullable=True),
        sa.Column("satisfaction", sa.SmallInteger(), nullable=True),
        sa.Column("time", sa.SmallInteger(), nullable=True),
        sa.Column("attitude", sa.SmallInteger(), nullable=True),
        sa.Column("clarity", sa.SmallInteger(), nullable=True),
        sa.Column("reception", sa.SmallInteger(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("imported_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_survey_imports")),
        sa.UniqueConstraint("id", name=op.f("uq_survey_imports_id")),
    )
    op.create_index("ix_survey_imports_agency_asked_on", "survey_imports", ["agency", "asked_on"])
