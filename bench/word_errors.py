"""Word errors of Whisper on real Vietnamese speech, as the product uses it and with one thing changed at a time.

Run: ``python -m bench.word_errors [--quick]``. Quick: six voices over the telephone only, about 40 s.
"""

import sys
import time
from collections.abc import Callable, Iterable, Mapping

from bench.speech import Clip, corpus, errors, models_folder, over_the_telephone, voices
from transcription.after_call import transcribe
from transcription.model import BYTES_PER_SECOND, Utterance
from transcription.speech_gate import FRAME_BYTES
from transcription.vad import VoiceDetector
from transcription.whisper_engine import WhisperRecogniser

Pairs = list[tuple[str, str]]
PAUSE = bytes(BYTES_PER_SECOND)


class Ways:
    """Ways to hear the clips, with one loaded model."""

    def __init__(self) -> None:
        folder = models_folder()
        self.detector = VoiceDetector(folder / "silero-vad" / "silero_vad.onnx")
        self.short = WhisperRecogniser(folder / "whisper-base", "whisper-base", workers=1)
        self.full = WhisperRecogniser(folder / "whisper-base", "whisper-base", workers=1, short_window=False)

    def live(self, clips: list[Clip]) -> Pairs:
        """As while people speak: cut by the detector, short window."""
        return [(clip.said, _text(self._cut(self.short, clip))) for clip in clips]

    def live_full_window(self, clips: list[Clip]) -> Pairs:
        """The same cuts in the padded window of 30 s."""
        return [(clip.said, _text(self._cut(self.full, clip))) for clip in clips]

    def no_detector(self, clips: list[Clip]) -> Pairs:
        """Without the detector: the whole clip as it is, short window."""
        return [(clip.said, _text(self.short.utterance(clip.pcm, 0.0, "caller", None))) for clip in clips]

    def no_detector_full_window(self, clips: list[Clip]) -> Pairs:
        """Without the detector, in the padded window of 30 s."""
        return [(clip.said, _text(self.full.utterance(clip.pcm, 0.0, "caller", None))) for clip in clips]

    def after_each(self, clips: list[Clip]) -> Pairs:
        """After the call, each sentence a recording of its own."""
        return [(clip.said, transcribe(self.short, self.detector, [("caller", clip.pcm)]).text) for clip in clips]

    def after_joined(self, clips: list[Clip]) -> Pairs:
        """After the call, all sentences of a speaker one recording with a second of silence between them."""
        pairs = []
        for speaker in dict.fromkeys(clip.speaker for clip in clips):
            own = [clip for clip in clips if clip.speaker == speaker]
            recording = PAUSE.join(clip.pcm for clip in own)
            heard = transcribe(self.short, self.detector, [("caller", recording)])
            pairs.append((" ".join(clip.said for clip in own), heard.text))
        return pairs

    def _cut(self, recogniser: WhisperRecogniser, clip: Clip) -> Iterable[Utterance]:
        for cuts in self.detector.utterances(clip.pcm):
            for cut in cuts:
                pcm = clip.pcm[cut.start * FRAME_BYTES : cut.end * FRAME_BYTES]
                yield from recogniser.utterance(
                    pcm, cut.start * FRAME_BYTES / BYTES_PER_SECOND, "caller", cut.speech.start
                )


def _text(heard: Iterable[Utterance]) -> str:
    return " ".join(utterance.text for utterance in heard if utterance.rejected is None)


def measure(title: str, clips: list[Clip], ways: Mapping[str, Callable[[list[Clip]], Pairs]]) -> None:
    """Print one table."""
    seconds = sum(len(clip.pcm) for clip in clips) / BYTES_PER_SECOND
    speakers = len({clip.speaker for clip in clips})
    print(f"\n{title}: {len(clips)} sentences, {speakers} speakers, {seconds:.0f} s")
    print(f"{'way':<44} {'WER %':>6} {'CER %':>6} {'toneless':>8} {'s/s':>6}")
    for name, way in ways.items():
        began = time.perf_counter()
        found = errors(way(clips))
        cost = (time.perf_counter() - began) / seconds
        print(f"{name:<44} {found.words:6.1f} {found.characters:6.1f} {found.toneless:8.1f} {cost:6.3f}", flush=True)


def main(*, quick: bool) -> None:
    """Print the tables."""
    ways = Ways()
    table = {
        "live: detector, short window (the product)": ways.live,
        "live: detector, full window": ways.live_full_window,
        "live: no detector, short window": ways.no_detector,
        "live: no detector, full window": ways.no_detector_full_window,
        "after: joined, full window (the product)": ways.after_joined,
        "after: each sentence alone": ways.after_each,
    }
    sets = {"six voices": voices()}
    if not quick:
        sets["corpus"] = corpus()
    for name, clips in sets.items():
        if not clips:
            print(f"\n{name}: not on this machine, not measured")
            continue
        if not quick:
            measure(f"{name}, clean", clips, table)
        measure(f"{name}, telephone", over_the_telephone(clips), table)


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
