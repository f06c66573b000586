"""What can go wrong and may be told: one class per kind, a sentence and a hint in each."""

from typing import ClassVar


class Problem(Exception):
    """Something expected went wrong. The message may be shown to whoever asked.

    *message* says what happened in full sentences; *hint*, apart from it, says what to do.
    """

    code: ClassVar[str] = "problem"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Invalid(Problem):
    """The input is not what it has to be."""

    code = "invalid"


class Unauthenticated(Problem):
    """No credentials, or wrong ones."""

    code = "unauthenticated"


class Forbidden(Problem):
    """The caller is known and may not do this."""

    code = "forbidden"


class NotFound(Problem):
    """There is no such thing, or none that the caller may see."""

    code = "not-found"


class NotAcceptable(Problem):
    """No representation that the client accepts."""

    code = "not-acceptable"


class Conflict(Problem):
    """The world is not as the caller thought; the message says what is now true."""

    code = "conflict"


class Gone(Problem):
    """This was removed from the protocol; the message says what replaced it."""

    code = "gone"


class TooLarge(Problem):
    """More bytes than the limit that the message names."""

    code = "too-large"


class Unprocessable(Problem):
    """The JSON is well formed, but a field is missing, unknown or of the wrong type."""

    code = "unprocessable"


class TooSlow(Problem):
    """The client did not send its request in time."""

    code = "too-slow"


class TooMany(Problem):
    """A limit is used up. *retry_after_seconds* says when it is worth trying again."""

    code = "too-many"

    def __init__(self, message: str, *, retry_after_seconds: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_seconds = retry_after_seconds


class Busy(TooMany):
    """The database could not be had in time; nothing was changed."""

    code = "busy"


BUSY_TIMEOUT_SECONDS = 10
"""How long anybody waits for the database."""


def busy() -> Busy:
    """What to raise after that."""
    return Busy(
        "The index is busy: its database could not be had in time, and nothing was changed.",
        retry_after_seconds=2,
    )


class Unavailable(Problem):
    """A part that the server needs cannot be reached."""

    code = "unavailable"


class Full(Problem):
    """The disk is full; nothing was stored and nothing was lost."""

    code = "full"
