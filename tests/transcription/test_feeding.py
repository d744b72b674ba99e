"""What engines are fed is what came, at the time it came."""

from hypothesis import given
from hypothesis import strategies as st

from transcription.feed_clock import FeedClock
from transcription.feeding import EveryChunk, Feeding, Piece, SpeechChunks, WholeUtterances
from transcription.speech_gate import FRAME_BYTES, FRAME_SECONDS

TALK = st.lists(st.booleans(), max_size=400)


def run(feeding: Feeding, talk: list[bool]) -> tuple[bytes, list[Piece]]:
    """Feed numbered frames; give the leg's audio and the pieces."""
    frames = [index.to_bytes(2, "little") * (FRAME_BYTES // 2) for index in range(len(talk))]
    pieces = [
        piece
        for index, speaks in enumerate(talk)
        for piece in feeding.step(frames[index], 0.95 if speaks else 0.0, float(speaks), (index + 1) * FRAME_SECONDS)
    ]
    return b"".join(frames), pieces + feeding.finish(len(talk) * FRAME_SECONDS)


def lies_where_it_says(audio: bytes, piece: Piece) -> bool:
    offset = round(piece.at / FRAME_SECONDS) * FRAME_BYTES
    return audio[offset : offset + len(piece.pcm)] == piece.pcm


@given(TALK)
def test_everything_means_every_byte_once_in_order(talk: list[bool]) -> None:
    audio, pieces = run(EveryChunk(), talk)
    assert b"".join(piece.pcm for piece in pieces) == audio
    assert all(lies_where_it_says(audio, piece) for piece in pieces)
    assert pieces[-1].flush


@given(TALK)
def test_an_utterance_carries_its_own_audio_and_was_due_when_it_ended(talk: list[bool]) -> None:
    audio, pieces = run(WholeUtterances(), talk)
    for piece in pieces:
        assert piece.flush
        assert lies_where_it_says(audio, piece)
        assert piece.onset is not None
        assert piece.at <= piece.onset < piece.at + piece.seconds
        assert piece.onset < piece.due <= len(talk) * FRAME_SECONDS + 1e-6


@given(TALK)
def test_gated_chunks_hold_all_speech_and_end_in_a_flush(talk: list[bool]) -> None:
    audio, pieces = run(SpeechChunks(), talk)
    assert all(lies_where_it_says(audio, piece) for piece in pieces)
    fed = {round(piece.at / FRAME_SECONDS) + n for piece in pieces for n in range(len(piece.pcm) // FRAME_BYTES)}
    assert all(index in fed for index, speaks in enumerate(talk) if speaks)
    assert pieces[-1].flush


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 5)), min_size=1, max_size=20))
def test_the_clock_gives_back_where_audio_lay(stretches: list[tuple[float, float]]) -> None:
    clock, leg, fed = FeedClock(), 0.0, 0.0
    for left_out, length in stretches:
        leg += left_out
        clock.feed(leg, length)
        assert abs(clock.start_of(fed) - leg) < 0.01
        assert abs(clock.end_of(fed + length) - (leg + length)) < 0.01
        assert abs(clock.start_of(fed + length / 2) - (leg + length / 2)) < 0.01
        leg, fed = leg + length, fed + length
