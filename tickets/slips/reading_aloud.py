"""A slip as the operator reads it back to the citizen: one sentence a line, and what is still missing, named. Pure."""

import re
from datetime import date, datetime, timedelta
from typing import Literal

from hotline1022.base.clock import CIVIL_ZONE, WEEKDAY_NAMES
from ivr.speech import DIGITS
from tickets.localities import in_sentence
from tickets.values import Value

Address = Literal["ong", "ba", "anh", "chi", "ong-ba"]
"""How the operator addresses the citizen, by ear: never guessed by a machine."""

ADDRESSES: dict[Address, str] = {"ong": "ông", "ba": "bà", "anh": "anh", "chi": "chị", "ong-ba": "ông/bà"}

_GROUPS = {10: (4, 3, 3), 11: (4, 4, 3)}
"""How the digits of a number are grouped: mobile numbers, and those with an area code of four."""
_MOST_SENTENCES = 12


class SlipText(Value):
    """What is read back; None where it is not known."""

    summary: str | None = None
    topic_name: str | None = None
    place_name: str | None = None
    address: str | None = None
    citizen_name: str | None = None
    anonymous: bool = False
    """The citizen does not want to be named: nobody asks for the name again."""
    number: str | None = None
    agency_name: str | None = None
    due: datetime | None = None
    by_the_hour: bool = False
    """Whether the hour of ``due`` matters: of urgent matters."""
    referral: str | None = None


class Sentence(Value):
    """One sentence. ``missing`` are the fields that its gaps, in square brackets, ask for."""

    text: str
    missing: tuple[str, ...] = ()


def read_back(slip: SlipText, address: Address = "ong-ba", *, today: date) -> tuple[Sentence, ...]:
    """The sentences, from the greeting to the question whether it is right."""
    who = ADDRESSES[address]
    whose = who.capitalize() if address != "ong-ba" else "Ông/bà"
    told = [Sentence(text="Dạ, tôi xin đọc lại."), *_matter(slip.summary, whose), _place(slip), *_name(slip, whose)]
    told += [_number(slip.number), *_way(slip, today)]
    return (*told, Sentence(text="Như vậy đúng chưa ạ?"))


def spoken_number(number: str) -> str:
    """A telephone number digit by digit, in the groups in which people say it."""
    digits = re.sub(r"\D", "", f"0{number[3:]}" if number.startswith("+84") else number)
    groups, start = [], 0
    for size in _GROUPS.get(len(digits), ()) if digits.startswith("0") else ():
        groups.append(digits[start : start + size])
        start += size
    while start < len(digits):
        groups.append(digits[start : start + 3])
        start += 3
    return ", ".join(" ".join(DIGITS[int(digit)] for digit in group) for group in groups)


def spoken_day(day: date, *, today: date) -> str:
    """A day as it is said: the first ten of a month are "mùng"; the year only where it is not this one."""
    year = "" if day.year == today.year else f" năm {day.year}"
    return f"{WEEKDAY_NAMES[day.weekday()]} ngày {'mùng ' if day.day <= 10 else ''}{day.day} tháng {day.month}{year}"


def _matter(summary: str | None, whose: str) -> list[Sentence]:
    parts = [part.strip() for part in re.split(r"(?<=[.!?…])\s+|\n+", summary or "") if part.strip()]
    if not parts:
        return [Sentence(text=f"{whose} phản ánh [chưa có nội dung].", missing=("summary",))]
    first, *others = [_ended(part) for part in parts[:_MOST_SENTENCES]]
    return [Sentence(text=f"{whose} phản ánh {_lowered(first)}"), *(Sentence(text=each) for each in others)]


def _place(slip: SlipText) -> Sentence:
    missing = [name for name, value in (("address", slip.address), ("place", slip.place_name)) if not value]
    address = slip.address.strip(" .,") if slip.address else "[chưa có số nhà, ấp]"
    place = in_sentence(slip.place_name) if slip.place_name else "[chưa có xã, phường]"
    told = address if slip.place_name and place.lower() in address.lower() else f"{address}, {place}"
    return Sentence(text=f"Nơi xảy ra là {told}.", missing=tuple(missing))


def _name(slip: SlipText, whose: str) -> list[Sentence]:
    if slip.anonymous:
        return [
            Sentence(text=f"{whose} không muốn nêu tên, tổng đài không cho cơ quan xử lý biết {whose.lower()} là ai.")
        ]
    if not slip.citizen_name:
        return [Sentence(text=f"{whose} tên là [chưa có tên].", missing=("citizen_name",))]
    return [Sentence(text=f"{whose} tên là {slip.citizen_name.strip()}.")]


def _number(number: str | None) -> Sentence:
    if not number:
        return Sentence(text="Số liên hệ là [chưa có số điện thoại].", missing=("number",))
    return Sentence(text=f"Số liên hệ là {spoken_number(number)}.")


def _way(slip: SlipText, today: date) -> list[Sentence]:
    if slip.referral:
        return [Sentence(text=_ended(slip.referral))]
    if slip.agency_name is None:
        return [Sentence(text="Phiếu được chuyển đến [chưa chọn cơ quan].", missing=("agency",))]
    if slip.due is None:
        return [Sentence(text=f"Phiếu do {slip.agency_name} trả lời.")]
    due = (slip.due - timedelta(microseconds=1)).astimezone(CIVIL_ZONE)
    hour = ""
    if slip.by_the_hour:
        at = slip.due.astimezone(CIVIL_ZONE)
        due = at if at.time() != datetime.min.time() else due
        hour = f"{at.hour or 24} giờ {f'{at.minute} ' if at.minute else ''}"
    day = spoken_day(due.date(), today=today)
    return [Sentence(text=f"Phiếu được chuyển đến {slip.agency_name}, hạn trả lời {hour}{day}.")]


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in ".!?…" else f"{sentence}."


def _lowered(sentence: str) -> str:
    """With a small first letter, unless a name begins it: a capital follows in the next word, or in the same one."""
    first, _, rest = sentence.partition(" ")
    names = first[1:] != first[1:].lower() or (rest[:1].isupper() and rest[:1].isalpha()) or not first[:1].isalpha()
    return sentence if names else sentence[0].lower() + sentence[1:]
