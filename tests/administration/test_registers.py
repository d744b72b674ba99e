"""Claims about the rules as tables, and about what a draft would change: what people read is what the service counts with."""

from datetime import date
from pathlib import Path

import pytest

from hotline1022.administration.calendar_year import LABOUR_CODE, year_of
from hotline1022.administration.catalogue import FILES
from hotline1022.administration.effect import promises
from hotline1022.base.db import Database
from tests.administration.conftest import Ask, shipped
from tests.tickets.conftest import HOA, Hands, StillClock
from tests.tickets.test_life import answered, routed
from tickets.rules import Rules, StandingRules

STORM = '  - {date: 2026-11-26, working: false, reason: "nghỉ bão", source: "Công điện 1"}\n'


async def test_a_year_is_told_as_days_with_kind_name_and_basis(ask: Ask) -> None:
    status, told = await ask("GET", "/api/calendars/state/year/2026", "hoa")
    assert (status, len(told["days"])) == (200, 365)
    days = {each["date"]: each for each in told["days"]}
    assert (days["2026-01-02"]["kind"], days["2026-01-02"]["basis"][:12]) == ("rest", "Văn bản 1272")
    assert (days["2026-01-10"]["kind"], days["2026-01-10"]["name"]) == ("makeup", "làm bù cho ngày 2/1")
    assert (days["2026-04-30"]["kind"], days["2026-04-30"]["basis"]) == ("rest", LABOUR_CODE)
    assert days["2026-11-22"] == {"date": "2026-11-22", "kind": "rest", "name": None, "basis": None, "hours": []}
    assert days["2026-11-23"]["kind"] == "working"
    assert days["2026-11-23"]["hours"]
    assert (await ask("GET", "/api/calendars/state/year/1900"))[0] == 404
    assert (await ask("GET", "/api/calendars/state/year/0"))[0] == 404
    assert (await ask("GET", "/api/calendars/khong-co/year/2026"))[0] == 404


@pytest.mark.parametrize("name", ["state", "hotline", "always", "calling"])
def test_every_day_that_is_told_as_worked_has_hours_and_no_other(standing: StandingRules, name: str) -> None:
    for year in (2025, 2026, 2027):
        for day in year_of(standing.current.calendar(name), year, {}):
            assert (day.kind == "rest") == (day.hours == ())
            assert (day.basis is None) or day.name


async def test_the_calendars_are_told_with_their_hours(ask: Ask) -> None:
    _, told = await ask("GET", "/api/calendars")
    state = next(each for each in told["calendars"] if each["name"] == "state")
    assert state["hours"]["monday"]
    assert state["holidays"] is True


async def test_a_deadline_is_tried_with_the_reason(ask: Ask) -> None:
    body = {"calendar": "state", "start": "2026-11-23T16:45:00+07:00", "working_days": 1}
    status, told = await ask("POST", "/api/deadline-trial", json=body)
    assert status == 200
    assert told["due"].startswith("2026-11-25")
    assert "24/11" in told["why"]
    minutes = {"calendar": "state", "start": "2026-11-23T16:45:00+07:00", "minutes": 30}
    assert (await ask("POST", "/api/deadline-trial", json=minutes))[1]["due"].startswith("2026-11-25T")
    for wrong in ({}, {"working_days": 1, "minutes": 1}, {"working_days": 0}):
        asked = {"calendar": "state", "start": "2026-11-23T16:45:00+07:00"} | wrong
        assert (await ask("POST", "/api/deadline-trial", json=asked))[0] == 422
    assert (await ask("POST", "/api/deadline-trial", json=body | {"start": "2150-01-01T00:00:00Z"}))[0] == 422
    assert (await ask("POST", "/api/deadline-trial", json=body | {"calendar": "x"}))[0] == 404


async def test_agencies_are_told_with_who_follows_them_and_what_they_answer(ask: Ask) -> None:
    _, told = await ask("GET", "/api/agencies-register")
    agencies = {each["code"]: each for each in told["agencies"]}
    assert agencies["so-gtvt"]["successors"] == ["so-xay-dung"]
    assert "Điện" in agencies["dien-luc"]["topics"]
    assert agencies["xa-29869"]["kind_name"] == "Xã, phường"


async def test_routing_topics_and_questions_are_told_in_words(ask: Ask) -> None:
    _, routing = await ask("GET", "/api/routing-register")
    rows = {each["id"]: each for each in routing["rows"]}
    assert rows["dien"]["topics"] == ["Điện"]
    assert rows["nuoc-tien-giang"]["place"] == "tỉnh Tiền Giang cũ"
    _, topics = await ask("GET", "/api/topics-register")
    assert {each["code"]: each["menu_key"] for each in topics["topics"]}["hanh-chinh"] == "1"
    _, questions = await ask("GET", "/api/questionnaire-register")
    assert all(each["operator"] and each["page"] for each in questions["questions"])


async def test_a_draft_of_days_off_tells_how_many_open_tickets_it_would_move_and_moves_none(
    ask: Ask, hands: Hands, database: Database, still_clock: StillClock
) -> None:
    open_one, closed_one = await routed(hands), await routed(hands, "closed")
    await answered(hands, closed_one)
    await hands.move(closed_one, HOA, "close")
    before = await hands.desk.find(open_one)
    path = "/api/rule-files/official-days"
    _, told = await ask("PUT", f"{path}/draft", json={"text": shipped("official-days") + STORM})
    assert told["effect"] == ("1 hạn của phiếu đang mở sẽ đổi (1 muộn hơn, 0 sớm hơn). Phiếu đã đóng không đổi.")
    _, effect = await ask("GET", f"{path}/draft/effect", "hoa")
    (move,) = effect["moves"]
    assert (move["code"], move["clock"], effect["whole"]) == (open_one, "answer", True)
    assert move["after"] > move["before"]
    assert await hands.desk.find(open_one) == before
    _, whole = await ask("GET", path)
    assert whole["draft"]["effect"] == told["effect"]
    assert (await ask("DELETE", f"{path}/draft"))[0] == 204
    assert (await ask("GET", f"{path}/draft/effect"))[0] == 404


async def test_a_draft_that_moves_nothing_says_so(ask: Ask) -> None:
    _, told = await ask("PUT", "/api/rule-files/official-days/draft", json={"text": shipped("official-days") + STORM})
    assert told["effect"] == "Không hạn nào của phiếu đang mở đổi."


def test_other_policies_tell_which_promises_change_for_new_reports(rules: Rules, tmp_path: Path) -> None:
    text = shipped("policies")

    target = next(iter(rules.policies.on(date(2026, 11, 23)).tiers.values())).answer.target
    (tmp_path / "policies.yaml").write_text(text.replace(f"target: {target}", "target: 77wd"), encoding="utf-8")
    told = promises(rules, Rules.load(tmp_path), StillClock().now())
    assert "→ 77 ngày làm việc" in told
    assert told.endswith("Phiếu đang mở giữ thời hạn đã hứa.")
    assert promises(rules, rules, StillClock().now()).startswith("Phiếu nhận từ nay có thời hạn như trước.")


def test_every_file_of_the_catalogue_is_shipped_and_reads_well() -> None:
    for file in FILES.values():
        assert file.shipped.is_file()
