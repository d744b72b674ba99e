"""The voice activity detector: Silero's network through onnxruntime, at 8000 Hz, all legs in one batch.

It decides no cut.

A step of 32 legs costs about 1.4 ms of one core each 32 ms; call it on a worker thread.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from hotline1022.base.errors import HotlineError
from transcription.model import SAMPLE_RATE, Span
from transcription.speech_gate import FRAME_SAMPLES, FRAME_SECONDS, LONGEST, Cut, SpeechGate

onnxruntime.disable_telemetry_events()  # the library counts its use for its maker unless told not to

CONTEXT_SAMPLES = 32
"""What the network wants to see again of the frame before."""

STEP_SECONDS = 60.0
"""How much of a recording is looked at in one step: about 0.3 s of work."""

Frames = npt.NDArray[np.float32]


class VoiceMemory:
    """What the network remembers of one leg between two frames."""

    __slots__ = ("context", "state")

    def __init__(self) -> None:
        self.state = np.zeros((2, 128), dtype=np.float32)
        self.context = np.zeros(CONTEXT_SAMPLES, dtype=np.float32)


class VoiceDetector:
    """The loaded network. Raises HotlineError when the file cannot be loaded."""

    def __init__(self, model_file: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Waiting threads must sleep: spinning would take a core that the recogniser needs.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(
                str(model_file), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises classes of its own that share no base
            raise HotlineError(
                f"Không nạp được mô hình dò tiếng nói {model_file.name}",
                remedy="chạy: hotline1022 models fetch silero-vad",
            ) from error

    def probabilities(self, frames: Frames, memories: Sequence[VoiceMemory]) -> npt.NDArray[np.float32]:
        """How likely each frame (a row of FRAME_SAMPLES, -1 to 1) is speech; row i belongs to ``memories[i]``, which
        move on."""
        contexts = np.stack([memory.context for memory in memories])
        states = np.stack([memory.state for memory in memories], axis=1)
        output, states = self._session.run(
            None,
            {
                "input": np.concatenate([contexts, frames], axis=1),
                "state": states,
                "sr": np.array(SAMPLE_RATE, dtype=np.int64),
            },
        )
        for row, memory in enumerate(memories):
            memory.context = frames[row, -CONTEXT_SAMPLES:].copy()
            memory.state = states[:, row].copy()
        return np.asarray(output, dtype=np.float32)[:, 0]

    def utterances(self, pcm: bytes, longest: int | None = LONGEST) -> Iterator[list[Cut]]:
        """Where a whole recorded leg has speech. Each step gives what STEP_SECONDS of audio completed."""
        gate, memory = SpeechGate(longest), [VoiceMemory()]
        frames = as_frames(pcm)
        loud = loudness(frames)
        step = round(STEP_SECONDS / FRAME_SECONDS)
        for first in range(0, len(frames), step):
            found = []
            for index in range(first, min(first + step, len(frames))):
                probability = float(self.probabilities(frames[index : index + 1], memory)[0])
                if cut := gate.step(probability, float(loud[index])):
                    found.append(cut)
            yield found
        if cut := gate.finish():
            yield [cut]

    def spans(self, pcm: bytes) -> Iterator[list[Span]]:
        """The same in seconds, cut at pauses only."""
        for cuts in self.utterances(pcm, longest=None):
            yield [cut.speech for cut in cuts]


def as_frames(pcm: bytes) -> Frames:
    """16-bit audio as rows of FRAME_SAMPLES, -1 to 1; the last row is filled up with silence."""
    samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype="<i2").astype(np.float32) / 32768
    missing = -len(samples) % FRAME_SAMPLES
    return np.pad(samples, (0, missing)).reshape(-1, FRAME_SAMPLES).astype(np.float32)


def loudness(frames: Frames) -> npt.NDArray[np.float32]:
    """The energy of each frame."""
    energy: Frames = np.mean(frames * frames, axis=1, dtype=np.float32)
    return energy
