"""One contract for every recogniser, the stand-in too; and what is particular to Vosk and Whisper."""

import threading
from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bench.speech import errors, over_the_telephone, voices
from hotline1022.base.errors import HotlineError
from tests.transcription.conftest import model
from tests.transcription.fakes import LoudDetector, LoudRecogniser
from tests.transcription.signals import hum, keys, noise, pcm, ringback, silence, tone, wav
from transcription.after_call import legs_of, transcribe
from transcription.audio import levelled, seconds_of, through_telephone
from transcription.feeding import CHUNK_FRAMES
from transcription.model import BYTES_PER_SECOND, Heard, Recogniser, Span, Word
from transcription.speech_gate import FRAME_BYTES
from transcription.vad import VoiceDetector, VoiceMemory, as_frames
from transcription.vosk_engine import VoskRecogniser
from transcription.whisper_engine import WhisperRecogniser

CHUNK = CHUNK_FRAMES * FRAME_BYTES


def listen(recogniser: Recogniser, audio: bytes, at: float = 0.0) -> list[Heard]:
    """One utterance through a fresh stream, chunk by chunk."""
    stream = recogniser.stream("caller")
    heard = []
    for offset in range(0, len(audio), CHUNK):
        heard += stream.feed(audio[offset : offset + CHUNK], at + offset / BYTES_PER_SECOND)
    heard += stream.flush(at)
    assert stream.flush() == [], "nothing is given twice"
    return heard


def finals(heard: list[Heard]) -> list[Word]:
    return [word for said, final in heard if final for word in said.words]


def alike(one: list[Word], other: list[Word]) -> bool:
    """Mostly the same words. Not all: Kaldi adds a little noise to the sound it hears, other noise each time."""
    return SequenceMatcher(a=[word.w for word in one], b=[word.w for word in other]).ratio() > 0.6


class RecogniserContract:
    """What whoever uses a recogniser may rely on. Subclasses give the engine and a voice in its language."""

    def test_silence_gives_no_word(self, engine: Recogniser) -> None:
        if not engine.needs_gate:
            assert finals(listen(engine, pcm(silence(2.0)))) == []

    def test_a_voice_gives_words_in_order_within_the_audio(self, engine: Recogniser, voice: bytes) -> None:
        words = finals(listen(engine, voice))
        assert len(words) >= 3
        assert {word.leg for word in words} == {"caller"}
        for word in words:
            assert 0 <= word.start <= word.end <= seconds_of(voice) + 0.5
        assert all(one.start <= other.start for one, other in pairwise(words))

    def test_words_lie_where_the_leg_says_the_audio_lay(self, engine: Recogniser, voice: bytes) -> None:
        early, late = finals(listen(engine, voice)), finals(listen(engine, voice, at=100.0))
        assert alike(early, late)
        assert late[0].start - early[0].start == pytest.approx(100.0, abs=0.1)
        assert late[-1].end - early[-1].end == pytest.approx(100.0, abs=0.1)

    def test_what_is_final_was_never_taken_back(self, engine: Recogniser, voice: bytes) -> None:
        for said, final in listen(engine, voice):
            assert said.words or said.rejected
            assert final or said.rejected is None

    def test_a_whole_recording_gives_utterances_in_order(self, engine: Recogniser, voice: bytes) -> None:
        gap = pcm(silence(1.5))
        audio = voice + gap + voice
        start = seconds_of(voice + gap)
        speech = [Span(0, seconds_of(voice)), Span(start, start + seconds_of(voice))]
        said = list(engine.whole(audio, "operator", speech))
        words = [word for utterance in said for word in utterance.words]
        assert {word.leg for word in words} == {"operator"}
        assert any(word.end < start - 1 for word in words)
        assert any(word.start > start - 0.5 for word in words)
        assert not any(word.start < start - 1.2 and word.end > start for word in words), "a word spans the pause"

    def test_threads_share_one_model(self, engine: Recogniser, voice: bytes) -> None:
        alone = finals(listen(engine, voice))
        results: list[list[Word]] = []

        def run() -> None:
            results.append(finals(listen(engine, voice)))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 2
        assert all(alike(alone, together) for together in results)


class TestStandIn(RecogniserContract):
    @pytest.fixture
    def engine(self) -> Recogniser:
        return LoudRecogniser()

    @pytest.fixture
    def voice(self) -> bytes:
        return pcm(tone(300, 2.0))


@pytest.mark.engine
class TestVosk(RecogniserContract):
    """The Korean model is real; espeak's Korean is hardly intelligible to it, so only structure is claimed."""

    @pytest.fixture
    def engine(self, vosk: Recogniser) -> Recogniser:
        return vosk

    @pytest.fixture
    def voice(self, korean: bytes) -> bytes:
        return korean

    def test_partial_words_come_while_the_person_still_speaks(self, engine: Recogniser, voice: bytes) -> None:
        heard = listen(engine, voice)
        assert not heard[0].final
        assert heard[-1].final
        texts = [said.text for said, final in heard if not final]
        assert all(one != other for one, other in pairwise(texts)), "only changes are told"

    def test_words_lie_on_sound(self, engine: Recogniser, voice: bytes) -> None:
        audio = np.frombuffer(voice, dtype="<i2").astype(float) / 32768
        for word in finals(listen(engine, voice)):
            middle = int((word.start + word.end) / 2 * 8000)
            assert np.abs(audio[max(middle - 800, 0) : middle + 800]).max() > 0.01

    def test_a_grammar_restricts_what_can_be_heard(self, engine: Recogniser, voice: bytes) -> None:
        stream = engine.stream("caller", phrases=["안녕", "날씨"])
        heard = stream.feed(voice, 0.0) + stream.flush()
        assert {word.w for word in finals(heard)} <= {"안녕", "날씨"}

    def test_noise_is_not_believed(self, engine: Recogniser) -> None:
        assert len(finals(listen(engine, pcm(noise(3.0, 0.05))))) <= 1

    def test_a_folder_without_a_model_is_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(HotlineError, match="models fetch vosk-vi"):
            VoskRecogniser(tmp_path, "vosk-vi")


