"""Claims about published answers over HTTP: what may be published, what the public reads, and that it leads back to nobody."""

from typing import Any

import pytest

from tests.interface import COMMUNE, Interface
from tests.tickets.conftest import StillClock

NEW = {
    "channel": "zalo",
    "summary": "Đèn trước nhà 12/3A Nguyễn Huệ tắt ba ngày, gọi lại 0912.345.678 gặp bà Nguyễn Thị Ánh.",
    "number": "0912 345 678",
    "citizen_name": "Nguyễn Thị Ánh",
    "address": "12/3A Nguyễn Huệ, khóm 2",
    "topic": "giao-thong",
    "place": "29869",
}
QUESTION, ANSWER = "Đèn đường Nguyễn Huệ tắt ba ngày.", "Đã thay bóng đèn sáng nay."


async def answered(served: Interface, key: str = "form-0001", **values: Any) -> str:
    """A ticket whose citizen has been told."""
    headers = {"Idempotency-Key": key}
    told = await (await served.post("/api/tickets", "operator", json=NEW | values, headers=headers)).json()
    code: str = told["ticket"]["code"]
    text = "Chào bà Ánh, chúng tôi đã thay bóng đèn; cần gì xin gọi 0912 345 678."
    await served.move(code, "operator", "answer-at-once", text=text)
    return code


async def public(served: Interface, query: str = "") -> list[dict[str, Any]]:
    """What everybody reads."""
    answer = await served.get(f"/api/public/answers{query}")
    told = await answer.json()
    assert answer.status == 200, told
    items: list[dict[str, Any]] = told["items"]
    return items


async def test_a_published_answer_is_read_by_everybody_and_leads_back_to_nobody(served: Interface) -> None:
    code = await answered(served)
    await served.move(code, "leader", "publish", question=QUESTION, answer=ANSWER)
    (answer,) = await public(served)
    assert answer == {
        "id": answer["id"], "published_at": "2026-11-23T09:00:00+07:00", "topic": "giao-thong",
        "topic_name": answer["topic_name"], "place": "29869", "place_name": "Phường Cao Lãnh", "agency": COMMUNE,
        "agency_name": answer["agency_name"], "question": QUESTION, "answer": ANSWER,
    }  # fmt: skip
    for telling in (code, "Ánh", "912345678", "12/3A"):
        assert telling not in str(answer)
    assert await (await served.get(f"/api/public/answers/{answer['id']}")).json() == answer
    assert (await served.get(f"/api/public/answers/{code}")).status == 404


async def test_personal_data_is_refused_with_its_place_and_nothing_is_published(served: Interface) -> None:
    code = await answered(served)
    body = {"move": {"move": "publish", "question": NEW["summary"], "answer": "Đã báo chị Ánh."}}
    refused = await served.post(f"/api/tickets/{code}/moves", "leader", json=body)
    told = await refused.json()
    assert refused.status == 422
    assert told["mistakes"][0]["field"] == "body.question"
    assert [NEW["summary"][place] for place in (slice(14, 30), slice(52, 64), slice(72, 86))] == [
        "12/3A Nguyễn Huệ", "0912.345.678", "Nguyễn Thị Ánh",
    ]  # fmt: skip
    assert told["detail"] == (
        "Câu hỏi còn địa chỉ người gửi (dòng 1, ký tự 15 đến 30), số điện thoại (dòng 1, ký tự 53 đến 64), "
        "tên người gửi (dòng 1, ký tự 73 đến 86); Câu trả lời còn tên người gửi (dòng 1, ký tự 12 đến 14)"
        " — bỏ thông tin cá nhân rồi đăng lại"
    )
    assert await public(served) == []


async def test_a_leader_begins_with_a_draft_from_which_personal_data_is_left_out(served: Interface) -> None:
    code = await answered(served)
    draft = await (await served.get(f"/api/tickets/{code}/publication-draft", "leader")).json()
    assert draft == {
        "question": "Đèn trước nhà [đã lược bỏ] tắt ba ngày, gọi lại [đã lược bỏ] gặp bà [đã lược bỏ].",
        "answer": "Chào bà [đã lược bỏ], chúng tôi đã thay bóng đèn; cần gì xin gọi [đã lược bỏ].",
    }
    await served.move(code, "leader", "publish", **draft)
    assert len(await public(served)) == 1
    assert (await served.get(f"/api/tickets/{code}/publication-draft", "operator")).status == 403


