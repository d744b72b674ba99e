"""Claims about personal data in texts that are to be published: what is found, what is not, and that nothing of it is left."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.publication.redaction import (
    ADDRESS,
    CODE,
    IDENTITY,
    LEFT_OUT,
    LONG,
    MAIL,
    NAME,
    PHONE,
    PLATE,
    Citizen,
    find_personal,
    places,
    redacted,
)

ANH = Citizen("20261233", "+84912345678", "Nguyễn Thị Ánh", "Số 12/3A đường Nguyễn Huệ, khóm 2, phường Cao Lãnh")


def kinds(text: str, citizen: Citizen = ANH) -> list[str]:
    """What is found, in order."""
    return [each.kind for each in find_personal(text, citizen)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Gọi 0987654321 nhé.", PHONE),
        ("Gọi 0987.654.321.", PHONE),
        ("Gọi 0987 654 321", PHONE),
        ("Gọi 098 765-4321", PHONE),
        ("Gọi (+84) 987 654 321", PHONE),
        ("Gọi +84987654321", PHONE),
        ("Gọi 0084 987 654 321", PHONE),
        ("Máy bàn 0277 3851 234", PHONE),
        ("số không chín một hai ba bốn năm sáu bảy tám", PHONE),
        ("còn số 34 56 78 của tôi: 2345678", PHONE),
        ("Thư về le.van+b@gmail.com", MAIL),
        ("Thư về le.van @ gmail. com", MAIL),
        ("Căn cước 087 200 012 345", IDENTITY),
        ("CCCD 087200012345.", IDENTITY),
        ("CMND 141234567", LONG),
        ("mã khách hàng PB10010012345", LONG),
        ("xe 66-B1 123.45", PLATE),
        ("phiếu 20261233", CODE),
        ("phiếu 2026 1233", CODE),
        ("Bà Nguyễn Thị Ánh ở đây", NAME),
        ("ba nguyen thi anh o day", NAME),
        ("bà NGUYỄN THỊ ÁNH", NAME),
        ("bà Nguyển Thị Ánh", NAME),
        ("chị Ánh phản ánh", NAME),
        ("người gửi: Thị Ánh", NAME),
        ("Nguyễn Ánh phản ánh", NAME),
        ("nhà 12/3A Nguyễn Huệ bị ngập", ADDRESS),
        ("số 12/3a đường nguyen hue bị ngập", ADDRESS),
    ],
)
def test_what_tells_who_somebody_is_is_found(text: str, kind: str) -> None:
    assert kinds(text) == [kind]
    clean = redacted(text, ANH)
    assert LEFT_OUT in clean
    assert kinds(clean) == []


@pytest.mark.parametrize(
    "text",
    [
        "Đèn đường trước chợ tắt từ 08.12.2026, sửa xong 17:00 ngày 10-12-2026 08:30.",
        "Kinh phí 120.000.000.000 đồng, mỗi hộ 1.500.000đ.",
        "Theo Quyết định 31/2021/QĐ-TTg ngày 11/10/2021, gọi 1022 hoặc 1900 1234.",
        "Giờ làm việc 07:30-11:30 và 13:30-17:00.",
        "Ánh sáng trên đường Nguyễn Huệ yếu, khóm 2 phản ánh.",
        "Công an phường Cao Lãnh đã nhắc.",
        "Ba mươi hộ, năm mươi hai người.",
    ],
)
def test_dates_money_laws_hotlines_and_ordinary_words_are_nobodys(text: str) -> None:
    assert kinds(text) == []
    assert redacted(text, ANH) == text


def test_a_name_of_two_syllables_is_not_taken_for_the_word_that_it_also_is() -> None:
    citizen = Citizen("20261233", name="Công An")
    assert kinds("Công an xã đã đến; việc công an toàn.", citizen) == []
    assert kinds("Ông Công An đã đến.", citizen) == [NAME]


def test_text_with_marks_apart_from_their_letters_is_read_as_any_other() -> None:
    assert kinds(unicodedata.normalize("NFD", "Bà Nguyễn Thị Ánh")) == [NAME]


def test_a_ticket_without_name_number_and_address_hides_nothing_by_itself() -> None:
    assert kinds("Bà Nguyễn Thị Ánh ở 12 Nguyễn Huệ", Citizen("20261233")) == []


def test_the_place_is_told_by_line_and_characters_and_never_by_the_words() -> None:
    text = "Đèn tắt.\nGọi 0987654321 cho bà Nguyễn Thị Ánh."
    told = places(text, find_personal(text, ANH))
    assert told == "số điện thoại (dòng 2, ký tự 5 đến 14), tên người gửi (dòng 2, ký tự 23 đến 36)"
    assert text.splitlines()[1][4:14] == "0987654321"


@given(st.text(alphabet="0123456789 .-+@aÁánhNguyễnThị\n/", max_size=80))
def test_nothing_is_found_any_more_in_what_was_redacted(text: str) -> None:
    assert find_personal(redacted(text, ANH), ANH) == ()


@given(st.from_regex(r"\A(?:\+84|0)[ .\-]?9[ .\-]?1[ .\-]?2[ .\-]?3[ .\-]?4[ .\-]?5[ .\-]?6[ .\-]?7[ .\-]?8\Z"))
def test_the_citizens_own_number_is_found_however_it_is_grouped(written: str) -> None:
    assert kinds(f"số {written} đây") == [PHONE]
