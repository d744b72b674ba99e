"""Operators who ask: nobody chooses whom, one case for one operator, the same questions and ends as in the automatic call."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, MACHINE
from hotline1022.base.access import Role as Roles
from surveys import store
from surveys.course import attempt_id
from surveys.model import Answer, Mode, Question
from tests.interface import WITH_KEYS
from tests.surveys.hotline import Hotline, said
from tickets.moves import Survey

ALL = {"consent": 1, "resolved": 1, "satisfaction": 5}


def whole(held: Any, **marks: int) -> dict[str, int]:
    """Every question answered; ``item`` is the mark for the case's own one."""
    item = held["questions"][3]["question"]
    return ALL | {item: marks.pop("item", 4)} | marks


async def test_an_operator_is_given_what_to_ask_and_what_they_write_down_ends_the_case(hotline: Hotline) -> None:
    case = await hotline.due()
    held = await hotline.take()
    assert (held["case"], held["number"], held["attempt"]) == (case.id, "+84912345678", 1)
    assert held["until"] == "2026-11-25T08:15:00+07:00"
    assert [each["question"] for each in held["questions"]] == [
        "consent", "resolved", "satisfaction", str(case.item), "comment", "reopen",
    ]  # fmt: skip
    assert f"phiếu {case.code} do UBND phường Cao Lãnh trả lời ngày 23/11/2026" in held["questions"][0]["text"]
    kept = await said(await hotline.write(case.id, answers=whole(held), comment="Làm nhanh."))
    assert (kept["disposition"], kept["closed"]) == ("completed", True)
    (end,) = hotline.ends()
    assert (end.mode, end.disposition, end.commented, end.wording) == ("operator", "completed", True, held["wording"])
    assert end.answers == whole(held)
    file = await hotline.file(case.id)
    assert [(each["question"], each["mark"], each["words"]) for each in file["answers"] if each["words"]] == [
        ("comment", None, "Làm nhanh.")
    ]
    assert {each["mode"] for each in file["answers"]} == {"operator"}
    assert [(each["mode"], each["by"], each["disposition"]) for each in file["attempts"]] == [
        ("operator", "operator-None", "completed")
    ]


async def test_what_an_operator_has_asked_the_hotline_does_not_ring_about(hotline: Hotline) -> None:
    case = await hotline.due()
    held = await hotline.take()
    await hotline.campaign.attempt({"case": case.id, "number": 1})
    await said(await hotline.write(case.id, answers=whole(held)))
    for number in (1, 2):
        await hotline.campaign.attempt({"case": case.id, "number": number})
    assert (hotline.line.rung, hotline.line.followed) == ([], [])


async def test_a_case_that_the_hotline_is_just_ringing_cannot_be_taken(hotline: Hotline) -> None:
    case = await hotline.due()
    ringing: list[tuple[int, str]] = []

    async def place(attempt: str, number: str, *, ring_seconds: int) -> None:
        answer = await hotline.served.post("/api/surveys/next", "operator")
        written = await hotline.write(case.id, outcome="rejected")
        ringing.append((answer.status, (await written.json())["detail"]))

    hotline.line.place = place  # type: ignore[method-assign]
    await hotline.campaign.attempt({"case": case.id, "number": 1})
    assert ringing == [
        (404, "Tổng đài đang tự động gọi khảo sát phiếu này — lấy phiếu tiếp theo đến lượt"),
    ]  # fmt: skip


async def test_two_operators_at_once_one_is_given_the_case_and_the_other_is_told(hotline: Hotline) -> None:
    case = await hotline.due()
    await hotline.served.key("operator")
    await hotline.served.key("leader")
    answers = await asyncio.gather(
        *(hotline.served.post("/api/surveys/next", role) for role in ("operator", "leader"))
    )  # fmt: skip
    assert sorted(answer.status for answer in answers) == [200, 404]
    winner, loser = ("operator", "leader") if answers[0].status == 200 else ("leader", "operator")
    refused = await said(await hotline.write(case.id, loser, outcome="rejected"), 409)
    assert refused["detail"].startswith("Điện thoại viên khác đang khảo sát phiếu này")
    assert (await hotline.take(winner))["case"] == case.id, "one at a time: the same one again"


async def test_the_case_that_has_waited_longest_comes_first_and_those_before_their_hour_not_at_all(
    hotline: Hotline,
) -> None:
    hotline.clock.instant += timedelta(days=2)  # the 24th is a public holiday
    first = await hotline.answered("form-0001", number="0912345671")
    hotline.clock.instant += timedelta(hours=6)
    second = await hotline.answered("form-0002", number="0912345672")
    assert (await hotline.served.post("/api/surveys/next", "operator")).status == 404
    assert first.next_at is not None
    hotline.clock.instant = first.next_at
    assert (await hotline.take())["case"] == first.id
    await said(await hotline.write(first.id, outcome="rejected"))
    assert (await hotline.served.post("/api/surveys/next", "operator")).status == 404
    assert second.next_at is not None
    hotline.clock.instant = second.next_at
    assert (await hotline.take())["case"] == second.id


@pytest.mark.parametrize(
    ("body", "disposition", "closed"),
    [
        ({"outcome": "rejected"}, "refused", True),
        ({"outcome": "no-answer"}, "no-answer", False),
        ({"outcome": "busy"}, "busy", False),
        ({"outcome": "invalid-number"}, "invalid-number", True),
        ({"answers": {"consent": 2}}, "later", False),
        ({"answers": {"consent": 3}}, "opted-out", True),
        ({"answers": {"consent": 1, "resolved": 3}}, "partial", True),
        ({}, "unheard", False),
    ],
)  # fmt: skip
async def test_how_an_operators_call_ends_decides_as_in_the_automatic_call(
    hotline: Hotline, body: dict[str, Any], disposition: str, closed: bool
) -> None:
    case = await hotline.due()
    await hotline.take()
    kept = await said(await hotline.write(case.id, **body))
    assert (kept["disposition"], kept["closed"]) == (disposition, closed)
    assert (kept["next_at"] is None) is closed
    assert await said(await hotline.write(case.id, **body)) == kept, "the same again changes nothing"
    assert len(hotline.ends()) == int(closed)
    if body.get("answers") == {"consent": 3}:
        later = await hotline.considered("form-0002")
        assert [str(each) for each in later.reasons] == ["opted-out", "asked-lately"]


async def test_three_attempts_are_the_most_whoever_makes_them(hotline: Hotline) -> None:
    case = await hotline.due()
    for _ in range(3):
        await hotline.take()
        kept = await said(await hotline.write(case.id, outcome="no-answer"))
        if kept["next_at"] is not None:
            found = await hotline.file(case.id)
            assert found["case"]["next_at"] == kept["next_at"]
            async with hotline.database.reading() as connection:
                stored = await store.case_of(connection, case.id)
            assert stored is not None
            assert stored.next_at is not None
            hotline.clock.instant = stored.next_at
    assert (kept["closed"], kept["explanation"]) == (True, "Khảo sát đã xong: không nghe máy.")


async def test_a_case_that_was_never_given_back_counts_as_rung_and_late_answers_are_not_lost(hotline: Hotline) -> None:
    case = await hotline.due()
    held = await hotline.take()
    hotline.clock.instant += timedelta(minutes=16)
    await hotline.campaign.sweep(timedelta(minutes=10))
    file = await hotline.file(case.id)
    assert [each["disposition"] for each in file["attempts"]] == ["unknown"]
    assert file["case"]["next_at"] == "2026-11-25T10:16:00+07:00", "two hours later, as after any attempt"
    kept = await said(await hotline.write(case.id, answers=whole(held)))
    assert (kept["disposition"], kept["closed"]) == ("completed", True)
    assert [(end.disposition, end.mode) for end in hotline.ends()] == [("completed", "operator")]


async def test_the_automatic_calls_late_answers_do_not_mix_into_an_operators(hotline: Hotline) -> None:
    case = await hotline.due()
    hotline.line.script = lambda _: ("unknown", {Question.CONSENT: 1})
    await hotline.campaign.attempt({"case": case.id, "number": 1})
    hotline.clock.instant += timedelta(hours=2)
    held = await hotline.take()
    await said(await hotline.write(case.id, answers=whole(held, satisfaction=2)))
    late = Answer(
        question=Question.SATISFACTION, mark=5, at=hotline.clock.now(), mode=Mode.IVR, wording="survey-1"
    )  # fmt: skip
    await hotline.campaign.answered(attempt_id(case.id, 1), late)
    marks = {each["question"]: (each["mark"], each["mode"]) for each in (await hotline.file(case.id))["answers"]}
    assert marks["satisfaction"] == (2, "operator")
    assert len(hotline.ends()) == 1


@pytest.mark.parametrize(
    ("body", "field", "what"),
    [
        ({"answers": {"consent": 1, "satisfaction": 6}}, "answers.satisfaction", "từ 1 đến 5"),
        ({"answers": {"consent": 1, "satisfaction": 0}}, "answers.satisfaction", "từ 1 đến 5"),
        ({"answers": {"satisfaction": 4}}, "answers.consent", "đồng ý"),
        ({"answers": {"consent": 2, "resolved": 1}}, "answers.resolved", "không đồng ý"),
        ({"answers": {"consent": 1, "resolved": 3, "reopen": 1}}, "answers.reopen", "tự mở lại"),
        ({"answers": {"consent": 1, "resolved": 1, "satisfaction": 5, "reopen": 1}}, "answers.reopen", "chưa hài lòng"),
        ({"answers": {"consent": 1, "comment": 1}}, "answers.comment", "không phải là điểm"),
        ({"outcome": "busy", "answers": {"consent": 1}}, "outcome", "Không có ai trả lời"),
        ({"answers": {"consent": 3}, "comment": "Thôi."}, "comment", "không đồng ý"),
        ({"comment": "Tốt."}, "answers.consent", "đồng ý"),
    ],
)  # fmt: skip
async def test_answers_that_do_not_fit_are_told_with_their_place_and_nothing_is_kept(
    hotline: Hotline, body: dict[str, Any], field: str, what: str
) -> None:
    case = await hotline.due()
    await hotline.take()
    wrong = await said(await hotline.write(case.id, **body), 422)
    assert wrong["mistakes"][0]["field"] == f"body.{field}"
    assert what in wrong["detail"]
    assert (await hotline.file(case.id))["answers"] == []
    assert hotline.ends() == []


async def test_a_citizen_is_asked_one_item_only(hotline: Hotline) -> None:
    case = await hotline.due()
    await hotline.take()
    other = next(item for item in ("time", "attitude", "clarity", "reception") if item != case.item)
    wrong = await said(await hotline.write(case.id, answers=ALL | {other: 3}), 422)
    assert "mỗi người chỉ được hỏi một tiêu chí" in wrong["detail"]


async def test_nobody_is_rung_outside_of_the_windows_or_about_a_reopened_ticket(hotline: Hotline) -> None:
    case = await hotline.due()
    hotline.clock.instant = hotline.clock.instant.replace(hour=21)
    closed = await said(await hotline.served.post("/api/surveys/next", "operator"), 409)
    assert closed["detail"] == "Ngoài giờ gọi khảo sát — gọi từ 08:00 26/11/2026"
    await hotline.served.move(case.code, "operator", "reopen", reason="Đèn lại tắt.")
    hotline.clock.instant += timedelta(hours=12)
    assert (await hotline.served.post("/api/surveys/next", "operator")).status == 404
    shown = (await hotline.file(case.id))["case"]
    assert (shown["state"], shown["explanation"]) == (
        "excluded", "Không khảo sát vì phiếu đã mở lại trước khi hỏi.",
    )  # fmt: skip


async def test_what_was_said_about_a_ticket_that_was_reopened_during_the_call_is_not_lost(hotline: Hotline) -> None:
    case = await hotline.due()
    held = await hotline.take()
    await hotline.served.move(case.code, "operator", "reopen", reason="Đèn lại tắt.")
    assert (await hotline.take())["case"] == case.id
    link = await said(await hotline.served.post(f"/api/surveys/{case.id}/link", "operator"), 409)
    assert "Phiếu đã được mở lại" in link["detail"]
    kept = await said(await hotline.write(case.id, answers=whole(held)))
    assert (kept["disposition"], len(hotline.ends())) == ("completed", 1)
    await hotline.story().survey_ended(hotline.ends()[0])
    file = await said(await hotline.served.get(f"/api/tickets/{case.code}", "leader"))
    assert file["ticket"]["stage"] == "reopened"


async def test_without_a_line_of_its_own_the_hotline_leaves_the_case_to_its_operators(hotline: Hotline) -> None:
    case = await hotline.due()
    hotline.line.there = False
    await hotline.campaign.attempt({"case": case.id, "number": 1})
    assert await hotline.campaign.sweep(timedelta(0)) == 0
    assert (await hotline.take())["case"] == case.id


async def test_agencies_have_no_way_in_and_operators_read_no_marks(hotline: Hotline) -> None:
    case = await hotline.due()
    held = await hotline.take()
    await said(await hotline.write(case.id, answers=whole(held)))
    assert (await hotline.file(case.id, "operator"))["answers"] is None
    paths = ["GET /api/surveys", f"GET /api/surveys/{case.id}", "GET /api/surveys/reasons", "POST /api/surveys/next"]
    paths += [f"POST /api/surveys/{case.id}/link"]
    for role in set(WITH_KEYS) - HOTLINE_ROLES:
        for method, path in (each.split() for each in paths):
            assert (await hotline.served.call(method, path, role)).status == 403, (role, path)
        assert (await hotline.write(case.id, role, outcome="busy")).status == 403
    assert set(WITH_KEYS) >= AGENCY_ROLES
    for method, path in (each.split() for each in paths):
        assert (await hotline.served.call(method, path)).status == 401


async def test_lists_are_filtered_and_paged_and_an_operator_sees_no_case_before_its_hour(hotline: Hotline) -> None:
    cases = [await hotline.answered(f"form-{each:04}", number=f"091234567{each}") for each in range(3)]
    hidden = await hotline.considered("form-0009", number=None)
    listed = await said(await hotline.served.get("/api/surveys?limit=2", "leader"))
    rest = await said(await hotline.served.get(f"/api/surveys?limit=2&cursor={listed['next']}", "leader"))
    ids = [each["id"] for each in listed["items"] + rest["items"]]
    assert (len(set(ids)), set(ids)) == (4, {hidden.id, *(case.id for case in cases)})
    seen = await said(await hotline.served.get("/api/surveys", "operator"))
    assert [each["id"] for each in seen["items"]] == [hidden.id]
    assert seen["items"][0]["explanation"] == "Không khảo sát vì không có số điện thoại để gọi."
    assert cases[0].next_at is not None
    hotline.clock.instant = cases[0].next_at
    first = await said(await hotline.served.get("/api/surveys?order=next&limit=2", "operator"))
    second = await said(await hotline.served.get(f"/api/surveys?order=next&cursor={first['next']}", "operator"))
    assert {each["id"] for each in first["items"] + second["items"]} == {case.id for case in cases}
    for query, count in (
        ("state=open", 3), ("state=excluded", 1), ("state=closed", 0), ("disposition=excluded", 1), ("mode=link", 0),
        ("agency=xa-29869", 4), ("agency=so-xay-dung", 0), (f"code={hidden.code}", 1),
    ):  # fmt: skip
        found = await said(await hotline.served.get(f"/api/surveys?{query}", "leader"))
        assert len(found["items"]) == count, query


async def test_reasons_are_counted_in_a_span_of_time(hotline: Hotline) -> None:
    await hotline.answered()
    await hotline.considered("form-0002", number=None)
    hotline.clock.instant += timedelta(minutes=1)
    counts = await said(await hotline.served.get("/api/surveys/reasons", "operator"))
    assert (counts["considered"], counts["asked"]) == (2, 1)
    assert {each["reason"]: each["count"] for each in counts["reasons"] if each["count"]} == {"no-number": 1}
    assert len(counts["reasons"]) == 9
    span = "from=2026-11-24T00:00:00%2B07:00&to=2026-11-25T00:00:00%2B07:00"
    assert (await said(await hotline.served.get(f"/api/surveys/reasons?{span}", "leader")))["considered"] == 0
    back = "from=2026-11-25T00:00:00%2B07:00&to=2026-11-24T00:00:00%2B07:00"
    assert (await hotline.served.get(f"/api/surveys/reasons?{back}", "leader")).status == 422


async def test_a_leader_opts_numbers_out_and_in_and_everything_is_written_down(hotline: Hotline) -> None:
    wish = {"number": "0912 345 678", "reason": "Người dân yêu cầu qua điện thoại"}
    out = await said(await hotline.served.post("/api/surveys/opt-outs", "leader", json=wish))
    again = await said(await hotline.served.post("/api/surveys/opt-outs", "leader", json=wish))
    assert out == again
    assert (out["number"], out["opted_out"]) == ("*** *** 678", True)
    assert "trưởng ca leader-None ghi: Người dân yêu cầu" in out["explanation"]
    case = await hotline.considered()
    assert [str(each) for each in case.reasons] == ["opted-out"]
    back = await said(await hotline.served.post("/api/surveys/opt-ins", "leader", json=wish | {"reason": "Đổi ý"}))
    assert [(each["opted_out"], each["by"], each["reason"]) for each in back["changes"]] == [
        (True, "leader-None", "Người dân yêu cầu qua điện thoại"), (False, "leader-None", "Đổi ý"),
    ]  # fmt: skip
    assert (await hotline.considered("form-0002")).reasons == ()
    wrong = await said(
        await hotline.served.post("/api/surveys/opt-outs", "leader", json=wish | {"number": "12"}), 422
    )  # fmt: skip
    assert wrong["mistakes"][0]["field"] == "body.number"
    assert (await hotline.served.post("/api/surveys/opt-outs", Roles.OPERATOR, json=wish)).status == 403


async def test_an_agency_reads_in_the_journal_that_its_citizen_was_asked_but_not_what_was_answered(
    hotline: Hotline,
) -> None:
    case = await hotline.answered()
    said_so = Survey(move="survey", disposition="completed", mode="operator", answers={"satisfaction": 1})
    await hotline.served.api.handling.make(case.code, said_so, MACHINE)
    path = f"/api/tickets/{case.code}/journal"
    for role, details in (("leader", True), ("officer", False), ("approver", False)):
        (entry,) = [
            each for each in (await said(await hotline.served.get(path, role)))["items"] if each["what"] == "surveyed"
        ]
        assert bool(entry["details"]) is details, role
