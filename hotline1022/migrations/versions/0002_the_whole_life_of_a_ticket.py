"""the whole life of a ticket.

Deadlines get a row of their own each, with their next step; the journal gets seals and refuses changes. Both tables are built
anew from their rows.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from alembic import op

import hotline1022.base.db

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "published_answers",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("published_at", hotline1022.base.db.Instant(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=100), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=True),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name=op.f("fk_published_answers_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_published_answers")),
    )
    with op.batch_alter_table("published_answers", schema=None) as batch_op:
        batch_op.create_index("ix_published_answers_published_at", ["published_at", "code"], unique=False)

    op.create_table(
        "ticket_parties",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=False),
        sa.Column("asked_at", hotline1022.base.db.Instant(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("contributed_at", hotline1022.base.db.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name=op.f("fk_ticket_parties_code")),
        sa.PrimaryKeyConstraint("code", "agency", name=op.f("pk_ticket_parties")),
    )
    with op.batch_alter_table("ticket_parties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_parties_agency"), ["agency"], unique=False)

    op.create_table(
        "ticket_texts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", hotline1022.base.db.Instant(timezone=True), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("agency", sa.String(length=64), nullable=True),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name=op.f("fk_ticket_texts_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_texts")),
    )
    with op.batch_alter_table("ticket_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_texts_code"), ["code"], unique=False)

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("source_digest", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("stage_at", hotline1022.base.db.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("sealed", sa.Boolean(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("address", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("summary", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("stops", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("extension", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("duplicate_of", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("returns", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("round", sa.SmallInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("answer", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("told_at", hotline1022.base.db.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("told_how", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("closed_at", hotline1022.base.db.Instant(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("citizen_name", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("citizen_email", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("business", sa.Boolean(), server_default="0", nullable=False))
        batch_op.create_index("ix_tickets_agency_taken_at", ["agency", "taken_at", "code"], unique=False)
        batch_op.create_index(batch_op.f("ix_tickets_duplicate_of"), ["duplicate_of"], unique=False)
        batch_op.create_index("ix_tickets_stage_taken_at", ["stage", "taken_at", "code"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_tickets_duplicate_of"), "tickets", ["duplicate_of"], ["code"])

    op.execute("UPDATE tickets SET stage_at = opened_at")
    with op.batch_alter_table("tickets") as batch_op:
        batch_op.alter_column("stage_at", nullable=False)
        batch_op.alter_column("stops", server_default=None)
    _renew_deadlines()
    _renew_journal()


def _renew_deadlines() -> None:
    bind = op.get_bind()
    instant, old = hotline1022.base.db.Instant(), sa.table("ticket_deadlines")
    names: dict[str, Any] = {
        "code": sa.String(),
        "clock": sa.String(),
        "due": instant,
        "target": sa.String(),
        "explanation": sa.Text(),
        "policy": sa.String(),
        "calendar": sa.String(),
        "expected": sa.Boolean(),
    }
    columns: list[Any] = [sa.column(name, kind) for name, kind in names.items()]
    kept = [dict(row) for row in bind.execute(sa.select(*columns).select_from(old)).mappings()]
    tickets = sa.table("tickets", sa.column("code"), sa.column("agency"), sa.column("taken_at", instant))
    of_ticket = {row.code: row for row in bind.execute(sa.select(tickets))}
    op.drop_table("ticket_deadlines")
    new = op.create_table(
        "ticket_deadlines",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("clock", sa.String(length=24), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("starts", instant, nullable=False),
        sa.Column("due", instant, nullable=False),
        sa.Column("target", sa.String(length=8), nullable=False),
        sa.Column("extended", sa.String(length=8), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("calendar", sa.String(length=200), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.String(length=24), nullable=True),
        sa.Column("step_at", instant, nullable=True),
        sa.Column("breached_at", instant, nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name="fk_ticket_deadlines_code"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_deadlines"),
    )
    op.create_index("ix_ticket_deadlines_code", "ticket_deadlines", ["code"])
    running, stepping = sa.text("ended IS NULL"), sa.text("step_at IS NOT NULL")
    op.create_index("ix_ticket_deadlines_running", "ticket_deadlines", ["clock", "due"],
                    sqlite_where=running, postgresql_where=running)  # fmt: skip
    op.create_index("ix_ticket_deadlines_step", "ticket_deadlines", ["step_at", "id"],
                    sqlite_where=stepping, postgresql_where=stepping)  # fmt: skip
    for row in kept:
        ticket = of_ticket[row["code"]]
        row |= {
            "party": ticket.agency,
            "starts": ticket.taken_at,
            "basis": "",
            "round": 0,
            "step": "due",
            "step_at": row["due"],
        }
    if kept:
        op.bulk_insert(new, kept)


def _renew_journal() -> None:
    bind = op.get_bind()
    names: dict[str, Any] = {
        "code": sa.String(),
        "at": hotline1022.base.db.Instant(),
        "actor": sa.String(),
        "what": sa.String(),
        "reason": sa.Text(),
        "details": sa.JSON(),
    }
    old = sa.table("ticket_journal", sa.column("id"))
    columns: list[Any] = [sa.column(name, kind) for name, kind in names.items()]
    entries = bind.execute(sa.select(*columns).select_from(old).order_by(sa.column("id"))).mappings().all()
    kept: list[dict[str, Any]] = []
    before = "0" * 64
    for number, entry in enumerate(entries, 1):
        row = dict(entry)
        written = {
            **row,
            "number": number,
            "before": before,
            "at": row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        }
        line = json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        before = hashlib.sha256(line.encode()).hexdigest()
        kept.append({"id": number, **row, "seal": before})
    op.drop_table("ticket_journal")
    new = op.create_table(
        "ticket_journal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("at", hotline1022.base.db.Instant(), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["tickets.code"], name="fk_ticket_journal_code"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_journal"),
    )
    op.create_index("ix_ticket_journal_code", "ticket_journal", ["code"])
    if kept:
        op.bulk_insert(new, kept)
    refusal = "the journal is only ever added to"
    if bind.dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_journal_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER ticket_journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ticket_journal "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_journal_change()"
        )
        return
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ticket_journal_no_{deed.lower()} BEFORE {deed} ON ticket_journal "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )
