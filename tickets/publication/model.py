"""What a published answer is. Values only."""

from pydantic import AwareDatetime, BaseModel, ConfigDict


class PublishedAnswer(BaseModel):
    """Question and answer as the public reads them: nothing in it tells who asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_id: str
    """The name under which the public reads it. It means nothing, and no ticket is found by it."""
    code: str
    """The ticket's code; never shown to the public, whose reading must not lead back to a citizen."""
    published_at: AwareDatetime
    published_by: str
    topic: str
    place: str | None
    agency: str
    question: str
    answer: str
