"""What callers did while the service was dead: found from its files alone, told once, whatever else lies about."""

import wave
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ivr.flow import Flow
from telephony.ari import Ari
from telephony.naming import fact_id
from telephony.progress import Progress, ProgressFolder
from telephony.recorder import Recorder
from telephony.recovery import Recovery, VoiceReport
from tests.conftest import StillClock
from tests.telephony.fake_line import FakeAri
from tests.telephony.test_switchboard import Stage, shipped

__all__ = ["shipped"]

CHANNEL = "1764000000.7"
CALL = f"node-1-{CHANNEL}"


class Found:
    """A folder of an installation whose service was dead, and what looking at it gives."""

    def __init__(self, flow: Flow, clock: StillClock, folder: Path) -> None:
        self.stage = Stage(flow, clock, folder)
        self.takes, self.reports = folder, folder / "reports"
        self.reports.mkdir()
        self.progress = ProgressFolder(folder / "calls")
        self.recovery = Recovery(
            node="node-1",
            clock=clock,
            product=self.stage.product,
            switchboard=self.stage.board,
            recorder=Recorder(Ari(FakeAri()), "app", folder),
            progress=self.progress,
            reports=self.reports,
            takes=folder,
        )

    def names(self) -> list[str]:
        return [event.name for event in self.stage.product.events]

    def report(self, seconds: float, number: str = "0912345678") -> Path:
        return speech(self.reports / f"1764000100_{CHANNEL}_{number}.wav", seconds)


def speech(path: Path, seconds: float) -> Path:
    """A WAV with so much sound."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((8000 * np.sin(np.arange(int(8000 * seconds)))).astype("<i2").tobytes())
    return path


@pytest.fixture
def found(shipped: Flow, clock: StillClock, tmp_path: Path) -> Found:
    """Nothing yet."""
    return Found(shipped, clock, tmp_path)


async def test_a_voice_report_is_a_call_a_consent_a_report_and_an_end(found: Found) -> None:
    found.report(3.0)
    assert await found.recovery.look(set()) == 1
    assert found.names() == ["CallArrived", "ConsentRecorded", "ReportTaken", "CallEnded"]
    arrived, consent, taken, ended = found.stage.product.events
    assert arrived.at == datetime.fromtimestamp(1764000100, UTC)
    assert [event.id for event in (arrived, consent, taken, ended)] == [
        fact_id(CALL, what) for what in ("arrived", "consent", "report", "ended")
    ]
    assert (taken.number, taken.spoken, taken.code) == ("+84912345678", True, None)  # type: ignore[attr-defined]
    assert (found.takes / f"{CHANNEL}-take-fallback.wav").is_file(), "the file now belongs to the call's recording"


async def test_looking_again_finds_nothing(found: Found) -> None:
    found.report(3.0)
    await found.recovery.look(set())
    assert await found.recovery.look(set()) == 0
    assert len(found.names()) == 4


async def test_a_call_that_asterisk_still_has_is_left_alone(found: Found) -> None:
    found.report(3.0)
    assert await found.recovery.look({CHANNEL}) == 0
    assert found.names() == []
    assert len(list(found.reports.glob("*.wav"))) == 1


async def test_a_report_without_words_is_a_call_and_no_report(found: Found) -> None:
    found.report(1.0)
    await found.recovery.look(set())
    assert "ReportTaken" not in found.names()
    assert found.names()[-1] == "CallEnded"


async def test_a_hidden_number_stays_hidden(found: Found) -> None:
    found.report(3.0, number="")
    await found.recovery.look(set())
    assert found.stage.product.named("ReportTaken").number is None


def left(found: Found, **changed: Any) -> None:
    """A call that an earlier run led, until it died while the caller spoke."""
    from dataclasses import asdict

    from ivr import machine

    state, _ = machine.begin(found.stage.product.flow(), found.stage.product.facts())
    told = Progress(
        call=CALL, number="+84912345678", arrived_at="2025-11-24T16:00:00+00:00", state=state.to_json(), **changed
    )
    assert asdict(told)
    found.progress.write(told)


async def test_a_caller_who_hung_up_while_speaking_when_the_service_was_dead_leaves_a_report(found: Found) -> None:
    left(found, recorded=True)
    speech(found.takes / f"{CHANNEL}-in.wav", 3.0)
    assert await found.recovery.look(set()) == 1
    assert found.names() == ["ReportTaken", "CallEnded"]
    assert found.stage.product.named("CallEnded").result == "cut-off"
    assert await found.recovery.look(set()) == 0


@pytest.mark.parametrize("changed", [{"recorded": False}, {"recorded": True, "reported": True}])
async def test_a_call_that_was_not_recorded_or_has_its_report_leaves_no_other(
    found: Found, changed: dict[str, bool]
) -> None:
    left(found, **changed)
    speech(found.takes / f"{CHANNEL}-in.wav", 3.0)
    await found.recovery.look(set())
    assert found.names() == ["CallEnded"]


async def test_a_report_that_was_taken_before_the_death_is_not_taken_again(found: Found) -> None:
    left(found, recorded=True, reported=True)
    found.report(3.0)
    await found.recovery.look(set())
    assert "ReportTaken" not in found.names()
    assert "CallArrived" not in found.names()


async def test_a_progress_file_that_cannot_be_read_is_put_aside_and_the_others_are_taken(found: Found) -> None:
    left(found, recorded=False)
    (found.takes / "calls" / "a.json").write_text("{", encoding="utf-8")
    assert await found.recovery.look(set()) == 1
    assert (found.takes / "calls" / "a.broken").is_file()


@pytest.mark.parametrize(
    "name", ["x.wav", "1764000100_..%2F_1.wav", "1764000100_1.1_09a.wav", "17640001000000_1.1_.wav", "1_1.1_1.wav"]
)
async def test_a_file_that_the_dialplan_would_not_have_written_is_put_aside(found: Found, name: str) -> None:
    speech(found.reports / name, 3.0)
    assert VoiceReport.of(found.reports / name) is None
    assert await found.recovery.look(set()) == 0
    assert not (found.reports / name).exists()
    assert list(found.reports.glob("*.strange"))


async def test_a_caller_who_waited_when_the_service_died_and_hung_up_is_told_as_waiting(found: Found) -> None:
    left(found, queued_at="2025-11-24T16:01:00+00:00")
    await found.recovery.look(set())
    ended = found.stage.product.named("CallEnded")
    assert (ended.number, ended.answered_at, ended.reported) == ("+84912345678", None, False)
    assert ended.queued_at is not None
    assert ended.queued_at.isoformat() == "2025-11-24T16:01:00+00:00"


async def test_a_caller_who_was_spoken_to_before_the_service_died_is_told_as_answered(found: Found) -> None:
    left(found, queued_at="2025-11-24T16:01:00+00:00", answered_at="2025-11-24T16:02:00+00:00")
    await found.recovery.look(set())
    assert found.stage.product.named("CallEnded").answered_at is not None
