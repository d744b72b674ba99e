"""Drafts: nothing that was typed is lost, whoever saves when; different fields go together, one field that two changed is told."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from tests.interface import Interface
from tests.tickets.conftest import LAN, Hands, StillClock, officer
from tests.tickets.test_life import OFFICER, TAKEN, routed
from tickets.drafts import book as book_module
from tickets.drafts.book import KEPT, DraftBook
from tickets.drafts.merging import merge
from tickets.drafts.model import MOST_FIELDS, MOST_LETTERS, KeptField, SentField
from tickets.rules import StandingRules

CALL = "call:1700000000.17"
NEW = "new:0123abcd-0123-4abc-8def-0123456789ab"
MINH = LAN.model_copy(update={"name": "minh"})


def sent(**values: str | tuple[str, int]) -> dict[str, SentField]:
    """Fields as a page sends them: a text, or a text and the version that it was written on."""
    pairs = {name: said if isinstance(said, tuple) else (said, 0) for name, said in values.items()}
    return {name: SentField(value=value, base_version=base) for name, (value, base) in pairs.items()}


@pytest.fixture
def drafts(database: Database, still_clock: StillClock, standing: StandingRules) -> DraftBook:
    """The drafts of the same people and tickets."""
    return DraftBook(database, still_clock, standing)


async def test_what_was_typed_is_there_again_after_a_reload(drafts: DraftBook) -> None:
    await drafts.save(CALL, sent(summary="Đường ngập", topic="giao-thong"), LAN)
    again = await drafts.read(CALL, LAN)
    assert {name: field.value for name, field in again.fields.items()} == {
        "summary": "Đường ngập",
        "topic": "giao-thong",
    }
    assert again.fields["summary"].by == "lan"


async def test_two_people_in_different_fields_disturb_each_other_in_nothing(drafts: DraftBook) -> None:
    await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    told, merged = await drafts.save(CALL, sent(address="ấp Mỹ Đông 2"), MINH)
    assert merged.clashes == ()
    assert {name: field.by for name, field in told.fields.items()} == {"summary": "lan", "address": "minh"}


async def test_of_two_in_one_field_the_slower_one_is_shown_both_versions_and_loses_neither(
    drafts: DraftBook, still_clock: StillClock
) -> None:
    await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    still_clock.advance(seconds=30)
    told, merged = await drafts.save(CALL, sent(summary="Cây đổ", address="ấp Mỹ Đông 2"), MINH)
    (clash,) = merged.clashes
    assert (clash.field, clash.yours.value, clash.theirs.value) == ("summary", "Cây đổ", "Đường ngập")
    assert (clash.theirs.by, clash.theirs.at) == ("lan", still_clock.now() - timedelta(seconds=30))
    assert "lan đã lưu nội dung khác cho ô này lúc 09:00:00 ngày 23/11" in clash.what
    assert told.fields["address"].value == "ấp Mỹ Đông 2"
    assert told.aside["summary"].value == "Cây đổ"
    assert (await drafts.read(CALL, LAN)).aside == {}
    both = ("Đường ngập. Cây đổ", told.fields["summary"].version)
    told, merged = await drafts.save(CALL, sent(summary=both), MINH)
    assert (merged.clashes, told.aside) == ((), {})
    assert told.fields["summary"].value == "Đường ngập. Cây đổ"


async def test_of_many_who_save_one_field_at_the_same_moment_one_is_written_and_every_other_is_kept_aside(
    drafts: DraftBook,
) -> None:
    people = [LAN.model_copy(update={"name": f"người {number}"}) for number in range(6)]
    saved = await asyncio.gather(*(drafts.save(CALL, sent(summary=each.name), each) for each in people))
    assert sum(not merged.clashes for _, merged in saved) == 1
    kept = (await drafts.read(CALL, LAN)).fields["summary"].value
    for each in people:
        told = await drafts.read(CALL, each)
        assert kept == each.name or told.aside["summary"].value == each.name


async def test_what_is_saved_twice_is_saved_once(drafts: DraftBook) -> None:
    first, _ = await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    again, merged = await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    assert again == first
    assert merged.agreed == ("summary",)


async def test_letters_are_kept_composed_however_a_keyboard_sends_them(drafts: DraftBook) -> None:
    told, _ = await drafts.save(CALL, sent(summary="Đươ\u0300ng"), LAN)
    assert told.fields["summary"].value == "Đường"


async def test_a_call_that_is_handed_on_takes_its_draft_along_but_a_slip_of_nothing_is_its_writers_alone(
    drafts: DraftBook,
) -> None:
    await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    await drafts.save(NEW, sent(summary="Việc riêng"), LAN)
    assert (await drafts.read(CALL, MINH)).fields["summary"].value == "Đường ngập"
    assert (await drafts.read(NEW, MINH)).fields == {}


async def test_an_agency_writes_its_own_draft_of_a_ticket_and_no_other_agency_or_side_reads_it(
    drafts: DraftBook, hands: Hands
) -> None:
    key = f"ticket:{await routed(hands)}"
    await drafts.save(key, sent(text="Đã thay bóng đèn."), OFFICER)
    colleague = OFFICER.model_copy(update={"name": "hà"})
    assert (await drafts.read(key, colleague)).fields["text"].by == OFFICER.name
    assert (await drafts.read(key, LAN)).fields == {}
    with pytest.raises(NotFound):
        await drafts.read(key, officer("so-y-te"))
    with pytest.raises(NotFound):
        await drafts.save(CALL, sent(summary="x"), OFFICER)


async def test_the_list_shows_each_person_what_they_have_begun_the_last_first(
    drafts: DraftBook, still_clock: StillClock
) -> None:
    await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    still_clock.advance(minutes=1)
    await drafts.save(NEW, sent(summary="Cây đổ"), LAN)
    await drafts.save("call:other", sent(summary="Của người khác"), MINH)
    assert [draft.key for draft in await drafts.own(LAN)] == [NEW, CALL]
    await drafts.save(NEW, sent(summary=("", 1)), LAN)
    assert [draft.key for draft in await drafts.own(LAN)] == [CALL]


async def test_a_draft_that_somebody_goes_on_writing_is_not_thrown_away(drafts: DraftBook) -> None:
    first, _ = await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    await drafts.save(CALL, sent(address="ấp Mỹ Đông 2"), MINH)
    with pytest.raises(Refused, match="vừa có người viết thêm"):
        await drafts.drop(CALL, LAN, first.version)
    await drafts.drop(CALL, LAN, first.version + 1)
    assert (await drafts.read(CALL, LAN)).fields == {}


async def test_a_window_left_open_does_not_write_over_a_draft_that_was_begun_anew(drafts: DraftBook) -> None:
    first, _ = await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    await drafts.drop(CALL, LAN)
    await drafts.save(CALL, sent(summary="Việc mới"), LAN)
    _, merged = await drafts.save(CALL, sent(summary=("Đường ngập nặng", first.version)), LAN)
    assert [clash.theirs.value for clash in merged.clashes] == ["Việc mới"]


async def test_a_draft_has_its_limits_and_what_is_too_much_changes_nothing(
    drafts: DraftBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"f{number}": "x" for number in range(MOST_FIELDS + 1)}
    with pytest.raises(Invalid, match="quá 40 ô"):
        await drafts.save(CALL, sent(**many), LAN)
    long = {f"f{number}": "x" * MOST_LETTERS for number in range(6)}
    with pytest.raises(Invalid, match="dài quá"):
        await drafts.save(CALL, sent(**long), LAN)
    assert (await drafts.read(CALL, LAN)).version == 0
    monkeypatch.setattr(book_module, "MOST_DRAFTS", 2)
    for number in range(2):
        await drafts.save(f"call:{number}", sent(summary="x"), LAN)
    with pytest.raises(Refused, match="bản nháp chưa xong"):
        await drafts.save("call:2", sent(summary="x"), LAN)


async def test_drafts_that_nobody_touches_are_erased_after_their_time(
    drafts: DraftBook, still_clock: StillClock
) -> None:
    await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    still_clock.instant += KEPT
    await drafts.save(NEW, sent(summary="Cây đổ"), LAN)
    assert await drafts.forget_old() == 0
    still_clock.advance(seconds=1)
    assert await drafts.forget_old() == 1
    assert [draft.key for draft in await drafts.own(LAN)] == [NEW]


async def test_who_listens_is_told_what_changed_and_nothing_when_nothing_did(drafts: DraftBook) -> None:
    heard: list[Any] = []
    drafts.heard = lambda *told: heard.append(told)
    await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    await drafts.save(CALL, sent(summary="Đường ngập"), LAN)
    assert heard == [(CALL, "hotline", LAN, ("summary",), 1)]


async def test_the_interface_tells_a_clash_as_a_problem_with_both_versions(served: Interface) -> None:
    body = {"fields": {"summary": {"value": "Đường ngập", "base_version": 0}}}
    saved = await served.call("PUT", f"/api/drafts/{CALL}", "operator", json=body)
    assert (saved.status, (await saved.json())["fields"]["summary"]["version"]) == (200, 1)
    body = {"fields": {"summary": {"value": "Cây đổ", "base_version": 0}, "topic": {"value": "giao-thong"}}}
    clash = await served.call("PUT", f"/api/drafts/{CALL}", "leader", json=body)
    told = await clash.json()
    assert (clash.status, clash.content_type) == (409, "application/problem+json")
    assert told["clashes"][0]["theirs"]["value"] == "Đường ngập"
    assert told["draft"]["fields"]["topic"]["value"] == "giao-thong"
    lines = (await (await served.get("/api/drafts", "operator")).json())["drafts"]
    assert [(line["key"], line["excerpt"], line["by"]) for line in lines] == [(CALL, "Đường ngập", "leader-None")]
    assert (await served.call("DELETE", f"/api/drafts/{CALL}", "operator")).status == 204
    assert (await (await served.get("/api/drafts", "operator")).json())["drafts"] == []
    for wrong in ("call:", "call:a b", "ticket:123", "new:1", "../x"):
        assert (await served.get(f"/api/drafts/{wrong}", "operator")).status == 404


TEXTS = st.text(alphabet="ab ", max_size=3)
NAMES = st.sampled_from(["summary", "topic", "address"])
STEPS = st.lists(st.tuples(st.integers(0, 2), st.dictionaries(NAMES, TEXTS, min_size=1), st.booleans()), max_size=12)


@given(STEPS)
def test_whatever_three_people_save_in_whatever_order_no_text_is_written_over_unseen(steps: Any) -> None:
    """Each person saves on the versions that they have seen; some look at the draft afterwards, some do not."""
    kept: dict[str, KeptField] = {}
    views: list[dict[str, int]] = [{}, {}, {}]
    for version, (person, said, looks) in enumerate(steps, start=1):
        view = views[person]
        new = {name: SentField(value=value, base_version=view.get(name, 0)) for name, value in said.items()}
        before = dict(kept)
        merged = merge(kept, new)
        assert {*merged.changed, *merged.agreed, *(clash.field for clash in merged.clashes)} == set(said)
        for name, value in merged.changed.items():
            lost = before.get(name)
            assert lost is None or not lost.value.strip() or lost.version == view.get(name, 0)
            kept[name] = KeptField(value=value, version=version, by=str(person), at=TAKEN)
            view[name] = version
        for clash in merged.clashes:
            assert clash.theirs == before[clash.field]
            assert clash.yours == new[clash.field]
        assert merge(kept, {name: new[name] for name in merged.changed}).clashes == ()
        if looks:
            view |= {name: field.version for name, field in kept.items()}
