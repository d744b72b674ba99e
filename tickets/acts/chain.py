"""Whom a matter goes to when it goes higher: links of the policy's chain as offices, and the step to the province's leaders. Pure."""

from tickets.change import Change
from tickets.events import TicketEscalated
from tickets.model import HOTLINE
from tickets.policies import AGENCY_HEAD, HOTLINE_LEADER


def office_of(change: Change, link: str, party: str) -> str:
    """What people read for a link of an escalation chain about a promise of ``party``."""
    if link == HOTLINE_LEADER or (link == AGENCY_HEAD and party == HOTLINE):
        return "trưởng ca tổng đài"
    code = party if link == AGENCY_HEAD else link
    agency = change.rules.agencies.by_code.get(code)
    return f"{agency.head_title} {agency.name}" if agency else f"người đứng đầu {code}"


def to_leaders(change: Change, clock: str, reason: str) -> None:
    """Make it a matter of the province's leaders (level 3); the last link of the agencies' chain is told."""
    chain = change.policy.chain(hotline=False)
    link = chain[-1].to if chain else HOTLINE_LEADER
    name = office_of(change, link, change["agency"])
    change.set(level=3)
    change.journal("raised", f"Trình {name} (cấp độ 3): {reason}", to=link)
    change.tell(
        TicketEscalated(
            at=change.now,
            code=change.code,
            clock=clock,
            party=change["agency"],
            to=link,
            to_name=name,
            level=3,
            reason=reason,
        )
    )
