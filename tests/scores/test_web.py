"""Scores over HTTP: who may read what, what is behind a count, and what happens to a period once it is signed off."""

from typing import Any

import pytest

from hotline1022.base.access import MACHINE, Role
from tests.interface import COMMUNE, WITH_KEYS, Interface
from tests.scores.conftest import Counted
from tests.tickets.conftest import LAN, Hands, StillClock
from tests.tickets.test_life import answered, routed
from tests.tickets.test_timers import civil

WORKERS = (Role.ADMINISTRATOR, Role.LEADER, Role.OPERATOR, Role.OFFICER, Role.APPROVER)


async def surveyed(hands: Hands, mark: int, key: str) -> str:
    code = await routed(hands, key)
    await answered(hands, code)
    answers = {"resolved": 1, "satisfaction": mark}
    await hands.move(code, MACHINE, "survey", disposition="completed", mode="ivr", answers=answers)
    return code


async def read(served: Interface, path: str, role: Role = Role.LEADER, status: int = 200, **request: Any) -> Any:
    """A GET whose status is asserted; the answer as JSON."""
    answer = await served.get(path, role, **request)
    told = await answer.json()
    assert answer.status == status, told
    return told


async def send(served: Interface, path: str, role: Role, status: int = 201, **request: Any) -> Any:
    """A POST whose status is asserted; the answer as JSON."""
    answer = await served.post(path, role, **request)
    told = await answer.json()
    assert answer.status == status, told
    return told


async def test_every_worker_reads_the_ranking_and_nobody_else_does(
    served: Interface, hands: Hands, counted: Counted
) -> None:
    await surveyed(hands, 5, "w1")
    await counted.follow()
    for role in WITH_KEYS:
        answer = await served.get("/api/scores?period=2026-11", role)
        assert answer.status == (200 if role in WORKERS else 403)
    assert (await served.get("/api/scores?period=2026-11")).status == 401
    told = await read(served, "/api/scores?period=2026-11")
    (line,) = [each for each in told["scores"] if each["agency"] == COMMUNE]
    assert {name: line[name] for name in ("n", "satisfied", "csat", "response_rate", "band")} == {
        "n": 1, "satisfied": 1, "csat": 1.0, "response_rate": 1.0, "band": "chưa đủ mẫu",
    }  # fmt: skip
    assert (round(line["low"], 3), line["high"]) == (0.207, 1.0)
    assert (told["modes"], told["weights"], told["title"]) == (["ivr", "link"], "2026.1", "tháng 11 năm 2026")


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "2026-H3", "quý 3", "1999", "2026-1", "2026-11-01"])
async def test_a_period_that_is_none_is_told_with_how_to_write_one(served: Interface, period: str) -> None:
    told = await read(served, "/api/scores", status=422, params={"period": period})
    assert "2026-Q3" in told["detail"]


async def test_an_agency_nobody_knows_is_told(served: Interface) -> None:
    await read(served, "/api/scores?period=2026&agency=khong-co", status=404)
    await read(served, "/api/scores/khong-co/tickets?period=2026&name=answered", status=404)
    told = await read(served, f"/api/scores/{COMMUNE}/tickets?period=2026&name=hay", status=422)
    assert "mark-1" in told["detail"]


async def test_every_count_leads_to_its_tickets_page_by_page(served: Interface, hands: Hands, counted: Counted) -> None:
    codes = [await surveyed(hands, mark, f"p{mark}") for mark in (5, 4, 1)]
    await counted.follow()
    path, found = f"/api/scores/{COMMUNE}/tickets?period=2026-Q4&name=answered&limit=2", []
    page = await read(served, path)
    found += [each["code"] for each in page["items"]]
    while page["next"] is not None:
        page = await read(served, f"{path}&cursor={page['next']}")
        found += [each["code"] for each in page["items"]]
    assert found == sorted(codes)
    unhappy = await read(served, f"/api/scores/{COMMUNE}/tickets?period=2026-11&name=mark-1")
    assert [(each["code"], each["mode"], each["amount"]) for each in unhappy["items"]] == [(codes[2], "ivr", 1)]
    await read(served, f"/api/scores/{COMMUNE}/tickets?period=2026&name=answered&cursor=abc", status=422)


async def test_an_agency_sees_its_own_tickets_and_never_who_answered(
    served: Interface, hands: Hands, counted: Counted
) -> None:
    (code,) = [await surveyed(hands, 1, "s1")]
    await counted.follow()
    mine = await read(served, f"/api/scores/{COMMUNE}/tickets?period=2026&name=on_time", Role.OFFICER)
    assert [each["code"] for each in mine["items"]] == [code]
    other = f"/api/scores/{COMMUNE}/tickets?period=2026&name=on_time"
    await read(served, other, Role.OFFICER, 403, agency="so-xay-dung")
    for name in ("mark-1", "eligible", "unsolved", "reached"):
        told = await read(served, f"/api/scores/{COMMUNE}/tickets?period=2026&name={name}", Role.APPROVER, 403)
        assert "không được biết ai" in told["detail"]
    hidden = await read(served, f"/api/scores/{COMMUNE}/tickets?period=2026&name=dissatisfied_or_late", Role.OFFICER)
    assert hidden["items"] == [], "that the citizen was not satisfied is no business of the agency's either"


