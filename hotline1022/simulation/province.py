"""What the province itself has told of its hotline, beside what we assume where it told nothing. Figures only; nothing is drawn here.

Figures marked "own" are the province's: its published months of 2021 and 2022, and one month's slips by level of handling. All others
are assumptions of this simulation, chosen so that every stage of the work occurs; none of them is a measurement of this province.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tickets.model import Channel


@dataclass(frozen=True)
class Month:
    """A month as the province's form has it. Own: all three columns of each month below."""

    calls: int
    """Calls that came in."""
    slips: int
    channels: Mapping[Channel, int]


QUIET = Month(420, 442, {Channel.PHONE: 346, Channel.ZALO: 42, Channel.WEB: 38, Channel.FACEBOOK: 13, Channel.EMAIL: 3})
"""April 2022, own: the quietest month of which all columns are known."""
FULL = Month(1083, 774, {Channel.PHONE: 603, Channel.ZALO: 61, Channel.WEB: 76, Channel.FACEBOOK: 27, Channel.EMAIL: 7})
"""January 2022, own: the fullest ordinary month. Ordinary months are drawn between the two, all columns by the same share."""
SURGE = Month(
    9024, 8617, {Channel.PHONE: 8006, Channel.WEB: 440, Channel.EMAIL: 88, Channel.ZALO: 48, Channel.FACEBOOK: 35}
)
"""October 2021, own: the surge of the Covid epidemic."""

AT_ONCE = 143 / 191
"""Own, of one month: slips on the first level of handling. That the first level means "answered at once" is our reading."""

HOURS = {
    5: 1,
    6: 4,
    7: 12,
    8: 18,
    9: 19,
    10: 15,
    11: 7,
    12: 3,
    13: 11,
    14: 15,
    15: 13,
    16: 9,
    17: 4,
    18: 3,
    19: 3,
    20: 2,
    21: 1,
}
"""Assumed: how contacts lie over the hours of a working day, in Vietnam's time; the morning is the fuller half."""
WEEKDAYS = (1.2, 1.05, 1.0, 1.0, 0.95, 0.3, 0.2)
"""Assumed: Monday first."""
HOLIDAY = 0.15
"""Assumed: a public holiday beside an ordinary day."""

TOPICS: Mapping[str, float] = {
    # Of "thủ tục hành chính" the province's own share is 160 of 774 and 115 of 442: 23 % together, divided here by assumption.
    "huong-dan-thu-tuc": 10, "tinh-trang-ho-so": 4, "ho-so-tre-hen": 2, "dich-vu-cong-truc-tuyen": 4, "hen-tai-nha": 3,
    # Own: these six are the most frequent others, in this order; the shares are assumed.
    "dat-dai": 14, "bao-tro": 11, "cu-tru": 9, "an-ninh-trat-tu": 2, "lao-dong": 8, "giao-thong": 6, "tu-phap": 5,
    # Assumed.
    "xay-dung": 2, "cap-nuoc": 2, "dien": 3, "cong-cong": 3, "moi-truong": 3, "y-te": 3, "giao-duc": 1.5, "doanh-nghiep": 1,
    "nong-nghiep": 1.5, "vien-thong": 0.5, "van-hoa": 0.5, "thi-truong": 0.5, "thai-do": 1, "quy-dinh": 0.3, "hien-ke": 0.5,
    "khieu-nai": 0.6, "to-cao": 0.2, "khac": 1,
}  # fmt: skip
SURGE_TOPICS: Mapping[str, float] = {"y-te": 60, "bao-tro": 20, **{code: share / 5 for code, share in TOPICS.items()}}
"""Assumed: an epidemic's questions and its allowances."""

MENU = {"hanh-chinh": "1", "ha-tang": "2", "gop-y": "3"}
"""The key of the menu for a topic's widest one; the others press 0."""

WARD, COMMUNE = 3.0, 1.0
"""Assumed: how often a ward is the place beside a rural commune; each also has a factor of its own between one half and two."""

URGENT = 0.02
ANONYMOUS = 0.03
BUSINESS = 0.05
HIDDEN = 0.03
"""Assumed: shares of reports; ``HIDDEN`` is of calls without a number."""
REFUSED_RECORDING = 0.02
"""Assumed: who presses 9 after the notice."""
GONE_IN_MENU = 0.25
"""Assumed: of the calls that leave no slip, those that end in the menu: look-ups by key 4, and who hangs up."""
IMPATIENT_SECONDS, PATIENT_SECONDS = 75.0, 600.0
"""Assumed: the mean patience in the queue of somebody with a short question, and of somebody with a matter to report."""
ABANDONED_AT_ONCE = 0.03
"""Assumed: of the callers with a short question, those who hang up while an operator's telephone already rings."""

HEARD_IN = (0.25, 1.2)
"""Assumed: how long the recogniser needs for a call, as a share of its length; from the least to the most."""
TOLD_BY_PHONE = 0.7
"""Assumed: of those who rang. With it calls out are some 0.3 to 0.5 of calls in; own: 0.29 and 0.53."""
PUBLISHED = 0.2
"""Assumed: of agencies' answers, those that a leader publishes."""

NUMBERS = "+8495"
"""Numbers begin so. Vietnam keeps no range for examples; this one belonged to S-Fone, a network that is closed as far as we know. Whether
it was given to somebody else was not verified: a database with simulated traffic must never have a line to the outside."""
