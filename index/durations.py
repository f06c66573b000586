"""Durations and moments as people write them: 90s, 30m, 24h, 7d, 2w, or a date and time."""

import re
from datetime import UTC, datetime, timedelta

from storage.problems import Invalid

_DURATION = re.compile(r"\s*([0-9]{1,6})\s*([smhdw])\s*", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(text: str) -> timedelta:
    """The length of time that *text* names. Raises Invalid."""
    found = _DURATION.fullmatch(text.lower())
    if found is None or int(found[1]) == 0:
        raise Invalid(f"{text[:50]!r} is not a length of time.", hint="Write 30m, 6h, 7d or 2w.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def moment(text: str) -> datetime:
    """The moment that *text* names (RFC 3339; UTC unless it says otherwise). Raises Invalid."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            f"{text[:50]!r} is not a date and time.", hint="Write it as 2026-11-25T14:30:00Z."
        ) from error


def end(*, length: str | None, until: str | None, now: datetime) -> datetime | None:
    """When something ends that begins *now*; None if neither says. Raises Invalid for both."""
    if length is not None and until is not None:
        raise Invalid("Say how long or until when, not both.")
    if until is not None:
        return moment(until)
    if length is None:
        return None
    try:
        return now + duration(length)
    except OverflowError as error:
        raise Invalid(f"{length} from now is further away than dates go.") from error
