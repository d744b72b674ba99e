"""A copy of an installation, and its way back into an empty one, with PostgreSQL's own programs and with SQLite files."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, inspect, select, table, update
from sqlalchemy.engine import make_url

from hotline1022 import backup, restoring
from hotline1022.base import outbox
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Invalid
from hotline1022.config import Settings
from tests.command_line import run
from tests.conftest import StillClock
from tests.tickets.test_desk import report
from tickets.desk import Desk
from tickets.rules import StandingRules

FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True)
class Place:
    """A data folder with its two databases."""

    settings: Settings
    jobs: str

    def put_job(self) -> None:
        """One more row in the jobs' own database."""
        self._jobs("CREATE TABLE IF NOT EXISTS job (name TEXT)", "INSERT INTO job VALUES ('a job')")

    def jobs_there(self) -> int:
        """How many stand there."""
        return len(self._jobs("SELECT name FROM job"))

    def _jobs(self, *statements: str) -> list[tuple[object, ...]]:
        url = make_url(self.jobs)
        if url.get_backend_name() == "sqlite":
            with closing(sqlite3.connect(str(url.database))) as connection, connection:
                return [list(connection.execute(each)) for each in statements][-1]
        with psycopg.connect(self.jobs) as session:
            cursors = [session.execute(each.encode()) for each in statements]
            return cursors[-1].fetchall() if cursors[-1].description else []


def place(folder: Path, url: str, jobs: str) -> Place:
    folder.mkdir(exist_ok=True)
    return Place(settings(folder, url, jobs), jobs)


def settings(folder: Path, url: str, jobs: str = "") -> Settings:
    """Settings from nowhere else: no variable and no file has a say."""
    return Settings.model_validate({"data": folder, "database_url": url, "jobs_database_url": jobs})


