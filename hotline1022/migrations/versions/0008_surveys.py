"""surveys after an answer: cases, reasons, attempts, answers, who does not want to be asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    with op.batch_alter_table("calls") as batch_op:
        batch_op.add_column(sa.Column("direction", sa.String(length=3), server_default="in", nullable=False))
    op.create_table(
        "survey_cases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("told_at", instant, nullable=False),
        sa.Column("business", sa.Boolean(), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=True),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("decided_at", instant, nullable=False),
        sa.Column("next_at", instant, nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("disposition", sa.String(length=16), nullable=True),
        sa.Column("mode", sa.String(length=16), nullable=True),
        sa.Column("closed_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_cases")),
        sa.UniqueConstraint("code", "round", name=op.f("uq_survey_cases_code_round")),
    )
    op.create_index("ix_survey_cases_agency_told_at", "survey_cases", ["agency", "told_at"])
    still_open = sa.text("disposition IS NULL")
    op.create_index("ix_survey_cases_next_at", "survey_cases", ["next_at"],
                    sqlite_where=still_open, postgresql_where=still_open)  # fmt: skip
    op.create_table(
        "survey_reasons",
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(["case"], ["survey_cases.id"], name=op.f("fk_survey_reasons_case")),
        sa.PrimaryKeyConstraint("case", "reason", name=op.f("pk_survey_reasons")),
    )
    op.create_index("ix_survey_reasons_reason_at", "survey_reasons", ["reason", "at"])
    op.create_table(
        "survey_attempts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("disposition", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["survey_cases.id"], name=op.f("fk_survey_attempts_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_attempts")),
        sa.UniqueConstraint("case", "number", name=op.f("uq_survey_attempts_case_number")),
    )
    op.create_index("ix_survey_attempts_person_made_at", "survey_attempts", ["person", "made_at"])
    op.create_table(
        "survey_answers",
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("question", sa.String(length=16), nullable=False),
        sa.Column("mark", sa.SmallInteger(), nullable=True),
        sa.Column("at", instant, nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("wording", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("call", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["survey_cases.id"], name=op.f("fk_survey_answers_case")),
        sa.PrimaryKeyConstraint("case", "question", name=op.f("pk_survey_answers")),
    )
    op.create_table(
        "survey_opt_outs",
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("case", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["survey_cases.id"], name=op.f("fk_survey_opt_outs_case")),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_survey_opt_outs")),
    )
