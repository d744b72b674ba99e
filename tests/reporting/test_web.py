"""Reports over HTTP: who gets which, the same figures as on the command line, and errors that say what to do."""

import asyncio
from typing import Any

import pytest

from hotline1022.base.access import Role
from hotline1022.reporting.catalogue import OFFERS
from tests.interface import COMMUNE, WITH_KEYS, Interface
from tests.reporting.conftest import Life, lines_of_csv, one_database, sheets

pytestmark = one_database


async def told(served: Interface, path: str, role: Role, status: int) -> Any:
    answer = await served.get(path, role)
    assert answer.status == status, await answer.text()
    return await answer.json()


async def test_leaders_are_offered_every_report_and_agencies_their_own(served: Interface) -> None:
    for role in WITH_KEYS:
        answer = await served.get("/api/reports", role)
        if role in (Role.LEADER, Role.ADMINISTRATOR):
            assert [each["name"] for each in (await answer.json())["reports"]] == list(OFFERS)
        elif role in (Role.OFFICER, Role.APPROVER):
            assert [each["name"] for each in (await answer.json())["reports"]] == ["cai-cach"]
        else:
            assert answer.status == 403


async def test_a_report_is_a_file_with_the_figures_of_the_command_line(served: Interface, life: Life) -> None:
    await life.surveyed(5)
    await life.call()
    life.clock.advance(hours=1)
    made = await life.report("thang", "2026-11", "csv")
    answer = await served.get("/api/reports/thang?period=2026-11&format=csv", Role.LEADER)
    assert lines_of_csv(await answer.read()) == lines_of_csv(made.data)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="1022-thang-2026-11.csv"'
    answer = await served.get("/api/reports/thang?period=2026-11", Role.ADMINISTRATOR)
    assert answer.content_type.endswith("spreadsheetml.sheet")
    assert "Kết quả trong tháng" in sheets(await answer.read())


async def test_an_agency_gets_its_own_pack_and_nobody_elses(served: Interface, life: Life) -> None:
    await life.surveyed(5)
    await life.counted.follow()
    own = await told(served, "/api/reports/cai-cach?period=2026&format=json", Role.OFFICER, 200)
    assert [chapter["title"] for chapter in own["chapters"]] == ["UBND phường Cao Lãnh"]
    await told(served, f"/api/reports/cai-cach?period=2026&format=json&agency={COMMUNE}", Role.APPROVER, 200)
    await told(served, "/api/reports/cai-cach?period=2026&agency=so-y-te", Role.OFFICER, 403)
    await told(served, "/api/reports/thang?period=2026-11", Role.OFFICER, 403)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("thang?period=2026", 422, "2026-10"),
        ("thang?period=2027-01", 409, "Chưa đến tháng 1 năm 2027"),
        ("thang?period=2026-11&format=exe", 422, "xlsx, docx, pdf, csv, json"),
        ("thang?period=2026-11&agency=so-y-te", 422, "không chọn được cơ quan"),
        ("khong-co?period=2026-11", 404, "cai-cach"),
        ("cai-cach?period=2026&agency=khong-co", 404, "khong-co"),
        ("diem-nong?period=2026-11", 422, "2026-W47"),
    ],
)
async def test_what_cannot_be_had_is_told_with_what_can(served: Interface, path: str, status: int, words: str) -> None:
    problem = await told(served, f"/api/reports/{path}", Role.LEADER, status)
    assert words in problem["detail"], problem


async def test_others_are_served_while_a_report_is_set(served: Interface) -> None:
    """A PDF takes seconds of a processor; the loop must go on meanwhile."""
    making = asyncio.create_task(served.get("/api/reports/thang?period=2026-11&format=pdf", Role.LEADER))
    await asyncio.sleep(0)
    answered = 0
    while not making.done():
        assert (await served.get("/api/reports", Role.LEADER)).status == 200
        answered += 1
    assert (await making).status == 200
    assert answered > 3
