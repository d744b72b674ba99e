"""The family of errors that a person is meant to read. Nothing here logs, prints or decides."""


class HotlineError(Exception):
    """An error told in one Vietnamese sentence, with the remedy where there is one.

    ``str(error)`` is what the person reads: what is wrong, where, and what to do.
    """

    def __init__(self, what: str, *, remedy: str | None = None) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what} — {remedy}" if remedy else what)


class DatabaseAway(HotlineError):
    """The database cannot be reached now; what was to be written belongs in the spool."""


class NotFound(HotlineError):
    """What was asked for does not exist, or the asker may not know that it does."""


class Forbidden(HotlineError):
    """The actor may not do this."""


class Refused(HotlineError):
    """The rules do not allow this now; somebody else may have been faster."""


class Invalid(HotlineError):
    """What was sent cannot be used; ``field`` names the part that is wrong, where one is."""

    def __init__(self, what: str, *, remedy: str | None = None, field: str | None = None) -> None:
        self.field = field
        super().__init__(what, remedy=remedy)
