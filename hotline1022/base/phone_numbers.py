"""Telephone numbers as people and trunks write them, to E.164. Whom a number belongs to is not asked here."""

import re

import phonenumbers

_ELEVEN_DIGIT_MOBILES = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036",
    "0167": "037", "0168": "038", "0169": "039",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
"""Prefixes of the mobile numbers that lost a digit between 15 September and 14 November 2018, and what they became."""

_DIALLED = re.compile(r"\+?[0-9]{3,18}", re.ASCII)


def e164(text: str | None, *, area: str = "277") -> str | None:
    """The number in E.164 (``+84912345678``), or None when it is hidden, internal, or no telephone number.

    Spaces, dots, dashes, brackets, slashes and a SIP address around it are forgiven. ``area`` is the province's area
    code, added to a subscriber number dialled without one. An extension behind the number is left out.
    """
    number = _digits(text or "")
    if number is None:
        return None
    if number.startswith("00"):
        number = "+" + number[2:]
    if number.startswith("+84"):
        number = "0" + number[3:].removeprefix("0")
    elif number.startswith("84") and len(number) in (11, 12):
        number = "0" + number[2:]
    if not number.startswith("+"):
        if len(number) == 11 and number[:4] in _ELEVEN_DIGIT_MOBILES:
            number = _ELEVEN_DIGIT_MOBILES[number[:4]] + number[4:]
        elif len(number) == 7 and number[0] in "23456789":
            number = f"0{area}{number}"
        elif not number.startswith("0"):
            number = "0" + number if len(number) == 9 else number
    try:
        parsed = phonenumbers.parse(number, "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def masked(number: str | None) -> str:
    """A number as it is shown to those who need not ring it: the last three digits. "Ẩn số" when there is none."""
    return f"*** *** {number[-3:]}" if number else "Ẩn số"


def _digits(text: str) -> str | None:
    text = text.strip()
    if text.lower().startswith(("sip:", "sips:", "tel:")):
        text = text.split(":", 1)[1].split("@", 1)[0].split(";", 1)[0]
    text = re.split(r"(?:ext\.?|máy lẻ|[x#,;])", text, maxsplit=1, flags=re.IGNORECASE)[0]
    text = re.sub(r"[\s.\-()/]", "", text)
    return text if _DIALLED.fullmatch(text) else None
