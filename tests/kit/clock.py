"""What time it is in a world: it moves when it is told to."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


class Clock:
    """What time it is in the world. It moves when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **length: float) -> None:
        """Let time pass, as timedelta says it."""
        self.now += timedelta(**length)
