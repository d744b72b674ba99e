"""Claims about the spool: what was put is on the disk, comes back oldest first, once, and is never lost, even when it cannot be read."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline1022.base.events import Event
from hotline1022.base.spool import Spool
from tests.base.things import AT, SomethingHappened, happened


class Given(list[Event]):
    """Where a drain goes: remembers what it was given, fails when told to."""

    fails_at: int | None = None

    async def __call__(self, event: Event) -> None:
        if len(self) == self.fails_at:
            raise ConnectionError
        self.append(event)


async def test_events_come_back_oldest_first_and_once(tmp_path: Path) -> None:
    spool, given_back = Spool(tmp_path), Given()
    for number in (3, 1, 2, 1):
        spool.put(happened(number))
    assert await spool.drain(given_back) == 3
    assert given_back == [happened(1), happened(2), happened(3)]
    assert await spool.drain(given_back) == 0
    assert list(tmp_path.iterdir()) == []


async def test_drain_that_fails_in_the_middle_keeps_the_rest(tmp_path: Path) -> None:
    spool, given_back = Spool(tmp_path), Given()
    for number in range(4):
        spool.put(happened(number))
    given_back.fails_at = 2
    with pytest.raises(ConnectionError):
        await spool.drain(given_back)
    given_back.fails_at = None
    assert await spool.drain(given_back) == 2
    assert given_back == [happened(number) for number in range(4)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[]",
        b"null",
        b'{"name": "Unheard", "payload": {}}',
        b'{"name": "SomethingHappened", "payload": {"at": "x"}}',
    ],
)
async def test_file_that_cannot_be_read_is_set_aside_and_the_others_pass(tmp_path: Path, content: bytes) -> None:
    spool, given_back = Spool(tmp_path), Given()
    (tmp_path / "20200101T000000.000000-0.json").write_bytes(content)
    spool.put(happened(1))
    assert await spool.drain(given_back) == 1
    assert [path.read_bytes() for path in spool.broken()] == [content]
    assert spool.waiting() == []


async def test_half_written_file_of_a_crash_is_not_taken_for_an_event(tmp_path: Path) -> None:
    (tmp_path / "20260302T010000.000000-0.unfinished").write_text('{"name": "Something')
    assert await Spool(tmp_path).drain(Given()) == 0


def test_event_is_on_the_disk_before_put_returns(tmp_path: Path) -> None:
    """The process is killed without any chance to tidy up, right after ``put``."""
    program = f"""if True:
        import os, signal
        from pathlib import Path
        from hotline1022.base.spool import Spool
        from tests.base.things import happened
        Spool(Path({str(tmp_path)!r})).put(happened(1))
        os.kill(os.getpid(), signal.SIGKILL)
    """
    died = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False)
    assert died.returncode == -9
    assert json.loads(Spool(tmp_path).waiting()[0].read_text())["payload"]["number"] == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(words=st.text(), event_id=st.from_regex(r"[A-Za-z0-9._:-]{1,100}", fullmatch=True), moment=st.datetimes())
async def test_any_event_survives_the_disk_and_none_leaves_the_folder(
    tmp_path: Path, words: str, event_id: str, moment: object
) -> None:
    event = SomethingHappened(id=event_id, at=AT, words=words)
    spool, given_back = Spool(tmp_path), Given()
    spool.put(event)
    (path,) = spool.waiting()
    assert path.parent == tmp_path
    await spool.drain(given_back)
    assert given_back == [event]


@pytest.mark.parametrize("event_id", ["", "../up", "a/b", "a b", "a\n", "x" * 101, "đ"])
def test_event_with_an_id_that_is_no_id_is_refused_at_the_door(event_id: str) -> None:
    with pytest.raises(ValueError, match="id"):
        SomethingHappened(id=event_id, at=AT)
