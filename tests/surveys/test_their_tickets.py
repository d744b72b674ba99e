"""What a ticket learns of the survey about its answer, and that nobody else tells it."""

import json

from tests.interface import WITH_KEYS
from tests.surveys.hotline import Hotline, said
from tests.surveys.test_links import link_of, send


async def test_nobody_writes_a_citizens_answers_into_a_ticket(hotline: Hotline) -> None:
    case = await hotline.answered()
    path, body = (
        f"/api/tickets/{case.code}",
        {"move": "survey", "disposition": "completed", "answers": {"satisfaction": 5}},
    )
    before = await said(await hotline.served.get(path, "leader"))
    assert '"survey"' not in json.dumps(before["moves"])
    for role in WITH_KEYS:
        answer = await hotline.served.post(f"{path}/moves", role, json={"move": body})
        assert answer.status in {403, 404, 409}, (role, await answer.text())
    assert (await said(await hotline.served.get(path, "leader")))["ticket"] == before["ticket"]


async def test_a_citizen_who_is_not_satisfied_has_the_ticket_reopened_by_saying_so(hotline: Hotline) -> None:
    case = await hotline.answered()
    await send(hotline, await link_of(hotline, case), resolved="1", satisfaction="2", reopen="1")
    (end,) = hotline.ends()
    assert end.reopen
    await hotline.story().survey_ended(end)
    assert await standing(hotline, case.code) == ("reopened", 1)


async def test_what_is_said_of_an_answer_that_another_has_replaced_reopens_nothing(hotline: Hotline) -> None:
    case = await hotline.answered()
    await send(hotline, await link_of(hotline, case), resolved="3", satisfaction="1")
    (end,) = hotline.ends()
    await hotline.served.move(case.code, "operator", "reopen", reason="Đèn lại tắt.")
    await hotline.story().survey_ended(end)
    assert await standing(hotline, case.code) == ("reopened", 1), "reopened once, for whatever reason"
    await hotline.served.move(case.code, "officer", "accept")
    await hotline.served.move(case.code, "officer", "draft", text="Đã thay dây.")
    await hotline.served.move(case.code, "approver", "approve")
    await hotline.served.move(case.code, "operator", "tell", how="phone")
    await hotline.story().survey_ended(end)
    assert await standing(hotline, case.code) == ("surveyed", 1), "the second answer stands"


async def standing(hotline: Hotline, code: str) -> tuple[str, int]:
    """The stage of a ticket, and how often it was reopened."""
    ticket = (await said(await hotline.served.get(f"/api/tickets/{code}", "leader")))["ticket"]
    return ticket["stage"], ticket["round"]


async def test_what_a_citizen_says_on_the_page_is_told_to_the_ticket_and_reopens_it(hotline: Hotline) -> None:
    case = await hotline.answered()
    await send(hotline, await link_of(hotline, case), resolved="3", satisfaction="1", comment="Đèn vẫn tắt.")
    (end,) = hotline.ends()
    await hotline.story().survey_ended(end)
    file = await said(await hotline.served.get(f"/api/tickets/{case.code}", "leader"))
    assert (file["ticket"]["stage"], file["ticket"]["round"], file["ticket"]["level"]) == ("reopened", 1, 2)
    journal = (await said(await hotline.served.get(f"/api/tickets/{case.code}/journal", "leader")))["items"]
    (surveyed,) = [entry for entry in journal if entry["what"] == "surveyed"]
    assert (surveyed["details"]["mode"], surveyed["details"]["answers"]["resolved"]) == ("link", 3)
    assert "Đèn vẫn tắt" not in str(journal), "the words stay with the survey"
