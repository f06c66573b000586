"""Holds that have ended by themselves, and of which the journal does not say so yet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, cast, literal, select

from storage import journal
from storage.database import Transaction
from storage.holds import AT, standing
from storage.schema import Utc, entries, holds

ACT = "expiry"
ACTOR = "index"
"""Of the entries that say it: nobody did anything."""

LOOKS_BACK = timedelta(days=7)
"""How long after a hold ended an entry may say so: whatever would learn of it has, by then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """What the holds of one decision were on that ended by themselves."""

    decision: int
    until_at: datetime
    subjects: Collection[str]
    projects: Collection[int]


def is_any(tx: Transaction, *, at: datetime) -> bool:
    """Whether any has ended of which the journal does not say so."""
    return tx.execute(_ENDED.limit(1), _asked(at)).first() is not None


def unsaid(tx: Transaction, *, at: datetime) -> Expiry | None:
    """Those of the decision whose holds ended first, of which the journal does not say so."""
    first = tx.scalar(_ENDED.limit(1), _asked(at))
    if first is None:
        return None
    rows = tx.execute(_HOLDS.where(holds.c.decision_id == first), _asked(at)).all()
    return Expiry(
        decision=first,
        until_at=max(row.until_at for row in rows),
        subjects=[row.subject for row in rows],
        projects={row.project_id for row in rows if row.project_id is not None},
    )


def say(tx: Transaction, ended: Expiry, *, at: datetime) -> None:
    """Append the entry. It changes nothing but who knows that something has changed."""
    until = ended.until_at.isoformat()
    journal.append(
        tx,
        at=at,
        actor=ACTOR,
        act=ACT,
        subject=f"{_DECISION}{ended.decision}",
        details={"decision": ended.decision, "subjects": ended.subjects, "until": until},
        projects=ended.projects,
    )


def _asked(at: datetime) -> dict[str, datetime]:
    return {"at": at, "since": at - LOOKS_BACK}


_DECISION = "decision:"
_SINCE = bindparam("since", type_=Utc())
# An entry is younger than the end of the holds that it is about.
_said = select(entries.c.subject).where(
    entries.c.actor == ACTOR, entries.c.act == ACT, entries.c.at > _SINCE
)
_ended = (
    holds.c.until_at <= AT,
    holds.c.until_at > _SINCE,
    # First, because it costs less, and holds of most: what was said stays for all of LOOKS_BACK.
    (literal(_DECISION) + cast(holds.c.decision_id, String)).not_in(_said),
    standing,
)
_ENDED = select(holds.c.decision_id).where(*_ended).order_by(holds.c.until_at, holds.c.id)
_HOLDS = (
    select(holds.c.subject, holds.c.project_id, holds.c.until_at)
    .where(*_ended)
    .order_by(holds.c.id)
)