@pytest.fixture
def here(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """An installation that has run."""
    if database_url.startswith("sqlite"):
        yield place(tmp_path, database_url, f"sqlite:///{tmp_path / 'jobs.sqlite'}")
        return
    server = request.getfixturevalue("postgresql")
    name = server.new_database()
    yield place(tmp_path, database_url, server.url(name))
    server.drop_database(name)


@pytest.fixture
def elsewhere(here: Place, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    """An empty data folder and two empty databases of the same kind."""
    folder = tmp_path / "elsewhere"
    if here.jobs.startswith("sqlite"):
        yield place(folder, f"sqlite+aiosqlite:///{folder / 'hotline.sqlite'}", f"sqlite:///{folder / 'jobs.sqlite'}")
        return
    server = request.getfixturevalue("postgresql")
    names = server.new_database(), server.new_database()
    yield place(folder, server.url(names[0], "asyncpg"), server.url(names[1]))
    for name in names:
        server.drop_database(name)


async def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    async with database.reading() as connection:
        names = await connection.run_sync(lambda plain: inspect(plain).get_table_names())
        counted = {name: select(func.count()).select_from(table(name)) for name in names}
        return {name: (await connection.execute(count)).scalar_one() for name, count in counted.items()}


@pytest.fixture
async def filled(here: Place, database: Database, clock: StillClock, standing: StandingRules) -> Place:
    """Three tickets, a job, a recording, the secrets, and much that belongs into no copy."""
    desk = Desk(database, clock, standing, outbox.add)
    for number in range(3):
        await desk.open(report(f"c{number}"))
    here.put_job()
    for name, content in {
        "recordings/2026/c1.wav": "sound",
        "secrets.env": "HOTLINE_SURVEY_KEY=k",
        "asterisk/local/pjsip.conf": "; the carrier",
        "asterisk/program/usr/sbin/asterisk": "a program",
        "asterisk/etc/pjsip.conf": "made anew",
        "log/serve.log": "{}",
        "models/vosk/model": "large",
    }.items():
        path = here.settings.data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return here


async def test_what_was_copied_can_be_brought_back_into_an_empty_installation(
    filled: Place, elsewhere: Place, database: Database, clock: StillClock, tmp_path: Path
) -> None:
    before = await counts(database)
    assert before["tickets"] == 3
    copy = backup.make_copy(filled.settings, tmp_path / "backup", clock, FORTNIGHT)
    filled.put_job()
    await restoring.restore(elsewhere.settings, copy)
    restored = Database(elsewhere.settings.database)
    try:
        assert await counts(restored) == before
    finally:
        await restored.close()
    assert elsewhere.jobs_there() == 1
    data = elsewhere.settings.data
    found = {path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file()}
    assert {name for name in found if ".sqlite" not in name} == {
        "recordings/2026/c1.wav", "secrets.env", "asterisk/local/pjsip.conf",
    }  # fmt: skip
    assert (data / "recordings/2026/c1.wav").read_text() == "sound"


async def test_what_was_handed_over_while_the_copy_was_made_is_handed_over_again(
    filled: Place, elsewhere: Place, database: Database, clock: StillClock, tmp_path: Path
) -> None:
    events, early = outbox.outbox, clock.now() - timedelta(hours=1)
    async with database.transaction() as connection:
        first = (await connection.execute(events.select().limit(1))).one().id
        await connection.execute(update(events).values(handed_at=clock.now() + timedelta(seconds=5)))
        await connection.execute(update(events).where(events.c.id == first).values(handed_at=early))
    copy = backup.make_copy(filled.settings, tmp_path / "backup", clock, FORTNIGHT)
    assert await restoring.restore(elsewhere.settings, copy) == 2
    restored = Database(elsewhere.settings.database)
    try:
        async with restored.reading() as connection:
            rows = (await connection.execute(events.select())).all()
    finally:
        await restored.close()
    assert {row.id for row in rows if row.handed_at is not None} == {first}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestOnSqlite:
    """What has nothing to do with the kind of database."""

    def test_the_last_success_is_noted_in_utc_and_old_copies_go(
        self, here: Place, clock: StillClock, tmp_path: Path
    ) -> None:
        here.put_job()
        folder = tmp_path / "backup"
        assert backup.last_success(folder) is None
        first = backup.make_copy(here.settings, folder, clock, FORTNIGHT)
        assert first.name == "2026-03-02T01-00-00Z"
        assert (folder / "last-success").read_text() == "2026-03-02T01:00:00+00:00\n"
        for _ in range(15):
            clock.advance(days=1)
            backup.make_copy(here.settings, folder, clock, FORTNIGHT)
        kept = sorted(backup.copies(folder))
        assert (len(kept), kept[0].name) == (15, "2026-03-03T01-00-00Z")
        assert backup.last_success(folder) == clock.now()

    def test_a_copy_that_goes_elsewhere_is_noted_where_the_service_looks_for_the_last_one(
        self, here: Place, clock: StillClock, tmp_path: Path
    ) -> None:
        here.put_job()
        backup.make_copy(here.settings, tmp_path / "to", clock, FORTNIGHT)
        own = here.settings.data / backup.FOLDER
        assert backup.last_success(tmp_path / "to") == backup.last_success(own) == clock.now()
        assert not list(backup.copies(own))

    def test_a_recording_that_has_not_changed_takes_no_room_again(
        self, here: Place, clock: StillClock, tmp_path: Path
    ) -> None:
        recording = here.settings.data / "recordings" / "c1.wav"
        recording.parent.mkdir()
        recording.write_text("sound")
        here.put_job()
        copies = [backup.make_copy(here.settings, tmp_path / "to", clock, FORTNIGHT)]
        for words in ("sound", "other"):
            clock.advance(days=1)
            if words == "other":
                recording.write_text(words)
                os.utime(recording, ns=(0, 0))
            copies.append(backup.make_copy(here.settings, tmp_path / "to", clock, FORTNIGHT))
        one, same, other = ((copy / "data/recordings/c1.wav").stat().st_ino for copy in copies)
        assert one == same != other
        assert (copies[0] / "data/recordings/c1.wav").read_text() == "sound"

    def test_a_copy_that_failed_is_none_and_is_not_noted(self, here: Place, clock: StillClock, tmp_path: Path) -> None:
        here.put_job()
        broken = settings(tmp_path, "sqlite+aiosqlite:////nowhere/hotline.sqlite")
        with pytest.raises(HotlineError, match="sao lưu"):
            backup.make_copy(broken, tmp_path / "to", clock, FORTNIGHT)
        assert list((tmp_path / "to").iterdir()) == [], "a disk that is full gets its room back"
        assert backup.last_success(tmp_path / "to") is None
        clock.advance(hours=1)
        copy = backup.make_copy(here.settings, tmp_path / "to", clock, FORTNIGHT)
        assert {path.name for path in (tmp_path / "to").iterdir()} == {copy.name, "last-success"}

    def test_a_copy_of_another_kind_of_database_is_refused(
        self, here: Place, clock: StillClock, tmp_path: Path
    ) -> None:
        here.put_job()
        copy = backup.make_copy(here.settings, tmp_path / "to", clock, FORTNIGHT)
        other = settings(tmp_path, "postgresql+asyncpg://127.0.0.1:1/x")
        with pytest.raises(HotlineError, match=r"hotline\.dump"):
            restoring.refuse_unfit(other, copy)

    def test_the_command_makes_a_copy_and_brings_it_back(
        self, here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOTLINE_HTTP_PORT", "1")
        here.put_job()
        run("backup", "--data", str(tmp_path))
        (copy,) = backup.copies(tmp_path / "backup")
        (tmp_path / "jobs.sqlite").unlink()
        assert "Đã khôi phục" in run("restore", str(copy), "--data", str(tmp_path))
        assert here.jobs_there() == 1

    def test_an_hour_that_is_none_and_a_folder_that_is_no_copy_are_told(self, here: Place, tmp_path: Path) -> None:
        with pytest.raises(Invalid, match="--every-night"):
            run("backup", "--data", str(tmp_path), "--every-night", "25 giờ")
        with pytest.raises(HotlineError, match="không phải một bản sao lưu"):
            run("restore", str(tmp_path / "nothing"), "--data", str(tmp_path))


@pytest.mark.parametrize(
    ("last", "due"),
    [
        ("2026-03-01T19:31:00+00:00", "2026-03-02T19:30:00+00:00"),  # just after tonight's
        ("2026-03-02T05:00:00+00:00", "2026-03-02T19:30:00+00:00"),  # one made by hand at noon
        ("2026-02-20T19:30:00+00:00", "2026-02-21T19:30:00+00:00"),  # nights were missed
    ],
)
def test_the_next_copy_is_due_at_the_next_half_past_two_in_vietnam(last: str, due: str) -> None:
    assert backup.due(datetime.fromisoformat(last), time(2, 30)) == datetime.fromisoformat(due)


def test_without_a_copy_one_is_due_at_once() -> None:
    assert backup.due(None, time(2, 30)) < datetime(2026, 1, 1, tzinfo=UTC)
