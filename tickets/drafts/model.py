"""What a draft is: fields of text under a key, each with its version. Values only; nothing here decides or stores."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StringConstraints

from tickets.values import Value

DRAFT_KEY = (
    "call:[A-Za-z0-9._-]{1,80}|ticket:[1-9][0-9]{7}|new:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
"""A call that is being answered, a ticket that is being worked on, or a slip that belongs to nothing yet."""

MOST_FIELDS = 40
MOST_LETTERS = 20_000
"""Of one field."""
MOST_OF_ALL = 100_000
"""Letters of a whole draft."""
MOST_DRAFTS = 100
"""That one person has begun and not finished."""

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,39}$")]


class SentField(Value):
    """What a field says now, and the version that the writer had before them when they changed it: 0 for an empty field."""

    value: Annotated[str, StringConstraints(max_length=MOST_LETTERS)]
    base_version: int = Field(default=0, ge=0, le=2**31 - 1)


class KeptField(Value):
    """What a field says, who wrote that, and when. ``version`` is the draft's at that moment."""

    value: str
    version: int
    by: str
    at: AwareDatetime


class Aside(Value):
    """What the reader had written when somebody else was faster: kept until they save the field."""

    value: str
    base_version: int
    at: AwareDatetime


class DraftTold(Value):
    """A draft as one of its writers reads it."""

    key: str
    version: int
    """Grows by one with every saving that changes something; 0 for a draft that nobody has begun."""
    at: AwareDatetime | None
    fields: dict[str, KeptField]
    aside: dict[str, Aside]


class Clash(Value):
    """Both versions of a field that two people have changed."""

    field: str
    yours: SentField
    theirs: KeptField
    what: str
    """One Vietnamese sentence."""