async def test_the_journal_tells_an_agency_nothing_of_what_the_citizen_answered(
    served: Interface, hands: Hands
) -> None:
    code = await surveyed(hands, 1, "j1")
    for role, seen in ((Role.LEADER, 1), (Role.OFFICER, None)):
        journal = await read(served, f"/api/tickets/{code}/journal", role)
        (entry,) = [each for each in journal["items"] if each["what"] == "surveyed"]
        assert entry["details"].get("answers", {}).get("satisfaction") == seen


async def test_a_period_that_is_not_over_is_not_signed_off(served: Interface) -> None:
    told = await send(served, "/api/scores/2026-11/sign-off", Role.LEADER, 409)
    assert told["detail"] == "Chưa hết tháng 11 năm 2026 nên chưa chốt được — chốt từ ngày 01/12/2026"
    await send(served, "/api/scores/2026-13/sign-off", Role.LEADER, 422)
    for role in (Role.OPERATOR, Role.OFFICER, Role.APPROVER):
        await send(served, "/api/scores/2026-11/sign-off", role, 403)


async def test_what_was_signed_stays_as_it_was_and_what_has_changed_is_told_beside(
    served: Interface, hands: Hands, counted: Counted, still_clock: StillClock
) -> None:
    code = await surveyed(hands, 5, "f1")
    second = await routed(hands, "f2")
    await answered(hands, second)
    await counted.follow()
    still_clock.instant = civil("12-01T08:00")
    signed = await send(served, "/api/scores/2026-11/sign-off", Role.LEADER)
    assert (signed["over"], signed["since"]) == (True, [])
    assert signed["signed_off"] == {"by": "leader-None", "at": "2026-12-01T08:00:00+07:00"}
    await send(served, "/api/scores/2026-11/sign-off", Role.ADMINISTRATOR, 409)
    before = await read(served, "/api/scores?period=2026-11")
    answers = {"resolved": 3, "satisfaction": 1}
    await hands.move(second, MACHINE, "survey", disposition="completed", mode="ivr", answers=answers)
    await hands.move(code, LAN, "reopen", reason="Lại hỏng.")
    await counted.follow()
    after = await read(served, "/api/scores?period=2026-11")
    assert after["scores"] == before["scores"], "not a figure of what was signed has moved"
    (since,) = after["since"]
    assert since["explanation"] == (
        "Sau khi chốt: UBND phường Cao Lãnh có số trả lời khảo sát 1 → 2; hài lòng 100,0 % → 50,0 %."
    )
    beside = await read(served, "/api/scores?period=2026-11&mode=operator")
    assert beside["scores"][0]["n"] == 0
    assert beside["signed_off"] is not None
    assert (await read(served, "/api/scores?period=2026-Q4"))["signed_off"] is None


async def test_an_agency_asks_for_a_correction_and_the_leader_decides_once(
    served: Interface, hands: Hands, counted: Counted, still_clock: StillClock
) -> None:
    code = await surveyed(hands, 1, "k1")
    await counted.follow()
    ask = {"reason": "Phiếu này là của Điện lực.", "evidence": "Công văn 12/CV ngày 30/11/2026."}
    await send(served, "/api/scores/2026-11/corrections", Role.APPROVER, 409, json=ask)
    still_clock.instant = civil("12-01T08:00")
    await send(served, "/api/scores/2026-11/sign-off", Role.ADMINISTRATOR)
    await send(served, "/api/scores/2026-11/corrections", Role.LEADER, 403, json=ask)
    await send(served, "/api/scores/2026-11/corrections", Role.APPROVER, 422, json={"reason": "x"})
    others = ask | {"agency": "so-xay-dung"}
    await send(served, "/api/scores/2026-11/corrections", Role.APPROVER, 403, json=others)
    asked = await send(served, "/api/scores/2026-11/corrections", Role.APPROVER, json=ask)
    assert (asked["agency"], asked["accepted"]) == (COMMUNE, None)
    stranger = await read(served, "/api/scores?period=2026-11", Role.OFFICER, agency="so-xay-dung")
    assert stranger["corrections"] == []
    await hands.move(code, LAN, "reopen", reason="Làm lại.")
    await counted.follow()
    path = f"/api/scores/2026-11/corrections/{asked['id']}/decision"
    yes = {"accept": True, "answer": "Đúng như bằng chứng."}
    await send(served, path, Role.APPROVER, 403, json=yes)
    done = await send(served, path, Role.LEADER, 200, json=yes)
    assert (done["accepted"], done["before"]["counts"].get("reopened"), done["after"]["counts"]["reopened"]) == (
        True,
        None,
        1,
    )
    await send(served, path, Role.LEADER, 409, json=yes | {"accept": False})
    missing = path.replace(asked["id"], "00000000-0000-0000-0000-000000000000")
    await send(served, missing, Role.LEADER, 404, json=yes)
    shown = await read(served, "/api/scores?period=2026-11", Role.OFFICER, agency="so-xay-dung")
    assert [each["id"] for each in shown["corrections"]] == [asked["id"]]
    (line,) = [each for each in shown["scores"] if each["agency"] == COMMUNE]
    assert "reopened" not in line["counts"], "noted with the new figures; the signed ones stand"
