"""What moderators work on: signals, and the like."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that one rule noticed, and why. It is advice, and never acts (law 7)."""

    rule: str
    version: int
    subject: str
    score: int
    """From 1 to 100: how much it should make somebody look."""
    why: str
