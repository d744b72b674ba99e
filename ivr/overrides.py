"""Where a province's own flow, texts and recordings lie in its data folder. Paths only; who reads them is elsewhere."""

from dataclasses import dataclass
from pathlib import Path

from ivr.prompt_book import LANGUAGE


@dataclass(frozen=True, slots=True)
class Overrides:
    """The province's files; none of them needs to be there."""

    data: Path

    @property
    def flow(self) -> Path:
        """The flow that replaces the shipped one."""
        return self.data / "flows" / "default.yaml"

    @property
    def survey(self) -> Path:
        """The flow that replaces the shipped survey."""
        return self.data / "flows" / "survey.yaml"

    @property
    def texts(self) -> Path:
        """The folder of ``vi.yaml`` (texts that replace shipped ones) and ``agencies.yaml`` (code: spoken name)."""
        return self.data / "prompts"

    @property
    def recordings(self) -> Path:
        """The folder of NAME.wav and NAME.alaw."""
        return self.texts / LANGUAGE
