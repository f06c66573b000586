"""What something reaches: the facts of an impact card, each one query."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from storage.batches import batched
from storage.database import Transaction
from storage.records import Act
from storage.schema import accounts, decision_subjects, decisions, entries, members, projects


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision that was made about one of the subjects before."""

    decision: int
    act: Act
    by: str
    at: datetime
    reason: str
    effective: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deeds:
    """What one actor did in some time: how often each act, and when first."""

    actor: str
    act: str
    count: int
    first_at: datetime


def ages(tx: Transaction, project_ids: Collection[int]) -> list[datetime]:
    """When these projects were made, the oldest first."""
    found: list[datetime] = []
    for batch in batched(sorted(project_ids)):
        found += tx.scalars(select(projects.c.created_at).where(projects.c.id.in_(batch)))
    return sorted(found)


def members_of(tx: Transaction, project_ids: Collection[int]) -> list[str]:
    """Everybody who may publish to any of these projects, by name."""
    found: set[str] = set()
    query = select(accounts.c.name).join(members, members.c.account_id == accounts.c.id)
    for batch in batched(sorted(project_ids)):
        current = members.c.project_id.in_(batch) & members.c.removed_at.is_(None)
        found.update(tx.scalars(query.where(current)))
    return sorted(found)


def verdicts(tx: Transaction, subjects: Sequence[str], *, limit: int) -> list[Verdict]:
    """What was decided about these subjects before, the newest first."""
    found: dict[int, Verdict] = {}
    for batch in batched(subjects):
        for row in tx.execute(_VERDICTS, {"subjects": batch, "limit": limit}):
            found[row.id] = Verdict(
                decision=row.id,
                act=Act(row.act),
                by=row.by,
                at=row.at,
                reason=row.reason,
                effective=row.effective,
            )
    return [found[id_] for id_ in sorted(found, reverse=True)[:limit]]


def deeds(tx: Transaction, acts: Collection[str], *, since: datetime) -> list[Deeds]:
    """Who did any of these *acts* since then, how often, and when first."""
    asked = {"serial": _first_since(tx, since), "since": since, "acts": list(acts)}
    return [
        Deeds(actor=row.actor, act=row.act, count=row.times, first_at=row.first_at)
        for row in tx.execute(_DEEDS, asked)
    ]


def _first_since(tx: Transaction, since: datetime) -> int:
    """A serial before which every entry is older: the clock and the serial grow together."""
    low, high = 0, tx.scalar(select(func.coalesce(func.max(entries.c.serial), 0))) or 0
    while low < high:
        middle = (low + high) // 2
        at = tx.scalar(select(entries.c.at).where(entries.c.serial == middle + 1))
        low, high = (middle + 1, high) if at is not None and at < since else (low, middle)
    return low


_VERDICTS = (
    select(decisions)
    .join(decision_subjects, decision_subjects.c.decision_id == decisions.c.id)
    .where(decision_subjects.c.subject.in_(bindparam("subjects", expanding=True)))
    .distinct()
    .order_by(decisions.c.id.desc())
    .limit(bindparam("limit"))
)
_DEEDS = (
    select(
        entries.c.actor,
        entries.c.act,
        func.count().label("times"),
        func.min(entries.c.at).label("first_at"),
    )
    .where(
        entries.c.serial > bindparam("serial"),
        entries.c.at >= bindparam("since", type_=entries.c.at.type),
        entries.c.act.in_(bindparam("acts", expanding=True)),
    )
    .group_by(entries.c.actor, entries.c.act)
    .order_by(entries.c.actor, entries.c.act)
)
