"""Speech is cut at pauses, and no frame of it is lost."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from transcription.speech_gate import LEAST_SPEECH, LONGEST, OPENS_AT, PAUSE, PRE_ROLL, TAIL, Cut, SpeechGate


def cuts_of(
    probabilities: list[float], loudness: list[float] | None = None, longest: int | None = LONGEST
) -> list[Cut]:
    gate = SpeechGate(longest)
    steps = [gate.step(p, q) for p, q in zip(probabilities, loudness or [1.0] * len(probabilities), strict=True)]
    return [cut for cut in [*steps, gate.finish()] if cut]


def test_a_sentence_keeps_what_came_before_its_onset_and_a_tail() -> None:
    (cut,) = cuts_of([0.0] * 20 + [0.9] * 30 + [0.0] * 40)
    assert (cut.start, cut.onset, cut.last, cut.end) == (20 - PRE_ROLL, 20, 49, 50 + TAIL)


def test_a_pause_shorter_than_the_limit_does_not_cut() -> None:
    assert len(cuts_of([0.9] * 10 + [0.0] * (PAUSE - 1) + [0.9] * 10 + [0.0] * PAUSE)) == 1


def test_a_pause_cuts() -> None:
    assert len(cuts_of([0.9] * 10 + [0.0] * PAUSE + [0.9] * 10)) == 2


def test_what_a_caller_says_before_hanging_up_in_mid_word_is_kept() -> None:
    (cut,) = cuts_of([0.0] * 5 + [0.9] * 70)
    assert cut.end == 75


def test_a_click_is_not_an_utterance() -> None:
    assert cuts_of([0.0] * 10 + [0.9] * (LEAST_SPEECH - 1) + [0.0] * 60) == []


def test_hesitant_speech_stays_open_between_the_two_thresholds() -> None:
    (cut,) = cuts_of([0.9] * 5 + [0.4] * 100 + [0.0] * PAUSE)
    assert cut.last == 104


def test_endless_talk_is_cut_at_the_quietest_recent_frame() -> None:
    loudness = [1.0] * 600
    loudness[400] = 0.01
    first, second = cuts_of([0.9] * 600, loudness)
    assert not first.paused
    assert first.end == second.start == 400


FRAMES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=1200)


@given(FRAMES)
def test_utterances_are_ordered_bounded_and_hold_their_speech(frames: list[tuple[float, float]]) -> None:
    cuts = cuts_of([p for p, _ in frames], [q for _, q in frames])
    for cut in cuts:
        assert 0 <= cut.start <= cut.onset <= cut.last < cut.end <= len(frames)
        assert cut.end - cut.start <= LONGEST
    for before, after in pairwise(cuts):
        assert before.end <= after.start


@given(st.lists(st.tuples(st.booleans(), st.integers(LEAST_SPEECH, 500)), max_size=12))
def test_no_frame_of_speech_falls_between_two_utterances(stretches: list[tuple[bool, int]]) -> None:
    frames = [0.95 if speaks else 0.0 for speaks, length in stretches for _ in range(length)]
    covered = {index for cut in cuts_of(frames) for index in range(cut.start, cut.end)}
    assert all(index in covered for index, probability in enumerate(frames) if probability >= OPENS_AT)
