"""Copies of an installation: both databases and what its data folder holds, whole or not at all, and the instant of the last one.

The hotline goes on meanwhile, and nothing of it is changed; no rule is here. Bringing a copy back is `hotline1022.restoring`.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import URL, make_url

from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings

FOLDER = "backup"
"""In the data folder, unless told otherwise: where copies are laid."""

LAST_SUCCESS = "last-success"
"""In that folder: the instant (ISO 8601, UTC) at which the last whole copy was finished; metrics read it."""

BEGUN = "begun"
"""In a copy: the instant at which it was begun."""

DATABASES = ("jobs", "hotline")
"""In the order in which they are dumped. What was handed from the second to the first in between is handed again after a restore."""

NAME = "%Y-%m-%dT%H-%M-%SZ"
_UNFINISHED = ".partial"
_LEFT_OUT = frozenset(
    {FOLDER, ".cache", "log", "models", *(f"asterisk/{name}" for name in ("etc", "log", "program", "run", "share"))}
    | {f"{name}.sqlite{end}" for name in DATABASES for end in ("", "-wal", "-shm")}
)
"""What is made again by itself, or is dumped as a database."""


def make_copy(settings: Settings, folder: Path, clock: Clock, keep: timedelta) -> Path:
    """Lay a whole copy into ``folder``, note the instant, remove copies older than ``keep``; gives the copy's folder.

    A file that has not changed since the copy before is a second name of the same file there. Raises HotlineError; then nothing of it
    is left and the noted instant stays. What a killed copy left is removed by the next one.
    """
    begun = clock.now().astimezone(UTC)
    unfinished = folder / f"{begun:{NAME}}{_UNFINISHED}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in folder.glob(f"*{_UNFINISHED}"):
            shutil.rmtree(left)
        before = next(iter(sorted(copies(folder), reverse=True)), None)
        (unfinished / "databases").mkdir(parents=True, mode=0o700)
        (unfinished / BEGUN).write_text(f"{begun.isoformat()}\n", encoding="ascii")
        for name in DATABASES:
            _dump(_url(settings, name), unfinished / "databases", name)
        for path in _files(settings.data, folder):
            _keep(settings.data / path, unfinished / "data" / path, before and before / "data" / path)
        whole = unfinished.rename(unfinished.with_suffix(""))
        _note(folder / LAST_SUCCESS, clock.now())
        if folder.absolute() != (own := settings.data / FOLDER).absolute():
            # The service tells Prometheus of the last copy, and looks for it in the data folder.
            own.mkdir(exist_ok=True, mode=0o700)
            _note(own / LAST_SUCCESS, clock.now())
        for old in copies(folder):
            if old != whole and begun - begun_at(old) > keep:
                shutil.rmtree(old)
    except (OSError, sqlite3.Error) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise HotlineError(
            f"Không sao lưu được vào {folder}: {said}", remedy="kiểm tra quyền ghi và chỗ trống của đĩa rồi chạy lại"
        ) from error
    finally:
        # On a disk that is full recordings need the room that half a copy would keep until the next one.
        shutil.rmtree(unfinished, ignore_errors=True)
    return whole


def copies(folder: Path) -> Iterator[Path]:
    """The whole copies that lie in ``folder``, in no order; their names sort by time."""
    return (path.parent for path in folder.glob(f"*Z/{BEGUN}"))


def begun_at(copy: Path) -> datetime:
    """When a copy was begun, in UTC. Raises HotlineError where ``copy`` is none."""
    try:
        return datetime.fromisoformat((copy / BEGUN).read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise HotlineError(f"{copy} không phải một bản sao lưu", remedy=f"chọn một thư mục có tệp {BEGUN}") from error


def last_success(folder: Path) -> datetime | None:
    """When the last whole copy was finished, in UTC; None where none is noted, or the note cannot be read."""
    try:
        return datetime.fromisoformat((folder / LAST_SUCCESS).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def due(last: datetime | None, at: time) -> datetime:
    """When the next nightly copy is due: at the civil hour ``at``, the first one after ``last``; at once where there was none. Pure."""
    if last is None:
        return datetime.min.replace(tzinfo=UTC)
    civil = last.astimezone(CIVIL_ZONE)
    same_day = civil.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return (same_day if same_day > civil else same_day + timedelta(days=1)).astimezone(UTC)


def postgresql_program(url: URL, *command: str) -> None:
    """Run one of PostgreSQL's own programs on the database of ``url``. Raises HotlineError, with its last line, or where it is absent."""
    query = {"sslmode" if name == "ssl" else name: value for name, value in url.query.items()}
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    secret = {"PGPASSWORD": url.password} if url.password else {}
    try:
        done = subprocess.run(  # noqa: S603 (our own words, no shell)
            [*command, "--dbname", plain.render_as_string(), "--no-password"],
            capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8", **secret},
        )  # fmt: skip
    except FileNotFoundError as error:
        raise HotlineError(f"Máy này không có {command[0]}", remedy="cài gói postgresql-client") from error
    if done.returncode:
        said = (done.stderr.strip() or "?").splitlines()[-1][:300]
        raise HotlineError(f"{command[0]} không làm được: {said}", remedy="kiểm tra PostgreSQL và chỗ trống của đĩa")


def _url(settings: Settings, name: str) -> URL:
    return make_url(settings.jobs_database if name == "jobs" else settings.database)


def _dump(url: URL, folder: Path, name: str) -> None:
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as database:
            database.execute("VACUUM INTO ?", (str(folder / f"{name}.sqlite"),))
        return
    postgresql_program(url, "pg_dump", "--format=custom", "--no-owner", "--file", str(folder / f"{name}.dump"))


def _files(data: Path, copies_folder: Path) -> Iterator[Path]:
    """Every ordinary file that belongs into a copy, relative to ``data``; copies are not copied."""
    for folder, below, names in os.walk(data):
        here = Path(folder).relative_to(data)
        below[:] = sorted(
            name for name in below if (here / name).as_posix() not in _LEFT_OUT and data / here / name != copies_folder
        )
        for name in sorted(names):
            path = here / name
            if path.as_posix() not in _LEFT_OUT and (data / path).is_file() and not (data / path).is_symlink():
                yield path


def _keep(source: Path, target: Path, before: Path | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        now = source.stat()
        if before is not None and before.is_file():
            then = before.stat()
            if (then.st_size, then.st_mtime_ns) == (now.st_size, now.st_mtime_ns):
                os.link(before, target)
                return
        shutil.copy2(source, target)
    except FileNotFoundError:
        return  # The hotline goes on: what was in the spool a moment ago is in the database now.


def _note(path: Path, instant: datetime) -> None:
    fresh = path.with_suffix(".fresh")
    fresh.write_text(f"{instant.astimezone(UTC).isoformat()}\n", encoding="ascii")
    fresh.replace(path)
