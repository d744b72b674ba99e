"""Claims about the log of calls, one call's words and sound, and what is known of a number: who may read what, and who has heard it."""

import wave
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline1022.base.access import AGENCY_ROLES, Role
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from telephony import store as calls
from telephony.floor import store as results
from tests.interface import Interface
from tests.tickets.conftest import StillClock
from tests.tickets.test_roles_and_routes import session
from transcription.model import Transcript, Word
from transcription.shelf import TranscriptShelf

NUMBER = "+84912345678"
CALL = "node-1-1795000000.1"


class People:
    """Browsers of people with accounts."""

    def __init__(self, served: Interface, database: Database, clock: StillClock) -> None:
        self._served, self._database, self._clock = served, database, clock
        self._cookies: dict[str, dict[str, str]] = {}
        self.accounts: dict[str, int] = {}

    async def get(self, path: str, role: str, **request: Any) -> Any:
        """A GET by whoever of this role is signed in; ``request`` may hold headers."""
        if role not in self._cookies:
            made = await session(self._served, self._database, self._clock, role)
            self._cookies[role] = {"Cookie": f"hotline_session={made.token}"}
            self.accounts[role] = made.actor.account or 0
        self._served.client.session.cookie_jar.clear()
        headers = {**self._cookies[role], **request.pop("headers", {})}
        return await self._served.client.get(path, headers=headers, **request)

    async def told(self, path: str, role: str = "leader") -> Any:
        """What they read; it must be there."""
        answer = await self.get(path, role)
        assert answer.status == 200, await answer.text()
        return await answer.json()


@pytest.fixture
def people(served: Interface, database: Database, still_clock: StillClock) -> People:
    """Nobody has signed in yet."""
    return People(served, database, still_clock)


async def rang(database: Database, clock: StillClock, call: str = CALL, **facts: Any) -> None:
    """A call that arrived now; ``operator`` is the account that answered it."""
    operator = facts.pop("operator", None)
    async with database.transaction() as connection:
        known = {"arrived_at": clock.now(), "number": NUMBER, "ended_at": clock.now() + timedelta(minutes=3)}
        await calls.note(connection, call, **(known | facts))
        if operator is not None:
            made = {"account": operator, "operator": "Lan", "direction": "in", "answered_at": clock.now()}
            await results.keep(connection, call, **made, waited_seconds=12, result="slip")


