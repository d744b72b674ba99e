"""published answers can be read: under a name of their own that leads to no ticket, and found by their words."""

from collections.abc import Sequence
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from tickets.search.words import searchable

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("published_answers") as batch_op:
        batch_op.add_column(sa.Column("public_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("words", sa.Text(), nullable=True))
        batch_op.drop_index("ix_published_answers_published_at")
    names = ("code", "public_id", "words", "question", "answer")
    answers = sa.table("published_answers", *(sa.column(name, sa.Text()) for name in names))
    for row in op.get_bind().execute(sa.select(answers)).mappings().all():
        words = f" {' '.join(searchable(row['question'] + ' ' + row['answer']))} "
        values = {"public_id": str(uuid4()), "words": words}
        op.execute(sa.update(answers).where(answers.c.code == row["code"]).values(values))
    with op.batch_alter_table("published_answers") as batch_op:
        batch_op.alter_column("public_id", existing_type=sa.String(length=36), nullable=False)
        batch_op.alter_column("words", existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint(op.f("uq_published_answers_public_id"), ["public_id"])
        batch_op.create_index("ix_published_answers_published_at", ["published_at", "public_id"], unique=False)
