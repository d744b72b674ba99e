"""How many live legs one node carries with final words less than 2 s late, beside the plain way on the same audio.

Run: ``python -m bench.live_legs [--quick] [--engine vosk|whisper]``. About five minutes; quick: under 90 s.

* The node: the product as it runs, over its real AudioSocket and word stream, admission on. A second process plays
  Asterisk and offers all legs at once, so what is refused is refused by the ceiling.
* The plain way: one model, a pool of as many threads as cores, no admission. Vosk: everything is fed, 200 ms at a time,
  as the vendor's server does, without even a socket. Whisper: the library's padded 30 s window on the same utterances.

Late: from the moment the last word of an utterance was over, as sent in real time, to the moment its final words are in
hand. It includes the silence that must pass before an end is an end. Vosk's speech is synthetic Korean, which its model
hardly understands: a worst case for the search, valid for scheduling and not for words.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import random
import shutil
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from uuid import UUID, uuid4

import structlog

from bench.speech import corpus, models_folder, voices
from bench.word_errors import main as word_errors
from transcription.audio import read_legs
from transcription.client import TranscriberNode
from transcription.engines import Engine, load_engine
from transcription.model import BYTES_PER_SECOND
from transcription.node import NodeSettings, running_node
from transcription.registry import EngineChoice
from transcription.speech_gate import FRAME_BYTES, Cut
from transcription.vad import VoiceDetector
from transcription.whisper_engine import WhisperRecogniser

LATE = 2.0
FRAME = 320
CHUNK = BYTES_PER_SECOND // 5
CORES = os.cpu_count() or 1
KOREAN = (
    "안녕하세요 오늘 날씨가 좋습니다",
    "도로에 큰 구멍이 있어서 신고하려고 전화했습니다",
    "저는 시장 앞에 살고 있습니다",
)


@dataclass
class Run:
    """What one run showed."""

    offered: int
    admitted: int = 0
    late: list[float] = field(default_factory=list)
    cores: float = 0.0
    load: float = field(default_factory=lambda: os.getloadavg()[0])

    @property
    def p95(self) -> float:
        """The lateness that 95 % of the finals do not exceed; endless when none came."""
        ordered = sorted(self.late)
        return ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)] if ordered else float("inf")

    def line(self, engine: str, way: str) -> str:
        """One row of the table."""
        middle = statistics.median(self.late) if self.late else float("inf")
        verdict = "yes" if self.p95 < LATE else "no"
        return (
            f"{engine:<8} {way:<26} {self.offered:>7} {self.admitted:>8} {len(self.late):>6} "
            f"{middle:>6.2f} {self.p95:>6.2f} {self.cores:>6.2f} {self.load:>6.1f} {verdict:>7}"
        )


def machine() -> str:
    """The machine in a few words."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text().splitlines() if cpu.is_file() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{CORES} cores, {names[0] if names else platform.machine()}, Python {platform.python_version()}"


def speech(engine: str) -> list[bytes]:
    """Sentences in the engine's language; none where they cannot be had here."""
    if engine == "whisper":
        return [clip.pcm for clip in (corpus() or voices())]
    if not shutil.which("espeak-ng"):
        return []
    speak = ["espeak-ng", "-v", "ko", "--stdout"]
    spoken = [subprocess.run([*speak, text], capture_output=True, check=True) for text in KOREAN]
    return [read_legs(one.stdout)[0] for one in spoken]


