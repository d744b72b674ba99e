"""Which agency answers: topic x place x day through a table of rules, the first that fits, with the reason. Pure."""

import re
from datetime import date
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from hotline1022.base.errors import HotlineError
from hotline1022.base.rule_files import RuleModel, WrongAt
from tickets.agencies import Agencies, Agency, committee_code
from tickets.localities import Commune, in_sentence
from tickets.topics import Topics

COMMUNE = "commune"
"""In a rule: the People's Committee of the place, whichever it is."""


class RoutingRule(RuleModel):
    """One row of ``routing.yaml``; its comments say what each field means."""

    id: str
    topics: tuple[str, ...] = ()
    place: Literal["needed"] | None = None
    old_province: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    agency: str
    because: str = Field(min_length=1)

    @model_validator(mode="after")
    def _can_be_meant(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise WrongAt("quy tắc kết thúc trước khi bắt đầu", "valid_to")
        needs_place = self.place is not None or self.old_province is not None or self.agency == COMMUNE
        for blank in re.findall(r"{[^}]*}", self.because):
            if blank != "{topic}" and not (blank == "{place}" and needs_place):
                told = (
                    "chỉ dùng được khi quy tắc cần nơi xảy ra (place: needed)"
                    if blank == "{place}"
                    else "không có nghĩa"
                )
                raise WrongAt(f"{blank} {told}", "because")
        return self


class RoutingRules(RuleModel):
    """``routing.yaml``."""

    version: int
    rules: tuple[RoutingRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        ids = [rule.id for rule in self.rules]
        for index, rule in enumerate(self.rules):
            if rule.id in ids[:index]:
                raise WrongAt(f"hai quy tắc cùng tên “{rule.id}”", "rules", index, "id")
        return self


class Route(NamedTuple):
    """The agency that answers, the rule that chose it, and the reason in one Vietnamese sentence."""

    agency: Agency
    rule: str
    reason: str


def route(
    topic: str, place: Commune | None, day: date, *, rules: RoutingRules, topics: Topics, agencies: Agencies
) -> Route:
    """Who answers a report on ``topic`` at ``place`` that came in on ``day``. Raises HotlineError when no rule fits.

    A topic that has been taken out of the file since is nobody's in particular: the rules for every topic decide.
    """
    wider = topics.wider(topic)
    for rule in rules.rules:
        if not _fits(rule, wider, place, day):
            continue
        code = committee_code(place.code) if rule.agency == COMMUNE and place else rule.agency
        agency = agencies.standing_for(code, day)
        if agency is None:
            continue
        because = rule.because.replace("{place}", place.in_sentence if place else "").replace(
            "{topic}", in_sentence(topics.name_of(topic))
        )
        heir = f", kế thừa {agencies.agency(code).name}" if agency.code != code else ""
        return Route(agency, rule.id, f"Chuyển {agency.name}{heir}: {because}.")
    raise HotlineError(f"Không quy tắc nào chọn được cơ quan cho lĩnh vực “{topic}”")


def _fits(rule: RoutingRule, wider: tuple[str, ...], place: Commune | None, day: date) -> bool:
    return (
        (not rule.topics or any(topic in rule.topics for topic in wider))
        and (place is not None or (rule.place is None and rule.agency != COMMUNE))
        and (rule.old_province is None or (place is not None and place.old_province == rule.old_province))
        and (rule.valid_from is None or rule.valid_from <= day)
        and (rule.valid_to is None or day <= rule.valid_to)
    )
