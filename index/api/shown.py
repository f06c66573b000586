"""What moderators are shown of decisions, holds and the journal, as JSON."""

from collections.abc import Iterable
from typing import Any

from index.timestamps import utc
from moderation.deciding import Affected
from storage import decisions
from storage.records import Admission, Decision, Entry, Hold

NAMED = decisions.NAMED
"""How many of a long list are named."""


def affected(reached: Affected) -> dict[str, Any]:
    """What a decision reaches."""
    return {"files": reached.files, "projects": list(reached.projects)}


def brief(made: Decision) -> dict[str, Any]:
    """A decision among others: of each list in it, what is named, and how long it is."""
    counts = {
        "subjects_count": made.subjects_count,
        "holds_count": made.holds_count,
        "undoes_count": made.undoes_count,
    }
    return decision(made) | counts


def decision(made: Decision) -> dict[str, Any]:
    """A decision, as moderators see it."""
    return {
        "id": made.id,
        "act": made.act,
        "by": made.by,
        "at": utc(made.at),
        "reason": made.reason,
        "note": made.note,
        "private_note": made.private_note,
        "subjects": list(made.subjects),
        "holds": list(made.holds),
        "undoes": list(made.undoes),
        "effective": made.effective,
        "case": made.case,
    }


def admission(found: Admission) -> dict[str, Any]:
    """The mode in force, as everybody sees it."""
    return {
        "mode": found.mode,
        "reason": found.reason,
        "since": utc(found.since_at) if found.since_at else None,
        "until": utc(found.until_at) if found.until_at else None,
    }


def hold(found: Hold) -> dict[str, Any]:
    """A hold, as moderators see it."""
    return {
        "id": found.id,
        "subject": found.subject,
        "effects": sorted(found.effects),
        "reason": found.reason,
        "since": utc(found.from_at),
        "until": utc(found.until_at) if found.until_at else None,
        "decision": found.decision,
    }


def entry(line: Entry) -> dict[str, Any]:
    """A line of the journal: of long lists, what is named, and how long they are."""
    long = [key for key, value in line.details.items() if _is_long(value)]
    return {
        "serial": line.serial,
        "at": utc(line.at),
        "actor": line.actor,
        "act": line.act,
        "subject": line.subject,
        "reason": line.reason,
        "details": _cut(dict(line.details), long),
        "erased": line.erased,
    }


def _cut(content: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    for key in keys:
        whole = content[key]
        content |= {key: whole[:NAMED], f"{key}_count": len(whole)}
    return content


def _is_long(value: object) -> bool:
    return isinstance(value, list) and len(value) > NAMED
