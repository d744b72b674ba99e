"""Answer templates: the hotline's for everybody, each agency's for itself, and every version of them kept."""

from datetime import date

import pytest

from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, Invalid, NotFound, Refused
from tests.interface import Interface
from tests.tickets.conftest import HOA, LAN, StillClock, officer
from tests.tickets.test_life import HEAD, OFFICER
from tickets.rules import StandingRules
from tickets.templates.model import Kind, TemplateText
from tickets.templates.shelf import TemplateShelf

TIDE = TemplateText(
    title="Ngập do triều cường", text="Dạ, nước lên theo triều, khoảng hai giờ nữa sẽ rút ạ.", topic="ha-tang"
)
OTHER = officer("so-y-te")


@pytest.fixture
def shelf(database: Database, still_clock: StillClock, standing: StandingRules) -> TemplateShelf:
    """An empty shelf."""
    return TemplateShelf(database, still_clock, standing)


async def test_the_hotlines_are_everybodys_and_an_agencys_are_its_own(shelf: TemplateShelf) -> None:
    ours = await shelf.add(TIDE, HOA)
    theirs = await shelf.add(TIDE.model_copy(update={"title": "Đã thay bóng đèn"}), OFFICER)
    assert [each.id for each in await shelf.listed(LAN)] == [ours.id]
    assert {each.id for each in await shelf.listed(HEAD)} == {ours.id, theirs.id}
    assert (ours.agency_name, theirs.agency_name) == (None, "UBND phường Cao Lãnh")
    for stranger in (OTHER, LAN, HOA):
        with pytest.raises(NotFound):
            await shelf.one(theirs.id, stranger)


async def test_each_side_changes_only_its_own(shelf: TemplateShelf) -> None:
    ours = await shelf.add(TIDE, HOA)
    for stranger in (OFFICER, LAN):
        with pytest.raises(Forbidden, match="mẫu của tổng đài do trưởng ca sửa"):
            await shelf.change(ours.id, TIDE, stranger)
        with pytest.raises(Forbidden):
            await shelf.withdraw(ours.id, stranger)
    with pytest.raises(Forbidden):
        await shelf.add(TIDE, LAN)
    with pytest.raises(Invalid, match="lĩnh vực"):
        await shelf.add(TIDE.model_copy(update={"topic": "gi-day"}), HOA)


async def test_what_a_template_once_said_can_still_be_read(shelf: TemplateShelf, still_clock: StillClock) -> None:
    first = await shelf.add(TIDE, HOA)
    still_clock.advance(days=1)
    second = await shelf.change(first.id, TIDE.model_copy(update={"text": "Nước đã rút."}), HOA, first.version)
    assert (second.version, second.text) == (2, "Nước đã rút.")
    assert [(each.version, each.text) for each in await shelf.versions(first.id, LAN)] == [
        (2, "Nước đã rút."), (1, TIDE.text)
    ]  # fmt: skip
    assert (await shelf.change(first.id, TIDE.model_copy(update={"text": "Nước đã rút."}), HOA)).version == 2
    with pytest.raises(Refused, match="hoa vừa sửa mẫu này"):
        await shelf.change(first.id, TIDE, HOA, first.version)
    await shelf.withdraw(first.id, HOA)
    assert await shelf.listed(HOA) == ()
    with pytest.raises(NotFound):
        await shelf.change(first.id, TIDE, HOA)


async def test_a_template_whose_day_has_passed_says_so(shelf: TemplateShelf, still_clock: StillClock) -> None:
    told = await shelf.add(TIDE.model_copy(update={"valid_until": date(2026, 11, 23)}), HOA)
    assert not told.expired
    still_clock.advance(days=1)
    assert (await shelf.one(told.id, LAN)).expired


async def test_templates_are_found_by_kind_and_by_a_topic_or_the_wider_one(shelf: TemplateShelf) -> None:
    tide = await shelf.add(TIDE, HOA)
    anything = await shelf.add(TemplateText(title="Xin chờ", text="Xin chờ.", kind=Kind.PROGRESS), HOA)
    assert [each.id for each in await shelf.listed(LAN, Kind.PROGRESS)] == [anything.id]
    assert [each.id for each in await shelf.listed(LAN, topic="giao-thong")] == [tide.id, anything.id]
    assert [each.id for each in await shelf.listed(LAN, topic="y-te")] == [anything.id]


async def test_templates_over_http(served: Interface) -> None:
    body = {"title": "Ngập", "text": "Nước sẽ rút.", "basis": None, "valid_until": "2026-12-31", "topic": None}
    made = await served.post("/api/answer-templates", "leader", json=body)
    told = await made.json()
    assert (made.status, told["version"], told["kind_name"]) == (201, 1, "trả lời người dân")
    path = f"/api/answer-templates/{told['id']}"
    changed = await served.call("PUT", path, "leader", json=body | {"text": "Nước rút rồi.", "version": 1})
    assert (await changed.json())["version"] == 2
    assert len((await (await served.get(f"{path}/versions", "officer")).json())["versions"]) == 2
    listed = await (await served.get("/api/answer-templates?kind=answer", "operator")).json()
    assert [each["text"] for each in listed["templates"]] == ["Nước rút rồi."]
    assert (await served.call("DELETE", path, "operator")).status == 403
    assert (await served.call("DELETE", path, "leader")).status == 204
