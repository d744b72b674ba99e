"""What contexts tell each other: immutable facts with an id and an instant, readable from and to JSON. No handler lives here."""

from typing import Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from hotline1022.base.ids import new_id


class Event(BaseModel):
    """A fact that has happened.

    ``id`` makes it the same fact wherever it is seen again: up to 100 letters, digits and ``._:-``. ``at`` is its instant in UTC.
    Subclasses are named by what happened (``CallEnded``) and are found again by that name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    _known: ClassVar[dict[str, type["Event"]]] = {}

    id: str = Field(default_factory=new_id, pattern=r"^[A-Za-z0-9._:-]{1,100}$")
    at: AwareDatetime

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__name__ in Event._known:
            raise TypeError(f"two events are called {cls.__name__}")
        Event._known[cls.__name__] = cls

    @property
    def name(self) -> str:
        """The name that the event is stored under."""
        return type(self).__name__

    @staticmethod
    def read(name: str, payload: dict[str, Any]) -> "Event":
        """The event that was stored as ``name`` and ``payload``.

        Raises KeyError for an unknown name, ValidationError for a wrong payload.
        """
        return Event._known[name].model_validate(payload)
