"""Claims about what a reader's eye is led to: few doubts, the worst of them, joined; and whatever has to be right."""

from hypothesis import given
from hypothesis import strategies as st

from transcription.marks import UNSURE, doubtful, solid
from transcription.model import Word


def word(w: str, conf: float = 0.9, leg: str = "caller", at: float = 0.0) -> Word:
    return Word.model_validate({"w": w, "start": at, "end": at + 0.3, "conf": conf, "leg": leg})


def said(text: str) -> list[Word]:
    return [word(each, at=index / 2) for index, each in enumerate(text.split())]


def marked(text: str, places: frozenset[int] = frozenset()) -> str:
    """The solid words of a line."""
    words = said(text)
    return " ".join(words[index].w for index in sorted(solid(words, places)))


WORDS = st.lists(st.builds(word, st.just("từ"), st.floats(0, 1), st.sampled_from(["caller", "operator"])), max_size=300)


@given(WORDS)
def test_never_more_than_one_word_in_ten_is_doubted(words: list[Word]) -> None:
    assert len(doubtful(words)) * 10 <= len(words)


@given(WORDS)
def test_no_word_is_marked_that_is_surer_than_one_left_out_but_for_what_joins_two_marks(words: list[Word]) -> None:
    found = doubtful(words)
    rows = {leg: [index for index, each in enumerate(words) if each.leg == leg] for leg in ("caller", "operator")}
    for index in found:
        row = rows[words[index].leg]
        at = row.index(index)
        joins = 0 < at < len(row) - 1 and row[at - 1] in found and row[at + 1] in found
        left_out = [each.conf for other, each in enumerate(words) if other not in found]
        assert joins or (words[index].conf < UNSURE and words[index].conf <= min(left_out, default=1.0))


def test_a_call_that_was_heard_well_has_no_mark_at_all() -> None:
    assert doubtful([word("rõ", 0.8)] * 200) == frozenset()


def test_marks_that_all_but_touch_are_one() -> None:
    words = [word("rõ", 0.9)] * 40
    words[10], words[12] = word("mờ", 0.1), word("mờ", 0.2)
    assert doubtful(words) == {10, 11, 12}


def test_the_other_speaker_stands_between_no_two_neighbours() -> None:
    words = [word("rõ", 0.9)] * 40
    words[10], words[11], words[12], words[13] = (
        word("mờ", 0.1),
        word("dạ", 0.9, "operator"),
        word("rõ", 0.9),
        word("mờ", 0.2),
    )
    assert doubtful(words) == {10, 12, 13}


def test_numbers_dates_and_names_are_read_back_whatever_the_score() -> None:
    assert marked("nhà tôi số một hai ba từ ngày năm tháng bảy") == "một hai ba ngày năm tháng bảy"
    assert marked("hẹn tám giờ sáng thứ hai hoặc chủ nhật") == "tám giờ thứ hai chủ nhật"
    assert marked("dạ tôi tên Trần Văn Bảy ở ấp ba") == "Trần Văn Bảy ba"
    assert marked("tôi tên là nguyễn thị lan ở đây") == "nguyễn thị lan"
    assert marked("đường ngập nước quá trời") == ""
    assert marked("ở chợ Mỹ Thọ. Đường hư") == "Mỹ Thọ."


def test_places_are_told_by_who_knows_them() -> None:
    assert marked("ngập ở mỹ thọ rồi", frozenset({2, 3})) == "mỹ thọ"
