"""What becomes of a ticket whose agency has ended: the successor owes what was still owed. Pure; nothing is stored here."""

from collections.abc import Mapping

from hotline1022.base.clock import CIVIL_ZONE
from tickets.agencies import Agency
from tickets.change import Change
from tickets.clocks import CLOCKS, halted
from tickets.events import TicketMoved
from tickets.model import HOTLINE, Stage
from tickets.stages import OPEN


def inherit(change: Change, *, again: bool = False) -> bool:
    """Give everything that ended agencies still owe on this ticket to their successors of today; returns whether there was anything.

    A ticket that has been answered keeps the name of the agency that answered it, unless it is ``again`` to be answered.
    """
    heirs = _heirs(change)
    lead = change["agency"]
    leads = lead in heirs and (again or change.stage in OPEN)
    owed = [each for each in change.deadlines if each.running and each.party in heirs]
    if not leads and not owed:
        return False
    if leads:
        reason = f"{change['agency_reason']} {_why(change, heirs, lead)}"
        change.set(agency=heirs[lead].code, agency_reason=reason)
    for party in [each for each in change.parties if each.agency in heirs]:
        heir = heirs[party.agency].code
        if heir not in (change["agency"], *(each.agency for each in change.parties)):
            taken_over = party.model_copy(update={"agency": heir})
            change.parties.append(taken_over)
            change.touched_parties.append(taken_over)
    for deadline in owed:
        moved = change.recompute(deadline, party=heirs[deadline.party].code)
        if change.stage is Stage.WAITING and CLOCKS[moved.clock].stops:
            change.put(moved, halted(moved))
    for letter in [each for each in change.letters if each.open and each.agency in heirs]:
        change.letters.put(letter, letter.model_copy(update={"agency": heirs[letter.agency].code}))
    change.end("contribute", how="dropped", party=change["agency"])
    ended = ([lead] if leads else []) + [each.party for each in owed]
    told = " ".join(_why(change, heirs, code) for code in dict.fromkeys(ended))
    change.journal("inherited", told, heirs={code: heirs[code].code for code in dict.fromkeys(ended)})
    if leads and not again:
        change.set(version=change["version"] + 1)
        answer = change.answer()
        change.tell(
            TicketMoved(
                at=change.now,
                code=change.code,
                version=change["version"],
                move="inherit",
                previous=change.stage,
                stage=change.stage,
                actor=change.actor.name,
                agency=change["agency"],
                due=answer.due if answer else None,
            )
        )
    return True


def _heirs(change: Change) -> Mapping[str, Agency]:
    agencies, day = change.rules.agencies, change.now.astimezone(CIVIL_ZONE).date()
    named = {change["agency"], *(each.agency for each in change.parties), *(each.party for each in change.deadlines)}
    found = {code: agencies.standing_for(code, day) for code in named - {HOTLINE} if code in agencies.by_code}
    return {code: heir for code, heir in found.items() if heir is not None and heir.code != code}


def _why(change: Change, heirs: Mapping[str, Agency], code: str) -> str:
    ended = change.rules.agencies.agency(code)
    until = f" từ sau ngày {ended.valid_to:%d/%m/%Y}" if ended.valid_to else ""
    return f"{heirs[code].name} kế thừa {ended.name}{until}."
