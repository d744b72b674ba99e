"""photos of tickets; a published answer has a name that leads to no ticket."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

import hotline1022.base.db

revision: str = "0005"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "ticket_photos",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("at", hotline1022.base.db.Instant(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name=op.f("fk_ticket_photos_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_photos")),
    )
    op.create_index(op.f("ix_ticket_photos_code"), "ticket_photos", ["code"])
    with op.batch_alter_table("published_answers") as batch_op:
        batch_op.add_column(sa.Column("public_id", sa.String(length=36), nullable=True))
    answers = sa.table("published_answers", sa.column("code"), sa.column("public_id"))
    for code in op.get_bind().scalars(sa.select(answers.c.code)).all():
        op.execute(sa.update(answers).where(answers.c.code == code).values(public_id=str(uuid4())))
    with op.batch_alter_table("published_answers") as batch_op:
        batch_op.alter_column("public_id", existing_type=sa.String(length=36), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_published_answers_public_id"), ["public_id"])
