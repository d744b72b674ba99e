"""a call in many hands keeps what each operator made of it, and a call that nobody answered keeps who made it."""

from collections.abc import Sequence

from alembic import op

from hotline1022.base.db import Instant

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("call_results") as batch_op:
        batch_op.drop_constraint("pk_call_results", type_="primary")
        batch_op.alter_column("answered_at", existing_type=Instant(timezone=True), nullable=True)
        batch_op.create_primary_key("pk_call_results", ["call", "account"])
