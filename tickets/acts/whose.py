"""Which agency somebody means who names one in a move. Pure; nothing is stored here."""

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import Invalid
from tickets.change import Change


def standing(change: Change, agency: str, field: str) -> str:
    """The agency of today that ``agency`` names, or its heir. Raises Invalid for one nobody knows."""
    if agency not in change.rules.agencies.by_code:
        raise Invalid(f"Không có cơ quan nào mang mã “{agency[:64]}”", field=field)
    found = change.rules.agencies.standing_for(agency, change.now.astimezone(CIVIL_ZONE).date())
    if found is None:
        raise Invalid(f"{change.name_of(agency)} không còn và không có cơ quan kế thừa", field=field)
    return found.code
