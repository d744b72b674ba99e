"""indexes with which a list among a million tickets finds its own."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_tickets_agency_taken_at", "tickets")
    op.create_index("ix_tickets_agency_taken_at", "tickets", ["agency", "taken_at", "code", "stage", "urgent"])
    op.create_index("ix_tickets_place_taken_at", "tickets", ["place", "taken_at", "code", "stage", "urgent"])
    running = sa.text("ended IS NULL")
    op.create_index("ix_ticket_deadlines_owed", "ticket_deadlines", ["party", "clock", "due", "code"],
                    sqlite_where=running, postgresql_where=running)  # fmt: skip