async def test_there_is_no_draft_before_the_citizen_was_told_nor_of_what_is_sealed(served: Interface) -> None:
    headers = {"Idempotency-Key": "form-0002"}
    opened = await (await served.post("/api/tickets", "operator", json=NEW, headers=headers)).json()
    code = opened["ticket"]["code"]
    early = await served.get(f"/api/tickets/{code}/publication-draft", "leader")
    assert (early.status, (await early.json())["detail"].split(" — ")[0]) == (
        409, "Phiếu chưa trả lời xong nên chưa có gì để đăng",
    )  # fmt: skip
    await served.move(code, "operator", "divert", kind="complaint")
    assert (
        "Khiếu nại" in (await (await served.get(f"/api/tickets/{code}/publication-draft", "leader")).json())["detail"]
    )
    assert (await served.get("/api/tickets/12345671/publication-draft", "leader")).status == 404


async def test_a_corrected_answer_keeps_its_address_and_a_withdrawn_one_is_gone_at_once(served: Interface) -> None:
    code = await answered(served)
    await served.move(code, "leader", "publish", question=QUESTION, answer=ANSWER)
    (before,) = await public(served)
    await served.move(code, "leader", "publish", question=QUESTION, answer="Đã thay cả trụ đèn.")
    (after,) = await public(served)
    assert (after["id"], after["answer"]) == (before["id"], "Đã thay cả trụ đèn.")
    await served.move(code, "leader", "unpublish", reason="Có người yêu cầu gỡ.")
    assert await public(served) == []
    assert (await served.get(f"/api/public/answers/{before['id']}")).status == 404
    await served.move(code, "leader", "publish", question=QUESTION, answer=ANSWER)
    (again,) = await public(served)
    assert again["id"] != before["id"]


async def test_answers_are_found_by_topic_place_agency_and_words_with_or_without_marks(served: Interface) -> None:
    for key, topic, question in (("form-0001", "giao-thong", QUESTION), ("form-0002", "moi-truong", "Rác ở chợ.")):
        code = await answered(served, key, topic=topic)
        await served.move(code, "leader", "publish", question=question, answer=ANSWER)
    for query, count in {
        "": 2, "?topic=moi-truong": 1, "?place=29869": 2, "?place=29870": 0, f"?agency={COMMUNE}": 2, "?agency=so-y-te": 0,
        "?words=den+duong": 1, "?words=Đèn+đường": 1, "?words=duong+rac": 0, "?words=bong": 2, "?words=bon": 0,
        "?words=%25": 0, "?topic=&place=&agency=&words=": 2,
    }.items():  # fmt: skip
        assert len(await public(served, query)) == count, query


async def test_the_list_is_paged_newest_first_without_an_empty_last_page(
    served: Interface, still_clock: StillClock
) -> None:
    for number in range(4):
        code = await answered(served, f"form-{number:04}")
        await served.move(code, "leader", "publish", question=f"Câu hỏi {number}.", answer=ANSWER)
        still_clock.advance(minutes=number % 2)
    first = await (await served.get("/api/public/answers?limit=2")).json()
    second = await (await served.get(f"/api/public/answers?limit=2&cursor={first['next']}")).json()
    questions = [item["question"] for item in first["items"] + second["items"]]
    assert sorted(questions) == [f"Câu hỏi {number}." for number in range(4)]
    assert questions[-1] in ("Câu hỏi 0.", "Câu hỏi 1.")
    assert second["next"] is None


@pytest.mark.parametrize("query", ["?cursor=abc", "?limit=0", "?code=20261233"])
async def test_a_wrong_query_is_told(served: Interface, query: str) -> None:
    assert (await served.get(f"/api/public/answers{query}")).status == 422
