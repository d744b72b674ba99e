"""Who would answer a report and by when, with the reasons, before it is written down. Pure; nothing is stored."""

from datetime import datetime

from pydantic import AwareDatetime

from hotline1022.base.errors import Invalid
from tickets.clocks import CLOCKS
from tickets.model import HOTLINE
from tickets.rules import Rules
from tickets.telling import HOTLINE_NAME
from tickets.values import Value


class PreviewDeadline(Value):
    """A promise as it would be made."""

    promise: str
    """The name of the clock: ``answer`` is what the citizen is told."""
    title: str
    party_name: str
    due: AwareDatetime
    why: str
    basis: str
    expected: bool
    """Whether it passes over days whose public holidays have not been decided yet."""


class Preview(Value):
    """What would become of a report."""

    agency: str
    agency_name: str
    why_agency: str
    rule: str
    """The row of the routing table, with its version."""
    deadlines: tuple[PreviewDeadline, ...]
    """The answer's first, then the others by their due time."""
    referral: str | None
    """What the citizen is told instead, of a matter that the hotline does not handle."""


def preview(
    rules: Rules,
    now: datetime,
    *,
    topic: str | None = None,
    place: str | None = None,
    urgent: bool = False,
    taken_at: datetime | None = None,
) -> Preview:
    """What ``tickets.desk`` and a routing at once would make of a report. Raises Invalid for codes that nobody knows."""
    topic = topic or rules.topics.unknown
    if topic not in rules.topics.codes:
        raise Invalid("Không có lĩnh vực này", remedy="chọn mã trong danh mục lĩnh vực", field="topic")
    if place is not None and place not in rules.localities.communes:
        raise Invalid("Không có xã, phường này", remedy="chọn mã xã, phường ngày nay", field="place")
    taken_at = min(taken_at or now, now)
    route = rules.route(topic, place, taken_at)
    clocks = list(rules.first_clocks(topic, route.agency.code, taken_at, urgent=urgent))
    accept = rules.start_clock("accept", None, party=route.agency.code, starts=now, taken_at=taken_at, urgent=urgent)
    clocks += [accept] if accept is not None else []
    referred = rules.topics.is_referred(topic)
    ordered = sorted(clocks, key=lambda each: (each.clock != "answer", each.due))
    return Preview(
        agency=route.agency.code,
        agency_name=route.agency.name,
        why_agency=route.reason,
        rule=f"{route.rule} · bảng phân công bản {rules.routing.version}",
        deadlines=tuple(
            PreviewDeadline(
                promise=each.clock,
                title=CLOCKS[each.clock].title,
                party_name=HOTLINE_NAME if each.party == HOTLINE else rules.agencies.name_of(each.party),
                due=each.due,
                why=each.explanation,
                basis=each.basis,
                expected=each.expected,
            )
            for each in (() if referred else ordered)
        ),
        referral=rules.topics.topic(topic).referral,
    )
