"""What tests of the line share: a real Asterisk, a service's end of the line made of a few lines, a caller's voice."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.asterisk import VOICE, VOICE_SECONDS, RunningAsterisk, running_asterisk, write_tone
from tests.telephony.service_end import ServiceEnd


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAsterisk]:
    """A real Asterisk of this module's own; no service is attached to it."""
    with running_asterisk(tmp_path_factory.mktemp("asterisk")) as running:
        yield running


@pytest.fixture
async def service_end(asterisk: RunningAsterisk) -> AsyncIterator[ServiceEnd]:
    """The place where Asterisk delivers calls, driven step by step by the test."""
    async with ServiceEnd(asterisk.settings) as end:
        yield end


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A caller's voice."""
    return write_tone(tmp_path_factory.mktemp("voice") / "voice.wav", VOICE, VOICE_SECONDS, rate=16000)
