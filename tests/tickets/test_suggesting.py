"""Suggestions: what a caller's words propose and why, in their own words; nothing is guessed in silence, nothing is stored."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.access import Actor
from hotline1022.base.db import Database
from hotline1022.base.rule_files import RuleFileError
from tests.interface import Interface
from tests.tickets.conftest import LAN, Hands, StillClock
from tests.tickets.test_life import TAKEN, opened, routed
from tickets.rules import Rules, StandingRules
from tickets.suggesting.heard import Heard, SpokenWord
from tickets.suggesting.proposing import Chosen, propose
from tickets.suggesting.suggester import Suggester

CALLER = (
    "Chào cô, tôi ở ấp Mỹ Đông hai, chỗ trường tiểu học, đường ngập tới đầu gối, cái trụ điện nó nghiêng dữ lắm… "
    "Hồi trước là xã Mỹ Thọ, huyện Cao Lãnh"
)


def spoken(text: str) -> list[SpokenWord]:
    """Words as a recogniser gives them, one each second."""
    return [SpokenWord(word, float(second)) for second, word in enumerate(text.split())]


async def test_a_callers_words_propose_topic_place_and_agency_each_with_their_seconds(rules: Rules) -> None:
    told = propose(Heard(spoken(CALLER)), rules, TAKEN)
    topic, other = told.topic
    assert (topic.value, topic.reason, other.value) == ("cong-cong", "vì nghe “đường ngập”", "dien")
    assert [(word.w, word.start) for word in topic.words] == [("đường", 12.0), ("ngập", 13.0)]
    assert (told.place[0].value, told.place[0].reason) == ("30076", "vì nghe “xã Mỹ Thọ”")
    assert [word.start for word in told.place[0].words] == [27.0, 28.0, 29.0]
    assert told.agency[0].value == "xa-30076"
    assert "dòng “ha-tang-xa”" in told.agency[0].reason
    assert "Bảng phân công bản 1" in told.agency[0].reason
    assert [word.start for word in told.agency[0].words] == [12.0, 13.0, 27.0, 28.0, 29.0]
    assert told.question is None


async def test_words_of_danger_are_heard_with_little_words_between_and_say_what_to_do(rules: Rules) -> None:
    (danger,) = propose(Heard(spoken(CALLER)), rules, TAKEN).danger
    assert (danger.words, danger.seconds, danger.line) == ("trụ điện nó nghiêng", 18.0, None)
    assert danger.advice.startswith("Dạ, ông/bà đứng xa")
    (fire,) = propose(Heard.of_text("nhà tôi đang bốc cháy"), rules, TAKEN).danger[-1:]
    assert (fire.seconds, fire.line) == (None, "114")


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("tôi ở xã Tân Mỹ", "Dạ, nhiều nơi có tên này: chỗ ông/bà nói trước ngày 1/7/2025 thuộc huyện Lấp Vò hay huyện Thanh Bình ạ?"),
        ("tôi ở huyện Cao Lãnh", "Dạ, ông/bà ở xã, phường nào của huyện Cao Lãnh trước đây ạ?"),
    ],
)  # fmt: skip
async def test_an_old_name_that_means_several_places_brings_the_question_to_read_out(
    rules: Rules, words: str, question: str
) -> None:
    told = propose(Heard(spoken(f"{words} mất nước mấy ngày nay")), rules, TAKEN)
    assert told.question == question
    assert len(told.place) > 1
    # A place that is not certain sends nothing to anybody.
    assert [one.value for one in told.agency] == ["ttpvhcc"]


async def test_an_old_name_of_one_place_says_what_became_of_it(rules: Rules) -> None:
    told = propose(Heard(spoken("ở xã Tân Mỹ huyện Thanh Bình")), rules, TAKEN)
    assert (told.question, told.place[0].name) == (None, "Xã Thanh Bình")
    assert told.place[0].reason == "vì nghe “xã Tân Mỹ”: xã Tân Mỹ trước đây, nay thuộc xã Thanh Bình"


async def test_what_a_person_has_chosen_is_never_proposed_against_and_the_rest_follows_from_it(rules: Rules) -> None:
    told = propose(Heard(spoken(CALLER)), rules, TAKEN, Chosen(topic="dien", place="29869"))
    assert (told.topic, told.place, told.question) == ((), (), None)
    assert [one.value for one in told.agency] == ["dien-luc"]


async def test_typing_without_marks_is_understood_too(rules: Rules) -> None:
    told = propose(Heard.of_text("rac hoi thoi khong ai don"), rules, TAKEN)
    assert told.topic[0].value == "moi-truong"
    # With marks they count: a "rạc" is no "rác".
    assert propose(Heard.of_text("đi rạc cả chân"), rules, TAKEN).topic == ()


async def test_every_shipped_phrase_speaks_for_the_topic_that_it_stands_under(rules: Rules) -> None:
    assert set(rules.phrases.topics) <= set(rules.topics.codes)
    for topic, phrases in rules.phrases.topics.items():
        for phrase in phrases:
            told = propose(Heard.of_text(phrase), rules, TAKEN)
            assert topic in [one.value for one in told.topic], phrase
    for danger in rules.phrases.dangers:
        for words in danger.words:
            assert danger.advice in [one.advice for one in propose(Heard.of_text(words), rules, TAKEN).danger], words


WORDS = st.lists(
    st.one_of(
        st.sampled_from(CALLER.split()), st.text(min_size=1, max_size=6).filter(lambda word: word.split() == [word])
    )
)


@given(WORDS)
def test_whatever_is_said_every_reason_is_in_the_callers_own_words(words: list[str]) -> None:
    rules, said = RULES, [SpokenWord(word, float(index)) for index, word in enumerate(words)]
    told = propose(Heard(said), rules, TAKEN)
    for one in (*told.topic, *told.place, *told.agency):
        assert all(SpokenWord(word.w, word.start) in said for word in one.words)
        assert len(one.reason) > 0
    for danger in told.danger:
        assert danger.seconds in {word.start for word in said}
    assert all(len(field) <= 4 for field in (told.topic, told.place, told.agency))


RULES = Rules.load()


@pytest.fixture
def suggester(database: Database, still_clock: StillClock, standing: StandingRules) -> Suggester:
    """Proposals on the same tickets."""
    return Suggester(database, still_clock, standing)


async def test_open_tickets_of_the_same_place_and_matter_are_shown_with_how_many_have_reported_them(
    suggester: Suggester, hands: Hands, still_clock: StillClock
) -> None:
    main = await routed(hands, "main", topic="cong-cong", place="29869", summary="Ngập trước chợ Mỹ Ngãi")
    for number in range(2):
        same = await opened(hands, f"same-{number}", topic="cong-cong", place="29869")
        await hands.move(same.code, LAN, "merge", into=main)
    worded = await opened(hands, "worded", topic="khac", place="29869", summary="Nước ngập đường trước chợ Cao Lãnh")
    await opened(hands, "other-matter", topic="thai-do", place="29869", summary="Cán bộ không tiếp dân")
    await opened(hands, "elsewhere", topic="cong-cong", place="29926", summary="Ngập trước chợ")
    old = TAKEN - timedelta(days=8)
    await opened(hands, "old", topic="cong-cong", place="29869", summary="Ngập trước chợ", taken_at=old)
    told = await suggester.suggest(LAN, call=None, text="đường ngập nước trước chợ phường Cao Lãnh", chosen=Chosen())
    assert [(one.code, one.reporters) for one in told.similar] == [(main, 3), (worded.code, 1)]
    assert told.similar[0].reason == "cùng Phường Cao Lãnh, cùng lĩnh vực, trong 7 ngày qua"
    assert "lời kể gần giống" in told.similar[1].reason


async def test_no_ticket_is_alike_while_the_place_is_not_known_and_a_sealed_one_never_is(
    suggester: Suggester, hands: Hands
) -> None:
    await opened(hands, "one", topic="to-cao", place="29869", summary="Tố cáo nhận hối lộ")
    unclear = await suggester.suggest(LAN, call=None, text="tố cáo nhận hối lộ", chosen=Chosen())
    clear = await suggester.suggest(LAN, call=None, text="tố cáo nhận hối lộ", chosen=Chosen(place="29869"))
    assert (unclear.similar, clear.similar) == ((), ())


async def test_the_words_of_a_call_are_asked_for_in_the_name_of_whoever_asks(suggester: Suggester) -> None:
    asked: list[tuple[str, Actor]] = []

    async def words_of(call: str, by: Actor) -> Sequence[SpokenWord]:
        asked.append((call, by))
        return spoken("rác hôi thối")

    suggester.words_of = words_of
    told = await suggester.suggest(LAN, call="c1", text="ở phường Cao Lãnh", chosen=Chosen())
    assert asked == [("c1", LAN)]
    assert (told.topic[0].value, told.place[0].value) == ("moi-truong", "29869")
    assert [word.start for word in told.place[0].words] == [None, None, None]


async def test_suggestions_are_asked_for_in_the_address_or_in_the_body(served: Interface) -> None:
    short = await (await served.get("/api/suggestions?text=mất điện&topic=", "operator")).json()
    assert short["topic"][0]["value"] == "dien"
    body = {"text": f"{'dạ ' * 3000} mất điện"}
    long = await (await served.post("/api/suggestions", "operator", json=body)).json()
    assert long["topic"] == short["topic"]
    assert (await served.get("/api/suggestions?text=x", "officer")).status == 403


def test_a_provinces_phrases_of_a_topic_that_is_not_there_are_told_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "phrases.yaml").write_text("version: 1\ntopics:\n  dien: [mất điện]\n  gi-day: [ngập]\n", "utf-8")
    with pytest.raises(RuleFileError, match="không có lĩnh vực “gi-day”") as caught:
        Rules.load(tmp_path)
    assert caught.value.line == 4
    (tmp_path / "phrases.yaml").write_text("version: 1\ntopics:\n  dien: ['Mất điện']\n", "utf-8")
    with pytest.raises(RuleFileError, match="viết chữ thường") as caught:
        Rules.load(tmp_path)
    assert caught.value.line == 3
