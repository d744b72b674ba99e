"""Claims about migrations: they make exactly the schema that the code expects, on both databases, and harm no row on the way."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hotline1022.base import migrate
from hotline1022.base.errors import DatabaseAway, HotlineError
from tests.base.things import driver_threads_ended
from tests.postgresql import PostgreSQL
from tests.revise import import_every_table


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which nothing stands yet."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}"
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    name = server.new_database()
    yield server.url(name, "asyncpg")
    server.drop_database(name)


async def test_migrated_schema_is_the_one_the_code_expects(empty_url: str) -> None:
    import_every_table()
    await migrate.upgrade(empty_url)
    assert await migrate.differences(empty_url) == []


async def test_empty_database_says_what_is_missing_and_then_no_more(empty_url: str) -> None:
    assert await migrate.pending(empty_url) == "Cơ sở dữ liệu chưa có bảng nào của tổng đài"
    await migrate.upgrade(empty_url)
    assert await migrate.pending(empty_url) is None
    await migrate.upgrade(empty_url)
    assert await migrate.pending(empty_url) is None


async def test_two_nodes_that_upgrade_at_once_do_not_disturb_each_other(empty_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_url) for _ in range(3)))
    assert await migrate.pending(empty_url) is None


REVISIONS = {
    "1": """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "1", None
def upgrade():
    op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))
    op.create_table("child", sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parent", sa.Integer(), sa.ForeignKey("parent.id", ondelete="CASCADE", name="fk_child_parent")))
    op.execute("INSERT INTO parent VALUES (1, 'a'), (2, 'b')")
    op.execute("INSERT INTO child VALUES (10, 1), (20, 2)")
""",
    "2": """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "2", "1"
def upgrade():
    with op.batch_alter_table("parent") as batch:
        batch.alter_column("name", existing_type=sa.Text(), nullable=False)
""",
    "3": """
from alembic import op
revision, down_revision = "3", "2"
def upgrade():
    op.execute("INSERT INTO parent VALUES (3, 'c')")
    op.execute("DELETE FROM parent WHERE id = 1")
""",
}


def history(folder: Path, *names: str) -> Path:
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text((migrate.MIGRATIONS / "env.py").read_text())
    for name in names:
        (folder / "versions" / f"{name}.py").write_text(REVISIONS[name])
    return folder


async def test_sqlite_table_that_is_changed_by_copying_takes_no_row_of_another_table_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}"
    for stage in (("1",), ("1", "2")):
        monkeypatch.setattr(migrate, "MIGRATIONS", history(tmp_path / "-".join(stage), *stage))
        await migrate.upgrade(url)
    with sqlite3.connect(tmp_path / "hotline.sqlite") as file:
        assert file.execute("SELECT id, parent FROM child ORDER BY id").fetchall() == [(10, 1), (20, 2)]
        assert file.execute("PRAGMA foreign_key_list(child)").fetchone()[2] == "parent"
    assert await migrate.pending(url) is None


async def test_sqlite_migration_that_would_leave_orphans_is_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}"
    monkeypatch.setattr(migrate, "MIGRATIONS", history(tmp_path / "good", "1", "2"))
    await migrate.upgrade(url)
    monkeypatch.setattr(migrate, "MIGRATIONS", history(tmp_path / "bad", "1", "2", "3"))
    with pytest.raises(HotlineError, match="mồ côi"):
        await migrate.upgrade(url)
    assert await migrate.pending(url) == "Cơ sở dữ liệu đang ở phiên bản 2, chương trình cần phiên bản 3"
    with sqlite3.connect(tmp_path / "hotline.sqlite") as file:
        assert file.execute("SELECT count(*) FROM parent").fetchone() == (2,)


def before_0006(connection: Connection) -> None:
    """A database at the revision before, in which one ticket has a published answer."""
    config = migrate._config(connection)
    command.upgrade(config, str(ScriptDirectory.from_config(config).get_revision("0006").down_revision))
    moment = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    for name in ("ticket_codes", "tickets", "published_answers"):
        table = sa.Table(name, sa.MetaData(), autoload_with=connection)
        fitting = {str: "20261233", int: 1, bool: False, datetime: moment, object: []}
        values = {
            column.name: fitting[column.type.python_type]
            for column in table.c
            if not column.nullable and column.server_default is None
        }
        connection.execute(
            table.insert().values(values | ({"question": "Đèn tắt?"} if name == "published_answers" else {}))
        )


async def test_answers_that_were_published_before_get_a_public_name_and_words(empty_url: str) -> None:
    await migrate._with_connection(empty_url, before_0006)
    await migrate.upgrade(empty_url)
    read = sa.text("SELECT public_id, words FROM published_answers")
    public_id, words = (await migrate._with_connection(empty_url, lambda connection: connection.execute(read).all()))[0]
    assert (len(public_id), words) == (36, " den tat ")


async def test_database_that_is_away_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway):
        await migrate.upgrade(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'hotline.sqlite'}")
    await driver_threads_ended()
