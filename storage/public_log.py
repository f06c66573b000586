"""What everybody may read of decisions: who decided by role, and no name of an account or token."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from storage import visibility
from storage.batches import batched
from storage.database import Transaction
from storage.records import Act, Role
from storage.schema import accounts, decision_subjects, decisions, holds
from storage.subjects import resolve

SUBJECTS_SHOWN = 100
"""How many subjects of one decision are listed. All of them are counted."""

_PUBLIC = ("file", "release", "project")
_OF_OWNERS = (Act.WITHDRAW, Act.RESTORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A decision as everybody may know it."""

    id: int
    act: Act
    at: datetime
    by: str
    """What whoever decided is here, such as owner, moderator, admin, operator."""
    reason: str
    note: str
    subjects: tuple[str, ...]
    """The first of them. What is no file, release or project is told by its kind alone."""
    subject_count: int
    until_at: datetime | None
    effective: bool


def newest(
    tx: Transaction, *, at: datetime, limit: int, before: int | None = None
) -> list[Published]:
    """The newest decisions (before that number), newest first.

    What is about a project that the public does not know yet is told by its kind.
    """
    rows = tx.execute(_page(limit, before)).all()
    subjects: dict[int, list[str]] = {row.id: [] for row in rows}
    found = tx.execute(_first_subjects(subjects)).all()
    known = _known(tx, {row.subject for row in found}, at)
    for decision_id, subject in found:
        subjects[decision_id].append(subject if subject in known else _parted(subject)[0])
    query = select(accounts.c.name, accounts.c.role)
    names = {_parted(row.by)[1] for row in rows}
    roles = {row.name: row.role for row in tx.execute(query.where(accounts.c.name.in_(names)))}
    return [
        Published(
            id=row.id,
            act=Act(row.act),
            at=row.at,
            by=_role(row.by, Act(row.act), roles.get(_parted(row.by)[1])),
            reason=row.reason,
            note=row.note,
            subjects=tuple(subjects[row.id]),
            subject_count=row.subject_count,
            until_at=row.until_at,
            effective=row.effective,
        )
        for row in rows
    ]


def _page(limit: int, before: int | None) -> Select[*tuple[Any, ...]]:
    mine = decision_subjects.c.decision_id == decisions.c.id
    until = select(func.max(holds.c.until_at)).where(holds.c.decision_id == decisions.c.id)
    query = select(
        decisions.c.id,
        decisions.c.act,
        decisions.c.at,
        decisions.c.by,
        decisions.c.reason,
        decisions.c.note,
        decisions.c.effective,
        select(func.count()).where(mine).scalar_subquery().label("subject_count"),
        until.scalar_subquery().label("until_at"),
    )
    query = query.order_by(decisions.c.id.desc()).limit(limit)
    return query.where(decisions.c.id < before) if before else query


def _first_subjects(ids: Collection[int]) -> Select[int, str]:
    """The first subjects of each decision, without a look at the rest, which may be 50,000."""
    every = decision_subjects.alias("every")
    last_shown = (
        select(every.c.subject)
        .where(every.c.decision_id == decisions.c.id)
        .order_by(every.c.subject)
        .offset(SUBJECTS_SHOWN - 1)
        .limit(1)
    )
    greatest = select(func.max(every.c.subject)).where(every.c.decision_id == decisions.c.id)
    bound = func.coalesce(last_shown.scalar_subquery(), greatest.scalar_subquery())
    return (
        select(decision_subjects.c.decision_id, decision_subjects.c.subject)
        .join(decisions, decisions.c.id == decision_subjects.c.decision_id)
        .where(decisions.c.id.in_(ids), decision_subjects.c.subject <= bound)
        .order_by(decision_subjects.c.decision_id, decision_subjects.c.subject)
    )


def _known(tx: Transaction, named: Collection[str], at: datetime) -> set[str]:
    """Those of these subjects that the public may know."""
    of_projects = sorted(each for each in named if _parted(each)[0] in _PUBLIC)
    targets = resolve(tx, of_projects)
    ids = {target.project_id for target in targets if target.project_id is not None}
    public: set[int] = set()
    for batch in batched(sorted(ids)):
        public |= visibility.public_projects(tx, batch, at=at)
    return {target.subject for target in targets if target.project_id in public}


def _role(by: str, act: Act, role: str | None) -> str:
    kind = _parted(by)[0]
    if act in _OF_OWNERS:
        return "owner"
    if kind != "account":
        return kind
    # Whoever decided was a moderator then, whatever they are now.
    return Role.ADMIN if role == Role.ADMIN else Role.MODERATOR


def _parted(text: str) -> tuple[str, str]:
    kind, _, name = text.partition(":")
    return kind, name
