"""What the values of this context are made of that people send and read: nothing unknown is let in, nothing changes afterwards."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value."""

    model_config = ConfigDict(frozen=True, extra="forbid")
