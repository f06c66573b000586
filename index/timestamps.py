"""Moments as the index writes them in JSON."""

from datetime import UTC, datetime


def utc(at: datetime) -> str:
    """The moment in UTC, with microseconds unless they are nought.

    PEP 700: "in the format yyyy-mm-ddThh:mm:ss.ffffffZ [...] the fractional seconds part of the
    timestamp (the .ffffff part) is optional".
    """
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"