async def recorded_call(database: Database, clock: StillClock, data: Path, **facts: Any) -> None:
    """A call of two seconds with a recording: the caller says 1, the operator 2."""
    await rang(database, clock, recording="2026/11/23/a.wav", recording_seconds=2.0, recorded=True, **facts)
    place = data / "recordings" / "2026" / "11" / "23"
    place.mkdir(parents=True)
    with wave.open(str(place / "a.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\1\0\2\0" * 16000)


async def spoken(database: Database, clock: StillClock, words: list[Word]) -> None:
    async def nobody_hears(_connection: object, _event: Event) -> None:
        return None

    transcript = Transcript(engine="vosk", model="m", words=tuple(words), seconds=10)
    await TranscriptShelf(database, clock, nobody_hears).keep(CALL, "after", transcript, "0" * 64)


def word(w: str, start: float, conf: float = 0.9, leg: str = "caller") -> Word:
    return Word.model_validate({"w": w, "leg": leg, "start": start, "end": start + 0.4, "conf": conf})


async def test_leaders_read_all_calls_and_operators_their_own(
    people: People,
    database: Database,
    still_clock: StillClock,
) -> None:
    await people.told("/api/calls", "operator")
    await rang(database, still_clock, "c-1", operator=people.accounts["operator"])
    await rang(database, still_clock, "c-2", operator=people.accounts["operator"] + 100)
    await rang(database, still_clock, "c-3", queued_at=still_clock.now())
    await rang(database, still_clock, "c-4", flow="survey", direction="out", number=None)
    everything = await people.told("/api/calls")
    assert [each["call"] for each in everything["calls"]] == ["c-3", "c-2", "c-1"], "of a survey nobody learns"
    assert [each["call"] for each in (await people.told("/api/calls", "operator"))["calls"]] == ["c-1"]
    assert [(await people.get(f"/api/calls/c-{n}", "operator")).status for n in (1, 2, 3, 4)] == [200, 404, 404, 404]
    assert (await people.get("/api/calls/c-4", "leader")).status == 404
    abandoned, _, own = everything["calls"]
    assert (abandoned["waited_seconds"], abandoned["answered_at"], abandoned["operator"]) == (180, None, None)
    assert (own["waited_seconds"], own["operator"], own["result"], own["number"]) == (12, "Lan", "slip", NUMBER)


async def test_the_log_is_looked_through_by_number_day_and_page(
    people: People,
    database: Database,
    still_clock: StillClock,
) -> None:
    for number in range(52):
        await rang(database, still_clock, f"c-{number:02}", number=NUMBER if number % 2 else "+84987654321")
        still_clock.advance(minutes=1)
    still_clock.advance(days=1)
    await rang(database, still_clock, "late")
    first, second = await people.told("/api/calls"), await people.told("/api/calls?page=2")
    assert (len(first["calls"]), first["more"], len(second["calls"]), second["more"]) == (50, True, 3, False)
    assert len((await people.told("/api/calls?number=0912345678"))["calls"]) == 27
    assert [each["call"] for each in (await people.told("/api/calls?from=2026-11-24&to=2026-11-24"))["calls"]] == [
        "late"
    ]
    assert (await people.told("/api/calls?from=2026-11-22&to=2026-11-22"))["calls"] == []


async def test_a_call_is_read_with_few_doubts_and_with_what_has_to_be_right(
    people: People,
    database: Database,
    still_clock: StillClock,
) -> None:
    line = "đường ngập ở xã mỹ thọ nhà tôi số một hai ba ngập sâu lắm xe không qua được nữa"
    await rang(database, still_clock, recorded=True)
    await spoken(
        database,
        still_clock,
        [
            *(word(w, n / 2, 0.2 if w in {"sâu", "lắm", "xe"} else 0.9) for n, w in enumerate(line.split())),
            word("dạ", 30, leg="operator"),
        ],
    )
    told = await people.told(f"/api/calls/{CALL}")
    caller, operator = told["words"]
    assert [caller["side"], operator["side"]] == ["caller", "operator"]
    assert [each["w"] for each in caller["words"] if each["solid"]] == ["xã", "mỹ", "thọ", "một", "hai", "ba"]
    assert [each["w"] for each in caller["words"] if each["doubt"]] == ["sâu", "lắm"], "one in ten of twenty-two"
    assert (told["next_after"], told["why_silent"]) == (None, None)


async def test_six_hours_of_talk_are_read_in_parts(
    people: People,
    database: Database,
    still_clock: StillClock,
) -> None:
    await rang(database, still_clock)
    await spoken(database, still_clock, [word("dạ", float(second)) for second in range(0, 6 * 3600, 3)])
    path, seen = f"/api/calls/{CALL}?limit=300", []
    after: float | None = None
    while True:
        told = await people.told(path if after is None else f"{path}&after={after}")
        seen += [line["start"] for line in told["words"]]
        after = told["next_after"]
        if after is None:
            break
    assert seen == [float(second) for second in range(0, 6 * 3600, 3)]


async def test_a_recording_is_heard_whole_in_parts_and_by_side(
    people: People,
    database: Database,
    still_clock: StillClock,
    tmp_path: Path,
) -> None:
    await recorded_call(database, still_clock, tmp_path)
    path = f"/api/calls/{CALL}/recording"
    whole = await people.get(path, "leader")
    assert (whole.status, whole.content_type, whole.headers["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert await whole.read() == (tmp_path / "recordings/2026/11/23/a.wav").read_bytes()
    part = await people.get(path, "leader", headers={"Range": "bytes=44-47"})
    assert (part.status, await part.read()) == (206, b"\1\0\2\0")
    assert part.headers["Content-Range"] == "bytes 44-47/64044"
    side = await people.get(f"{path}?side=operator&from=0.5&to=1.5", "leader")
    assert (await side.read())[44:] == b"\2\0" * 8000
    beyond = await people.get(path, "leader", headers={"Range": "bytes=99999-"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, "bytes */64044")


async def test_whoever_hears_a_recording_is_written_down_once_a_hearing(
    people: People,
    database: Database,
    still_clock: StillClock,
    tmp_path: Path,
) -> None:
    await people.told("/api/calls", "operator")
    await recorded_call(database, still_clock, tmp_path, operator=people.accounts["operator"])
    for role in ("leader", "leader", "operator"):
        await (await people.get(f"/api/calls/{CALL}/recording", role, headers={"Range": "bytes=0-99"})).read()
    still_clock.advance(minutes=11)
    await (await people.get(f"/api/calls/{CALL}/recording", "leader")).read()
    heard = (await people.told(f"/api/calls/{CALL}"))["heard"]
    assert [each["by"] for each in heard] == ["leader-None", "operator-None", "leader-None"]
    assert (await people.told(f"/api/calls/{CALL}", "operator"))["heard"] is None


async def test_no_agency_reads_or_hears_calls(people: People, database: Database, still_clock: StillClock) -> None:
    await rang(database, still_clock)
    for role in AGENCY_ROLES:
        for path in ("/api/calls", f"/api/calls/{CALL}", f"/api/calls/{CALL}/recording", f"/api/callers/{NUMBER}"):
            assert (await people.get(path, role)).status == 403


async def test_of_the_call_of_a_sealed_ticket_neither_number_nor_words_nor_sound_are_told(
    people: People,
    served: Interface,
    database: Database,
    still_clock: StillClock,
    tmp_path: Path,
) -> None:
    await recorded_call(database, still_clock, tmp_path)
    await spoken(database, still_clock, [word("tôi", 0.1), word("tố", 0.6), word("cáo", 1.2)])
    report = {"channel": "phone", "summary": "Tố cáo", "topic": "giao-thong", "place": "29869", "call": CALL}
    made = await served.post("/api/tickets", Role.OPERATOR, json=report, headers={"Idempotency-Key": "call-log-tests"})
    code = (await made.json())["ticket"]["code"]
    open_one = await people.told(f"/api/calls/{CALL}", "operator")
    assert (open_one["ticket"], open_one["number"], len(open_one["words"])) == (code, NUMBER, 1)
    await served.move(code, Role.OPERATOR, "divert", kind="denunciation")
    (listed,) = (await people.told("/api/calls"))["calls"]
    told = await people.told(f"/api/calls/{CALL}")
    for each in (listed, told):
        assert (each["number"], each["masked"], each["ticket"], each["recorded"]) == (None, True, None, False)
    assert (told["words"], told["why_silent"]) == ([], "Người gọi đã được ẩn danh tính")
    assert (await people.get(f"/api/calls/{CALL}/recording", "leader")).status == 404
    assert (await people.get(f"/api/calls/{CALL}", "operator")).status == 404, "it is no call of theirs any more"


async def test_a_recording_that_is_gone_or_never_was_is_told_so(
    people: People,
    database: Database,
    still_clock: StillClock,
) -> None:
    await rang(database, still_clock, "c-1", recorded=False)
    await rang(database, still_clock, "c-2", recording="2026/11/23/gone.wav")
    answers = [await people.get(f"/api/calls/c-{n}/recording", "leader") for n in (1, 2)]
    assert [answer.status for answer in answers] == [404, 404]
    assert "không còn" in (await answers[1].json())["detail"]
    assert "không ghi âm" in (await people.told("/api/calls/c-1"))["why_silent"]


async def test_who_rings_is_known_by_name_calls_and_open_tickets(
    people: People,
    served: Interface,
    database: Database,
    still_clock: StillClock,
) -> None:
    report = {
        "channel": "phone", "summary": "Rác tồn", "topic": "giao-thong", "place": "29869", "number": "0912345678",
        "citizen_name": "Trần Văn Bảy",
    }  # fmt: skip
    await served.post("/api/tickets", Role.OPERATOR, json=report, headers={"Idempotency-Key": "caller-card-1"})
    await rang(database, still_clock, "c-1", queued_at=still_clock.now())
    await rang(database, still_clock, "c-2", queued_at=still_clock.now(), answered_at=still_clock.now())
    card = await people.told("/api/callers/0912345678", "operator")
    assert (card["number"], card["name_before"], card["abandoned_lately"], card["open"]) == (
        NUMBER,
        "Trần Văn Bảy",
        1,
        1,
    )
    (ticket,) = card["tickets"]
    assert (ticket["summary"], ticket["overdue"], bool(ticket["stage_name"])) == ("Rác tồn", False, True)
    assert [each["call"] for each in card["calls"]] == ["c-2", "c-1"]
    still_clock.advance(days=8)
    assert (await people.told(f"/api/callers/{NUMBER}"))["abandoned_lately"] == 0
    assert (await people.get("/api/callers/113", "leader")).status == 422
