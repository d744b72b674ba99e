"""What a photo of a ticket is, and how large one may be. Values only."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

MOST_AT_ONCE = 4
MOST_BYTES = 8 * 1024**2
"""Of one picture as it is sent."""
MOST_REQUEST_BYTES = 35 * 1024**2
"""Of everything that is sent at once."""
MOST_PIXELS = 50_000_000
"""Of one picture as it is sent: what the largest telephone cameras make. More is refused before it is decoded."""
LONGEST_SIDE = 2048
"""Pixels of a stored photo's longer side."""
MEDIA_TYPE = "image/jpeg"
"""Of every stored photo, whatever was sent."""


class Shot(BaseModel):
    """A photo that lies on the shelf and is to be part of a ticket."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    at: AwareDatetime
    """When it was taken in: its civil date is its folder."""
    width: int
    height: int
    size: int
    """In bytes."""
    sha256: str
    """Of the stored bytes, in hexadecimal."""

    def of_ticket(self, *, code: str, author: str, agency: str | None = None, round: int = 0) -> "Photo":
        """It as part of a ticket."""
        return Photo(**self.model_dump(), code=code, author=author, agency=agency, round=round)

    @property
    def in_journal(self) -> dict[str, str]:
        """What the journal keeps of it: the picture itself can be erased."""
        return {"photo": self.id, "sha256": self.sha256}


class Photo(Shot):
    """A photo of a ticket."""

    code: str
    author: str
    """Who sent it, as the journal names them."""
    agency: str | None
    """The author's agency; None for the hotline and the citizen."""
    round: int
    """How often the ticket had been reopened by then."""
