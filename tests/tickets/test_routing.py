"""Who answers and until when: every topic everywhere has an agency, a reason and a deadline."""

from datetime import date, datetime

import pytest

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import HotlineError
from tickets.agencies import Agencies, Agency, committee_code
from tickets.localities import Commune
from tickets.routing import RoutingRule, RoutingRules, route
from tickets.rules import Rules

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=CIVIL_ZONE)
CAO_LANH, MY_THO = "29869", "28261"


def test_every_topic_at_every_commune_has_an_agency_that_exists_and_a_reason(rules: Rules) -> None:
    for topic in rules.topics.codes:
        for place in (None, *rules.localities.communes):
            chosen = rules.route(topic, place, NOW)
            assert chosen.agency.exists_on(NOW.date())
            assert chosen.reason.startswith(f"Chuyển {chosen.agency.name}")
            assert "{" not in chosen.reason


def test_every_topic_has_an_answer_deadline_with_an_explanation(rules: Rules) -> None:
    for topic in rules.topics.codes:
        for urgent in (False, True):
            agency = rules.route(topic, CAO_LANH, NOW).agency
            deadlines = {d.clock: d for d in rules.first_clocks(topic, agency.code, NOW, urgent=urgent)}
            assert deadlines["answer"].due > NOW
            assert deadlines["answer"].explanation.startswith("Hạn ")
            assert ("respond" in deadlines) is urgent


@pytest.mark.parametrize(
    ("key", "topic"), [("1", "hanh-chinh"), ("2", "ha-tang"), ("3", "gop-y"), ("5", "hen-tai-nha")]
)
def test_the_menu_says_what_a_report_is_about(rules: Rules, key: str, topic: str) -> None:
    found = rules.topics.of_key(key)
    assert found is not None
    assert found.code == topic


@pytest.mark.parametrize("key", ["4", "0", "9", "*", "", "12"])
def test_keys_that_are_no_topic_have_none(rules: Rules, key: str) -> None:
    assert rules.topics.of_key(key) is None


@pytest.mark.parametrize(
    ("topic", "place", "agency"),
    [
        ("ha-tang", None, "ttpvhcc"),
        ("ha-tang", CAO_LANH, "xa-29869"),
        ("moi-truong", CAO_LANH, "xa-29869"),
        ("dien", CAO_LANH, "dien-luc"),
        ("cap-nuoc", MY_THO, "cap-nuoc-tien-giang"),
        ("cap-nuoc", CAO_LANH, "cap-nuoc-dong-thap"),
        ("cap-nuoc", None, "ttpvhcc"),
        ("ho-so-tre-hen", CAO_LANH, "ttpvhcc"),
        ("thai-do", None, "so-noi-vu"),
        ("to-cao", CAO_LANH, "ttpvhcc"),
        ("khac", None, "ttpvhcc"),
    ],
)
def test_the_shipped_table_sends_reports_where_the_province_would(
    rules: Rules, topic: str, place: str | None, agency: str
) -> None:
    assert rules.route(topic, place, NOW).agency.code == agency


def test_a_street_fault_is_promised_within_three_working_days(rules: Rules) -> None:
    answer = next(
        each for each in rules.first_clocks("giao-thong", "ttpvhcc", NOW, urgent=False) if each.clock == "answer"
    )
    assert (answer.target, answer.policy) == ("3wd", "2026.1")
    assert answer.due == datetime(2026, 11, 27, 17, 0, tzinfo=CIVIL_ZONE)
    assert answer.calendar == rules.calendar("state").version


def test_every_figure_of_every_policy_names_its_basis(rules: Rules) -> None:
    for policy in rules.policies.policies:
        tiers = [p for tier in policy.tiers.values() for p in (tier.answer, tier.respond) if p is not None]
        assert all(promise.basis for promise in (*tiers, *policy.stages.values()))


def test_a_ticket_is_judged_by_the_policy_of_its_day(rules: Rules) -> None:
    old = rules.policies.policies[0]
    later = old.model_copy(update={"version": "2027.1", "valid_from": date(2027, 1, 1)})
    policies = rules.policies.model_copy(update={"policies": (later, old)})
    assert policies.on(date(2026, 12, 31)).version == "2026.1"
    assert policies.on(date(2027, 1, 1)).version == "2027.1"
    with pytest.raises(HotlineError, match="Chưa có chính sách"):
        policies.on(date(2018, 1, 1))


def test_an_agency_that_ended_is_answered_for_by_its_successor(rules: Rules) -> None:
    table = RoutingRules(version=1, rules=(RoutingRule(id="duong", agency="so-gtvt", because="đường tỉnh"),))
    before, later = (
        route("giao-thong", None, day, rules=table, topics=rules.topics, agencies=rules.agencies)
        for day in (date(2025, 2, 28), date(2025, 3, 1))
    )
    assert before.agency.code == "so-gtvt"
    assert later.agency.code == "so-xay-dung"
    assert later.reason == "Chuyển Sở Xây dựng, kế thừa Sở Giao thông vận tải: đường tỉnh."


def test_a_topic_that_has_been_taken_out_of_the_file_still_finds_somebody(rules: Rules) -> None:
    chosen = rules.route("tu-thien", CAO_LANH, NOW)
    assert (chosen.rule, chosen.agency.code) == ("con-lai", "ttpvhcc")


def test_rules_hold_only_between_their_days(rules: Rules) -> None:
    table = RoutingRules(
        version=1,
        rules=(
            RoutingRule(
                id="a", agency="so-xay-dung", because="x", valid_from=date(2026, 2, 1), valid_to=date(2026, 2, 28)
            ),
            RoutingRule(id="b", agency="ttpvhcc", because="y"),
        ),
    )
    days = (date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 1))
    chosen = [route("dien", None, day, rules=table, topics=rules.topics, agencies=rules.agencies).rule for day in days]
    assert chosen == ["b", "a", "a", "b"]


def test_nobody_is_chosen_silently(rules: Rules) -> None:
    table = RoutingRules(version=1, rules=(RoutingRule(id="a", topics=("dien",), agency="dien-luc", because="x"),))
    with pytest.raises(HotlineError, match="Không quy tắc nào"):
        route("y-te", None, NOW.date(), rules=table, topics=rules.topics, agencies=rules.agencies)


def test_every_commune_has_a_committee_with_a_spoken_name(rules: Rules) -> None:
    spoken = rules.agencies.spoken_names()
    for commune in rules.localities.communes.values():
        assert spoken[committee_code(commune.code)] == f"Ủy ban nhân dân {commune.in_sentence}"
    assert spoken[committee_code(CAO_LANH)] == "Ủy ban nhân dân phường Cao Lãnh"
    assert all(spoken.values())


def test_a_committee_the_province_wrote_itself_is_kept(rules: Rules) -> None:
    own = Agency(code="xa-1", name="UBND xã A", short="A", spoken="ủy ban xã A", kind="commune")
    communes = {"1": Commune("1", "Xã A", "Đồng Tháp"), "2": Commune("2", "Xã B", "Đồng Tháp")}
    completed = Agencies(version=1, agencies=(own,)).with_communes(communes)
    assert completed.spoken_names() == {"xa-1": "ủy ban xã A", "xa-2": "Ủy ban nhân dân xã B"}


def test_an_unknown_topic_agency_or_commune_is_told(rules: Rules) -> None:
    for ask in (
        lambda: rules.topics.topic("gì"),
        lambda: rules.agencies.agency("ai"),
        lambda: rules.route("dien", "00000", NOW),
    ):
        with pytest.raises(HotlineError, match="Không có"):
            ask()
