"""The public events of the index as JSON, for mirrors and scanners that follow it."""

from collections.abc import Sequence
from typing import Any

from index.timestamps import utc
from storage.records import Change

ENTRIES_AT_ONCE = 1000
"""How many entries of the journal one answer covers. One entry may concern many projects."""


def changes(
    events: Sequence[Change], *, since: int, last_serial: int, more: bool
) -> dict[str, Any]:
    """The *events* that come after *since*, in order, all of each serial they reach.

    *last_serial* is that of the index, or the one that was reached when there are *more*: a
    follower always asks on with `since` = the `last_serial` it got, and misses nothing.
    """
    return {
        "since": since,
        "last_serial": last_serial,
        "events": [_event(change) for change in events],
        "more": more,
    }


def _event(event: Change) -> dict[str, Any]:
    about = {"version": event.version, "filename": event.filename}
    return {
        "serial": event.serial,
        "at": utc(event.at),
        "event": event.event,
        "project": event.project,
        **{key: value for key, value in about.items() if value is not None},
    }
