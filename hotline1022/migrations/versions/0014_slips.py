"""drafts, answer templates, who works on a ticket, and citizens who do not want an agency to know them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from hotline1022.base.db import Instant

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    instant = Instant(timezone=True)
    with op.batch_alter_table("tickets") as batch_op:
        batch_op.add_column(sa.Column("anonymous", sa.Boolean(), server_default="0", nullable=False))
    op.create_table(
        "drafts",
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column("room", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.PrimaryKeyConstraint("key", "room", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_at", "drafts", ["at"])
    whole = (["key", "room"], ["drafts.key", "drafts.room"])
    op.create_table(
        "draft_fields",
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column("room", sa.String(length=80), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(*whole, name=op.f("fk_draft_fields_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "room", "field", name=op.f("pk_draft_fields")),
    )
    op.create_index("ix_draft_fields_person", "draft_fields", ["person"])
    op.create_table(
        "draft_asides",
        sa.Column("key", sa.String(length=96), nullable=False),
        sa.Column("room", sa.String(length=80), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(*whole, name=op.f("fk_draft_asides_key"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", "room", "field", "person", name=op.f("pk_draft_asides")),
    )
    op.create_index("ix_draft_asides_person", "draft_asides", ["person"])
    op.create_table(
        "answer_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_templates")),
    )
    op.create_index("ix_answer_templates_agency", "answer_templates", ["agency"])
    op.create_table(
        "answer_template_versions",
        sa.Column("template", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["template"], ["answer_templates.id"], name=op.f("fk_answer_template_versions_template")
        ),
        sa.PrimaryKeyConstraint("template", "version", name=op.f("pk_answer_template_versions")),
    )
    op.create_table(
        "ticket_assignees",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("account", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name=op.f("fk_ticket_assignees_code")),
        sa.PrimaryKeyConstraint("code", "agency", name=op.f("pk_ticket_assignees")),
    )