@pytest.mark.engine
class TestWhisper(RecogniserContract):
    @pytest.fixture
    def engine(self, whisper: Recogniser) -> Recogniser:
        return whisper

    @pytest.fixture
    def voice(self, vietnamese: bytes) -> bytes:
        return vietnamese

    def test_it_understands_a_person(self, engine: Recogniser, voice: bytes) -> None:
        said = " ".join(word.w.lower() for word in finals(listen(engine, through_telephone(voice))))
        assert "chúng ta có thể áp dụng" in said
        assert "với người khác" in said

    def test_the_first_word_begins_where_the_detector_heard_the_voice(self, engine: Recogniser, voice: bytes) -> None:
        stream = engine.stream("caller")
        stream.feed(pcm(silence(0.25)) + voice, 10.0)
        first = finals(stream.flush(10.3))[0]
        assert first.start == pytest.approx(10.3, abs=0.15)

    def test_an_endless_sound_gives_no_endless_text(self, engine: Recogniser) -> None:
        heard = listen(engine, pcm(hum(6.0) + tone(440, 6.0)))
        assert len(finals(heard)) < 40

    def test_a_folder_without_a_model_is_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(HotlineError, match="models fetch whisper-base"):
            WhisperRecogniser(tmp_path, "whisper-base", workers=1)


@pytest.mark.engine
def test_after_the_call_both_sides_are_written_down(
    whisper: Recogniser, detector: VoiceDetector, vietnamese: bytes
) -> None:
    quiet = pcm(silence(seconds_of(vietnamese)))
    recording = wav(vietnamese + quiet, quiet + vietnamese)
    transcript = transcribe(whisper, detector, legs_of(recording))
    by_side = {side: [word for word in transcript.words if word.leg == side] for side in ("caller", "operator")}
    assert len(by_side["caller"]) > 8
    assert len(by_side["operator"]) > 8
    assert max(word.end for word in by_side["caller"]) <= seconds_of(vietnamese) + 0.5
    assert min(word.start for word in by_side["operator"]) >= seconds_of(vietnamese) - 0.5


@pytest.mark.engine
@pytest.mark.parametrize(
    "sound",
    [
        lambda: noise(10, 0.03),
        lambda: noise(10, 0.3),
        lambda: hum(10),
        lambda: keys("15900#" * 4),
        lambda: ringback(10),
        lambda: tone(425, 10),
        lambda: silence(10),
    ],
    ids=["noise", "loud noise", "hum", "keys", "ringback", "dial tone", "silence"],
)
def test_what_is_no_voice_never_reaches_an_engine(
    detector: VoiceDetector, sound: Callable[[], "np.ndarray[tuple[int], np.dtype[np.float64]]"]
) -> None:
    assert [cut for cuts in detector.utterances(pcm(sound())) for cut in cuts] == []


@pytest.mark.engine
def test_speech_is_found_where_it_is_also_over_a_telephone(detector: VoiceDetector, vietnamese: bytes) -> None:
    audio = through_telephone(pcm(silence(1.0)) + vietnamese + pcm(silence(1.0)))
    (span,) = [span for spans in detector.spans(audio) for span in spans]
    assert span.start == pytest.approx(1.0, abs=0.25)
    assert span.end == pytest.approx(1.0 + seconds_of(vietnamese), abs=0.4)


@pytest.mark.engine
def test_legs_in_one_batch_do_not_hear_each_other(detector: VoiceDetector, vietnamese: bytes) -> None:
    spoken, quiet = as_frames(vietnamese), as_frames(pcm(silence(seconds_of(vietnamese))))
    alone, together = [VoiceMemory()], [VoiceMemory(), VoiceMemory()]
    for index in range(len(quiet)):
        single = detector.probabilities(spoken[index : index + 1], alone)
        batch = detector.probabilities(np.stack([spoken[index], quiet[index]]), together)
        assert batch[0] == pytest.approx(single[0], abs=1e-3)
        assert batch[1] < 0.35


def test_a_detector_without_a_model_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "silero_vad.onnx").write_bytes(b"damaged")
    with pytest.raises(HotlineError, match="models fetch silero-vad"):
        VoiceDetector(tmp_path / "silero_vad.onnx")


def test_after_the_call_the_stand_in_is_driven_by_its_detector() -> None:
    recogniser = LoudRecogniser(needs_gate=True)
    legs = [("caller", levelled(pcm(tone(300, 1.0))))]
    transcript = transcribe(recogniser, LoudDetector(), legs)  # type: ignore[arg-type]
    assert len(transcript.words) == 5
    assert transcript.text == "từ1 từ2 từ3 từ4 từ5"
    with pytest.raises(LookupError):
        transcribe(recogniser, None, legs)  # type: ignore[arg-type]


@pytest.mark.engine
def test_recorded_people_are_mostly_understood_over_the_telephone(whisper: Recogniser, detector: VoiceDetector) -> None:
    model("voices-vi")
    clips = over_the_telephone(voices())
    heard = [(clip.said, transcribe(whisper, detector, [("caller", clip.pcm)]).text) for clip in clips]
    assert errors(heard).words < 60