def leg_audio(sentences: list[bytes], seconds: float, seed: int) -> bytes:
    """One leg: sentences with pauses, speaking about two fifths of the time, begun at a moment of its own."""
    chance = random.Random(seed)
    audio = bytearray(BYTES_PER_SECOND * chance.randint(0, 3))
    while len(audio) < seconds * BYTES_PER_SECOND:
        sentence = chance.choice(sentences)
        audio += sentence + bytes(round(len(sentence) * chance.uniform(1.2, 1.8)) // 2 * 2)
    return bytes(audio[: round(seconds * BYTES_PER_SECOND)])


def play(address: str, legs: list[tuple[bytes, bytes]], start: Connection) -> None:
    """Another process's work: say that it is there, be told the monotonic instant to begin at, send each leg.

    A leg is its UUID and its audio.
    """
    start.send(True)
    asyncio.run(_play(address, legs, start.recv()))


async def _play(address: str, legs: list[tuple[bytes, bytes]], began: float) -> None:
    host, port = address.split(":")

    async def one(leg: bytes, audio: bytes) -> None:
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x01\x00\x10" + leg)
        for offset in range(0, len(audio), FRAME):
            await asyncio.sleep(max(began + (offset + FRAME) / BYTES_PER_SECOND - time.monotonic(), 0))
            piece = audio[offset : offset + FRAME]
            writer.write(b"\x10" + struct.pack(">H", len(piece)) + piece)
        await writer.drain()
        writer.close()

    await asyncio.gather(*(one(leg, audio) for leg, audio in legs))


async def through_node(engine: Engine, audios: list[bytes], *, gated: bool) -> Run:
    """Offer the legs to a node, all at once, and send those that it takes."""
    run = Run(len(audios))
    settings = NodeSettings(models_folder(), {}, "bench", control_port=0, audio_port=0, workers=CORES, gated=gated)
    async with running_node(settings, engine) as node, TranscriberNode(node.control, "bench") as client:
        taken: list[tuple[bytes, bytes]] = []
        for audio in audios:
            leg = uuid4()
            if (await client.admit(leg, "bench", "caller")).admitted:
                taken.append((leg.bytes, audio))
        run.admitted = len(taken)
        context = multiprocessing.get_context("spawn")
        start, theirs = context.Pipe()
        sender = context.Process(target=play, args=(node.audio, taken, theirs))
        sender.start()
        await asyncio.to_thread(start.recv)
        began, used = time.monotonic() + 0.2, time.process_time()
        start.send(began)
        ended: set[UUID] = set()
        async for message in client.words():
            if message.kind == "final":
                run.late.append(time.monotonic() - began - message.words[-1].end)
            elif message.kind == "ended":
                ended.add(message.leg)
                if len(ended) == len(taken):
                    break
        run.cores = (time.process_time() - used) / (time.monotonic() - began)
        await asyncio.to_thread(sender.join)
    return run


@asynccontextmanager
async def measured(run: Run) -> AsyncIterator[float]:
    """The instant at which the run began; counts the cores that it used."""
    began, used = time.monotonic(), time.process_time()
    yield began
    run.cores = (time.process_time() - used) / (time.monotonic() - began)


async def plain_vosk(engine: Engine, audios: list[bytes]) -> Run:
    """One recognizer a leg, every chunk to the pool as it comes."""
    from vosk import KaldiRecognizer  # noqa: PLC0415 - only where it is measured

    run, pool, loop = Run(len(audios), len(audios)), ThreadPoolExecutor(CORES), asyncio.get_running_loop()
    model = engine.recogniser._model  # type: ignore[union-attr]  # the same loaded model for both ways

    def hear(recognizer: KaldiRecognizer, chunk: bytes) -> str | None:
        if recognizer.AcceptWaveform(chunk):
            return str(recognizer.Result())
        recognizer.PartialResult()
        return None

    def recognizer_with_times() -> KaldiRecognizer:
        recognizer = KaldiRecognizer(model, 8000)
        recognizer.SetWords(True)
        return recognizer

    async def one(audio: bytes, recognizer: KaldiRecognizer, began: float) -> None:
        for offset in range(0, len(audio), CHUNK):
            await asyncio.sleep(max(began + (offset + CHUNK) / BYTES_PER_SECOND - time.monotonic(), 0))
            raw = await loop.run_in_executor(pool, hear, recognizer, audio[offset : offset + CHUNK])
            if raw and (words := json.loads(raw).get("result")):
                run.late.append(time.monotonic() - began - words[-1]["end"])

    recognizers = [recognizer_with_times() for _ in audios]
    async with measured(run) as began:
        legs = zip(audios, recognizers, strict=True)
        await asyncio.gather(*(one(audio, recognizer, began) for audio, recognizer in legs))
    return run


async def plain_whisper(recogniser: WhisperRecogniser, detector: VoiceDetector, audios: list[bytes]) -> Run:
    """The library as it comes: the padded window, first come first served, on the utterances of the same detector."""
    run, pool, loop = Run(len(audios), len(audios)), ThreadPoolExecutor(CORES), asyncio.get_running_loop()
    cuts = [[cut for step in detector.utterances(audio) for cut in step] for audio in audios]

    async def one(audio: bytes, cut: Cut, began: float) -> None:
        await asyncio.sleep(max(began + cut.speech.end + 0.6 - time.monotonic(), 0))
        pcm = audio[cut.start * FRAME_BYTES : cut.end * FRAME_BYTES]
        start = cut.start * FRAME_BYTES / BYTES_PER_SECOND
        for said in await loop.run_in_executor(pool, recogniser.utterance, pcm, start, "caller", None):
            if said.words:
                run.late.append(time.monotonic() - began - said.words[-1].end)

    async with measured(run) as began:
        jobs = (one(audio, cut, began) for audio, found in zip(audios, cuts, strict=True) for cut in found)
        await asyncio.gather(*jobs)
    return run


def load(engine: str, *, gated: bool) -> Engine | None:
    """The engine with its model, or None where the model is not on this machine."""
    model = {"vosk": "vosk-ko", "whisper": "whisper-base"}[engine]
    if not (models_folder() / model).is_dir():
        return None
    choice = EngineChoice(engine, model, "bench")  # type: ignore[arg-type]
    return load_engine(choice, models_folder(), workers=CORES, gated=gated)


async def measure_whisper(sizes: dict[str, list[int]], seconds: float) -> None:
    """The table of the Whisper engine."""
    engine, sentences = load("whisper", gated=False), speech("whisper")
    if engine is None or engine.detector is None or not sentences:
        print("whisper: model or speech not on this machine, not measured")
        return
    for legs in sizes["node"]:
        audios = [leg_audio(sentences, seconds, seed) for seed in range(legs)]
        print((await through_node(engine, audios, gated=False)).line("whisper", "node, short window"), flush=True)
    folder = models_folder() / "whisper-base"
    plain = WhisperRecogniser(folder, "whisper-base", workers=CORES, short_window=False)
    for legs in sizes["plain"]:
        audios = [leg_audio(sentences, seconds, seed) for seed in range(legs)]
        run = await plain_whisper(plain, engine.detector, audios)
        print(run.line("whisper", "plain, 30 s window"), flush=True)


async def measure_vosk(sizes: dict[str, list[int]], seconds: float) -> None:
    """The table of the Vosk engine."""
    engine, sentences = load("vosk", gated=True), speech("vosk")
    if engine is None or not sentences:
        print("vosk: model or espeak-ng not on this machine, not measured")
        return
    for gated, way in ((False, "node, everything fed"), (True, "node, behind the detector")):
        for legs in sizes["gated" if gated else "node"]:
            audios = [leg_audio(sentences, seconds, seed) for seed in range(legs)]
            print((await through_node(engine, audios, gated=gated)).line("vosk", way), flush=True)
    for legs in sizes["plain"]:
        audios = [leg_audio(sentences, seconds, seed) for seed in range(legs)]
        print((await plain_vosk(engine, audios)).line("vosk", "plain, everything fed"), flush=True)


FULL = {
    "whisper": {"node": [6, 12, 24], "plain": [4, 8]},
    "vosk": {"node": [4, 8], "gated": [6], "plain": [4, 6, 8]},
}
QUICK = {"whisper": {"node": [24], "plain": [8]}, "vosk": {"node": [8], "gated": [], "plain": [8]}}


def main() -> None:
    """Print the machine, the table of legs, and the word errors."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--engine", choices=["vosk", "whisper"])
    options = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sizes, seconds = (QUICK, 10.0) if options.quick else (FULL, 20.0)
    print(f"{machine()}, {seconds:.0f} s a run, one run each; load: the machine's, before the run")
    heads = (
        f"{'offered':>7} {'admitted':>8} {'finals':>6} {'p50 s':>6} {'p95 s':>6} {'cores':>6} {'load':>6} {'< 2 s':>7}"
    )
    print(f"{'engine':<8} {'way':<26} {heads}")
    if options.engine in (None, "whisper"):
        asyncio.run(measure_whisper(sizes["whisper"], seconds))
    if options.engine in (None, "vosk"):
        asyncio.run(measure_vosk(sizes["vosk"], seconds))
    if options.engine is None:
        word_errors(quick=True)


if __name__ == "__main__":
    main()
