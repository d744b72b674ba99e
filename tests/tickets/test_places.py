"""Which commune people mean: every old and new name, ambiguous ones asked about, ordinary speech left alone."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tickets.gazetteer import split_unit
from tickets.localities import OldCommune
from tickets.places import Finding
from tickets.rules import Rules
from tickets.spelling import syllable, tokens

SPLIT = {"Xã Phú Thuận B", "Xã Gáo Giồng", "Xã Tân Thạnh"}


def names(finding: Finding) -> list[str]:
    """The candidates' names, best first."""
    return [candidate.name for candidate in finding.candidates]


def without_marks(text: str) -> str:
    """As typed on a bare keyboard."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def old_communes(rules: Rules) -> tuple[OldCommune, ...]:
    """Every commune of before."""
    assert len(rules.localities.old) == 305
    return rules.localities.old


@pytest.mark.parametrize(
    "written",
    [
        "{name}, {district}",
        "{district} {name}",
        "tôi gọi từ {name} {district} đường bị hư nặng mấy hôm nay",
        "{name} {district_name}",
    ],
)
@pytest.mark.parametrize("marks", [True, False])
def test_every_old_commune_with_its_district_is_resolved_and_split_ones_are_asked_about(
    rules: Rules, written: str, marks: bool
) -> None:
    for old in old_communes(rules):
        text = written.format(name=old.name, district=old.district, district_name=split_unit(old.district)[1])
        found = rules.places.find(text.lower() if marks else without_marks(text).lower())
        if len(old.became) == 1 and (found.certain or "{district}" in written):
            assert found.certain is not None, (text, found)
            assert found.certain.code == old.became[0], (text, found)
        else:
            assert found.question, (text, found)
            assert set(old.became) <= {candidate.code for candidate in found.candidates}, (text, found)


def test_an_old_name_without_its_district_is_right_or_asked_about(rules: Rules) -> None:
    for old in old_communes(rules):
        found = rules.places.find(f"rác chất đống ở {old.name}".lower())
        assert set(old.became) <= {candidate.code for candidate in found.candidates}, (old, found)
        if found.certain:
            assert (found.certain.code,) == old.became


def test_every_name_of_today_is_first_among_its_candidates(rules: Rules) -> None:
    for commune in rules.localities.communes.values():
        found = rules.places.find(f"Sự cố ở {commune.in_sentence}")
        assert found.candidates[0].code == commune.code, (commune, found)


@pytest.mark.parametrize("name", sorted(SPLIT))
def test_split_communes_are_asked_about_by_hamlet(rules: Rules, name: str) -> None:
    district = "Thanh Bình" if name == "Xã Tân Thạnh" else {"Xã Gáo Giồng": "Cao Lãnh"}.get(name, "Hồng Ngự")
    found = rules.places.find(f"{name}, huyện {district}")
    assert len(found.candidates) == 2
    assert found.certain is None
    assert found.question is not None
    assert "ấp, khóm nào" in found.question


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("P.5 Mỹ Tho", "Phường Đạo Thạnh"),
        ("p5 tp mỹ tho", "Phường Đạo Thạnh"),
        ("F.5, TP. Mỹ Tho", "Phường Đạo Thạnh"),
        ("phường năm thành phố mỹ tho", "Phường Đạo Thạnh"),
        ("phuong 5 my tho", "Phường Đạo Thạnh"),
        ("tt. Lai Vung", "Xã Hòa Long"),
        ("TT Lai Vung", "Xã Hòa Long"),
        ("xã Lai Vung", "Xã Lai Vung"),
        ("phường Cao Lãnh", "Phường Cao Lãnh"),
        ("xã tân phú huyện thanh bình", "Xã Thanh Bình"),
        ("xã thường phước một", "Xã Thường Phước"),
        ("xã tân phước hai", "Xã Tân Phước 2"),
        ("xã mỹ trà", "Phường Mỹ Trà"),
        ("ở xã Hoà Tân, Châu Thành", "Xã Tân Nhuận Đông"),
        ("xã mĩ quí", "Xã Mỹ Quí"),
        ("Xã Đốc Binh Kiều", "Xã Đốc Binh Kiều"),
        ("ở xã đốc binh kiểu", "Xã Đốc Binh Kiều"),
        ("anh nguyễn phú cường ở ấp ba xã phong hoà huyện lai vung", "Xã Phong Hòa"),
        ("đường Nguyễn Huệ, P. Mỹ Phú, Tp. Cao Lãnh", "Phường Mỹ Trà"),
    ],
)
def test_what_people_write_and_say_is_understood(rules: Rules, text: str, name: str) -> None:
    found = rules.places.find(text)
    assert found.certain is not None, found
    assert found.certain.name == name


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("phường 5", "thành phố Gò Công, thành phố Mỹ Tho hay thị xã Cai Lậy"),
        ("xã Tân Phú", "Nhiều nơi có tên này"),
        ("xã Long Khánh", "huyện Hồng Ngự hay thị xã Cai Lậy"),
        ("huyện Châu Thành", "Châu Thành (Tiền Giang) hay huyện Châu Thành (Đồng Tháp)"),
        ("tp Cao Lãnh", "Ông/bà ở xã, phường nào của thành phố Cao Lãnh trước đây?"),
        ("tôi ở sa đéc", "Ông/bà ở xã, phường nào của thành phố Sa Đéc trước đây?"),
        ("phường hai thành phố cao lãnh", "Ông/bà ở xã, phường nào của thành phố Cao Lãnh trước đây?"),
        ("xã đốt binh kiều", "Có phải nơi xảy ra là xã Đốc Binh Kiều không?"),
        ("từ xã mỹ hiệp đến xã bình hàng trung", "Nơi xảy ra là xã Mỹ Hiệp hay xã Bình Hàng Trung?"),
        ("gáo dòng", "ấp, khóm nào"),
        ("phường 1c thành phố mỹ tho", "Ông/bà ở xã, phường nào của thành phố Mỹ Tho trước đây?"),
        ("xã đông hòa hiêp", "Ông/bà nói xã Đông Hòa hay xã Đông Hòa Hiệp?"),
        ("xã mỹ an hung cua toi", "xã Mỹ An Hưng"),
    ],
)
def test_what_is_not_certain_is_asked(rules: Rules, text: str, asked: str) -> None:
    found = rules.places.find(text)
    assert found.certain is None
    assert found.question is not None
    assert asked in found.question


@pytest.mark.parametrize(
    "text",
    [
        "",
        "...",
        "khách sạn ba sao",
        "chúng tôi muốn hòa bình và thành công",
        "tình hình bình thường không có gì mới",
        "xã hội ngày nay phát triển lắm",
        "anh nguyễn phú cường gọi cho tôi",
        "chị Kim Sơn là cán bộ",
        "quận Tân Phú thành phố Hồ Chí Minh",
        "tỉnh Phú Thọ",
        "đường Tân Thành bị ngập",
        "con đường trước nhà tôi bị hư hai tháng nay chưa ai sửa",
        "điện cúp từ tối hôm qua tới giờ chưa có lại",
        "cái bè trôi trên sông",
        "người dân an cư lạc nghiệp",
        "hồ sơ của tôi trễ hẹn mười ngày rồi cán bộ trả lời không rõ ràng",
        "rác không ai thu gom bốc mùi hôi thối suốt tuần nay",
        "karaoke hát tới khuya ồn ào không ngủ được",
        "cho tôi hỏi thủ tục làm căn cước cho con",
        "nước máy chảy yếu và đục mấy hôm rồi",
        "đèn đường không sáng nguy hiểm cho bà con đi lại ban đêm",
        "tôi thấy thành tâm cảm ơn các anh chị đã xử lý nhanh",
        "mỗi phường một kiểu giải quyết",
        "các xã đều có trạm y tế",
        "tôi là công nhân đi làm xa bình thường tối mới về",
    ],
)
def test_ordinary_speech_names_no_place(rules: Rules, text: str) -> None:
    assert rules.places.find(text) == Finding((), None)


@given(st.text(max_size=300))
def test_no_text_breaks_the_search_and_no_answer_is_a_silent_guess(rules: Rules, text: str) -> None:
    found = rules.places.find(text)
    scores = [candidate.score for candidate in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert found.candidates or found.question is None
    assert found.certain is None or found.certain.score >= 0.85


VOCABULARY = "xã phường huyện ở tân thạnh phú mỹ hiệp cao lãnh 5 b gáo giồng thị trấn , . p tt tp đường"
words = st.sampled_from(VOCABULARY.split())


@given(st.lists(words, max_size=30).map(" ".join))
def test_names_in_any_disorder_never_make_a_silent_guess(rules: Rules, text: str) -> None:
    found = rules.places.find(text)
    assert len({candidate.code for candidate in found.candidates}) == len(found.candidates)
    if len(found.candidates) > 1 and found.certain:
        assert found.candidates[0].score - found.candidates[1].score > 0.09


LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụ"


def edited(name: str, kind: str, at: int, letter: str) -> str:
    """``name`` with one letter left out, put in, put in place of another, or changed with its neighbour."""
    at %= len(name)
    if kind == "swap":
        return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
    return name[:at] + ("" if kind == "out" else letter) + name[at + (0 if kind == "in" else 1) :]


def spells(text: str) -> tuple[str, ...]:
    """A name as it is compared: its syllables with their marks."""
    return tuple(token.syllable.toned for token in tokens(text))


SAID = ("{unit} {name}", "ở {unit} {name}", "{unit} {name}, {district}", "ở {unit} {name} {district}")


@settings(max_examples=400, deadline=None)
@given(
    st.integers(0, 102 + 305 - 1),
    st.tuples(st.sampled_from(("out", "in", "other", "swap")), st.integers(0, 40), st.sampled_from(LETTERS)),
    st.sampled_from(SAID),
)
def test_one_wrong_letter_in_any_name_never_makes_a_silent_guess(
    rules: Rules, which: int, slip: tuple[str, int, str], said: str
) -> None:
    everything: list[tuple[str, str, tuple[str, ...]]]
    everything = [(commune.name, "", (code,)) for code, commune in rules.localities.communes.items()]
    everything += [(old.name, old.district, old.became) for old in old_communes(rules)]
    whole, district, became = everything[which]
    unit, name = split_unit(whole)
    wrong = edited(name.lower(), *slip)
    if spells(wrong) in {spells(split_unit(each)[1]) for each, _, _ in everything}:
        return  # one letter makes another commune's name of it: nobody can hear the difference
    text = said.format(unit=unit.lower(), name=wrong, district=district.lower()).strip(" ,")
    found = rules.places.find(text)
    assert found.certain is None or (found.certain.code,) == became, (text, whole, district, found)


def test_communes_of_one_name_stay_apart_by_what_was_said(rules: Rules) -> None:
    """The two codes 82 and 87 and the names that moved: what was said decides, never the order of a table."""
    for text, name in (
        ("xã tân phú đông, thành phố sa đéc", "Xã Tân Dương"),
        ("xã tân phú đông, huyện tân phú đông", "Xã Tân Phú Đông"),
        ("xã an bình huyện cao lãnh", "Phường Mỹ Trà"),
        ("phường an bình", "Phường An Bình"),
        ("thị trấn lai vung", "Xã Hòa Long"),
        ("phường 1 sa đéc", "Phường Sa Đéc"),
        ("phường một thành phố mỹ tho", "Phường Mỹ Tho"),
        ("p.1, tp. gò công", "Phường Gò Công"),
    ):
        found = rules.places.find(text)
        assert (found.certain.name if found.certain else None) == name, (text, found)


@pytest.mark.parametrize(
    ("heard", "old"),
    [
        ("xã gáo dồng huyện cao lãnh", "Xã Gáo Giồng"),
        ("xã phông hòa huyện lai vung", "Xã Phong Hòa"),
        ("xã trâu thành", "Xã Châu Thành"),
        ("xã chàm trim huyện tam nông", "Thị trấn Tràm Chim"),
        ("phường năm mỹ tho", "Phường 5"),
        ("xã xơn qui", "Phường Sơn Qui"),
        ("xã vỉnh hựu", "Xã Vĩnh Hựu"),
        ("xã tâng dương", "Xã Tân Dương"),
        ("xã mỷ trà thành phố cao lảnh", "Phường Mỹ Trà"),
        ("xã rừng thạnh huyện tân phước", "Xã Hưng Thạnh"),
    ],
)
def test_what_a_recogniser_makes_of_a_name_is_never_something_else_for_certain(
    rules: Rules, heard: str, old: str
) -> None:
    right = {code for each in old_communes(rules) if each.name == old for code in each.became}
    right |= {code for code, commune in rules.localities.communes.items() if commune.name == old}
    assert right
    found = rules.places.find(heard)
    assert found.certain is None or found.certain.code in right, (heard, found)
    assert not found.candidates or right & {candidate.code for candidate in found.candidates} or found.question, found


@pytest.mark.parametrize(("left", "right"), [("hoà", "hòa"), ("quý", "quí"), ("mỹ", "mĩ"), ("thuỷ", "thủy")])
def test_two_ways_of_writing_one_syllable_are_one(left: str, right: str) -> None:
    assert syllable(left).toned == syllable(right).toned


@pytest.mark.parametrize(
    ("left", "right"), [("giồng", "dòng"), ("vĩnh", "dỉnh"), ("trung", "chung"), ("sơn", "xơn"), ("tân", "tâng")]
)
def test_what_the_south_does_not_tell_apart_sounds_the_same(left: str, right: str) -> None:
    assert syllable(left).sound == syllable(right).sound


@pytest.mark.parametrize(("left", "right"), [("đông", "dông"), ("hai", "hay"), ("mỹ", "mễ"), ("an", "anh hai")])
def test_different_syllables_stay_different(left: str, right: str) -> None:
    assert syllable(left).toned != syllable(right).toned


def test_an_abbreviations_full_stop_is_no_pause() -> None:
    assert [(token.word, token.breaks) for token in tokens("P.5, tt. Lai Vung. Hết")] == [
        ("p", False),
        ("5", False),
        ("tt", True),
        ("lai", False),
        ("vung", False),
        ("hết", True),
    ]
