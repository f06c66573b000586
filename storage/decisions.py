"""Decisions as they were recorded, and what they captured."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, insert, select

from storage.batches import batched
from storage.database import Transaction
from storage.problems import NotFound
from storage.records import Act, Decision
from storage.schema import appeals, decision_subjects, decisions, holds, undoes

T = TypeVar("T")

NAMED = 100
"""How many subjects, holds and undoes of each decision a list of decisions has."""


def record(
    tx: Transaction,
    *,
    act: Act,
    by: str,
    at: datetime,
    reason: str,
    note: str = "",
    private_note: str = "",
    key: str | None = None,
    key_request: str | None = None,
    subjects: Sequence[str] = (),
    case: int | None = None,
    case_serial: int | None = None,
) -> int:
    """A new decision with its targets as captured; it is effective. Returns its number.

    It settles what came into *case* up to the entry *case_serial* of the journal.
    """
    new: int = tx.execute(
        insert(decisions)
        .values(
            act=act,
            by=by,
            at=at,
            reason=reason,
            note=note,
            private_note=private_note,
            key=key,
            key_request=key_request,
            effective=True,
            case_id=case,
            case_serial=case_serial,
        )
        .returning(decisions.c.id)
    ).scalar_one()
    if subjects:
        rows = [{"decision_id": new, "subject": subject} for subject in subjects]
        tx.execute(insert(decision_subjects), rows)
    return new


def by_id(tx: Transaction, decision_id: int) -> Decision:
    """The decision of that number. Raises NotFound."""
    found = _decisions(tx, select(decisions).where(decisions.c.id == decision_id))
    if not found:
        raise NotFound(f"There is no decision {decision_id}.")
    return found[0]


def by_ids(tx: Transaction, ids: Collection[int], *, named: int | None = None) -> list[Decision]:
    """Those of these decisions that there are, newest first; of each the first *named* targets."""
    query = select(decisions).where(decisions.c.id.in_(ids)).order_by(decisions.c.id.desc())
    return _decisions(tx, query, named)


def by_key(tx: Transaction, *, by: str, key: str) -> tuple[int, str | None] | None:
    """The decision that this person made with this key, and what was asked for with it."""
    query = select(decisions.c.id, decisions.c.key_request)
    row = tx.execute(query.where(decisions.c.by == by, decisions.c.key == key)).first()
    return (row.id, row.key_request) if row else None


def newest(
    tx: Transaction, *, limit: int, before: int | None = None, named: int | None = None
) -> list[Decision]:
    """The newest decisions (before that number), newest first.

    Of each decision's subjects, holds and undoes there are the first *named*, or all.
    """
    query = select(decisions).order_by(decisions.c.id.desc()).limit(limit)
    return _decisions(tx, query.where(decisions.c.id < before) if before else query, named)


def made(
    tx: Transaction,
    *,
    acts: Collection[Act],
    by: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    case: int | None = None,
    if_by_accounts: Collection[Act] = (),
) -> list[int]:
    """The numbers of these acts in that time (by any of these people), oldest first.

    Those *if_by_accounts* are among them unless they were decided on the command line.
    """
    by_an_account = decisions.c.act.in_(if_by_accounts) & decisions.c.by.startswith("account:")
    wanted = decisions.c.act.in_(acts) | by_an_account
    query = select(decisions.c.id).where(wanted).order_by(decisions.c.id)
    if by:
        query = query.where(decisions.c.by.in_(by))
    if since is not None:
        query = query.where(decisions.c.at >= since)
    if until is not None:
        query = query.where(decisions.c.at <= until)
    if case is not None:
        query = query.where(decisions.c.case_id == case)
    return list(tx.scalars(query))


def cases_of(tx: Transaction, decision_ids: Collection[int]) -> set[int]:
    """The cases that any of these decisions settles, or is appealed against in."""
    found: set[int] = set()
    for batch in batched(decision_ids):
        settled = select(decisions.c.case_id).where(decisions.c.id.in_(batch))
        found.update(tx.scalars(settled.where(decisions.c.case_id.is_not(None))))
        found.update(tx.scalars(select(appeals.c.case_id).where(appeals.c.decision_id.in_(batch))))
    return found


def subjects_of(tx: Transaction, decision_ids: Collection[int]) -> list[str]:
    """Every subject that these decisions captured, each once."""
    found: set[str] = set()
    for batch in batched(decision_ids):
        mine = decision_subjects.c.decision_id.in_(batch)
        found.update(tx.scalars(select(decision_subjects.c.subject).where(mine)))
    return sorted(found)


def _decisions(
    tx: Transaction, query: Select[*tuple[Any, ...]], named: int | None = None
) -> list[Decision]:
    rows = list(tx.execute(query))
    ids = [row.id for row in rows]
    subjects = _of_each(
        tx, decision_subjects.c.decision_id, decision_subjects.c.subject, ids, named
    )
    opened = _of_each(tx, holds.c.decision_id, holds.c.id, ids, named)
    targets = _of_each(tx, undoes.c.undo_id, undoes.c.decision_id, ids, named)
    return [
        Decision(
            id=row.id,
            act=Act(row.act),
            by=row.by,
            at=row.at,
            reason=row.reason,
            note=row.note,
            private_note=row.private_note,
            subjects=subjects[row.id][0],
            subjects_count=subjects[row.id][1],
            holds=opened[row.id][0],
            holds_count=opened[row.id][1],
            undoes=targets[row.id][0],
            undoes_count=targets[row.id][1],
            effective=row.effective,
            case=row.case_id,
        )
        for row in rows
    ]


def _of_each(
    tx: Transaction,
    of: ColumnElement[int],
    what: ColumnElement[T],
    ids: Collection[int],
    named: int | None,
) -> dict[int, tuple[tuple[T, ...], int]]:
    """For each decision the first *named* (or all) of what it has, and how many there are."""
    counting = select(of, func.count()).where(of.in_(ids)).group_by(of)
    counts = dict.fromkeys(ids, 0)
    counts.update((id_, count) for id_, count in tx.execute(counting))
    first: dict[int, list[T]] = {id_: [] for id_ in ids}
    short = [id_ for id_ in ids if named is None or counts[id_] <= named]
    for id_, value in tx.execute(select(of, what).where(of.in_(short)).order_by(what)):
        first[id_].append(value)
    for id_ in counts.keys() - short:
        first[id_] += tx.scalars(select(what).where(of == id_).order_by(what).limit(named))
    return {id_: (tuple(first[id_]), counts[id_]) for id_ in ids}
