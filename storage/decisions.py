"""Decisions and their undoes: which are effective, by MODERATION.md's two sentences.

A decision is effective while no effective undo points at it. The column *effective* is that
sentence worked out for each decision an undo touches, in the transaction that records the undo;
nothing else writes it, and ``bascule check`` works it out anew for every row.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, insert, select, update

from storage.batches import batched
from storage.database import AnyRow, Transaction
from storage.problems import NotFound
from storage.records import Act, Decision
from storage.schema import decision_subjects, decisions, holds, undoes

T = TypeVar("T")


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
) -> int:
    """A new decision with its targets as captured; it is effective. Returns its number."""
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
        )
        .returning(decisions.c.id)
    ).scalar_one()
    if subjects:
        rows = [{"decision_id": new, "subject": subject} for subject in subjects]
        tx.execute(insert(decision_subjects), rows)
    return new


def point_undo(tx: Transaction, undo_id: int, targets: Collection[int]) -> None:
    """Let an undo point at *targets*, and settle what follows from that."""
    tx.execute(insert(undoes), [{"undo_id": undo_id, "decision_id": target} for target in targets])
    _settle(tx, targets)


def by_id(tx: Transaction, decision_id: int) -> Decision:
    """The decision of that number. Raises NotFound."""
    found = _decisions(tx, select(decisions).where(decisions.c.id == decision_id))
    if not found:
        raise NotFound(f"There is no decision {decision_id}.")
    return found[0]


def by_key(tx: Transaction, *, by: str, key: str) -> tuple[int, str | None] | None:
    """The decision that this person made with this key, and what was asked for with it."""
    query = select(decisions.c.id, decisions.c.key_request)
    row = tx.execute(query.where(decisions.c.by == by, decisions.c.key == key)).first()
    return (row.id, row.key_request) if row else None


def newest(tx: Transaction, *, limit: int, before: int | None = None) -> list[Decision]:
    """The newest decisions (before that number), newest first."""
    query = select(decisions).order_by(decisions.c.id.desc()).limit(limit)
    return _decisions(tx, query.where(decisions.c.id < before) if before else query)


def made(
    tx: Transaction,
    *,
    acts: Collection[Act],
    by: Collection[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[int]:
    """The numbers of these acts in that time (by any of these people), oldest first."""
    query = select(decisions.c.id).where(decisions.c.act.in_(acts)).order_by(decisions.c.id)
    if by:
        query = query.where(decisions.c.by.in_(by))
    if since is not None:
        query = query.where(decisions.c.at >= since)
    if until is not None:
        query = query.where(decisions.c.at <= until)
    return list(tx.scalars(query))


def effective_undo(tx: Transaction, decision_id: int) -> AnyRow | None:
    """The undo that makes this decision ineffective, if it is: its id, by and at."""
    query = (
        select(decisions.c.id, decisions.c.by, decisions.c.at)
        .join(undoes, undoes.c.undo_id == decisions.c.id)
        .where(undoes.c.decision_id == decision_id, decisions.c.effective)
        .order_by(decisions.c.id)
        .limit(1)
    )
    return tx.execute(query).first()


def undoes_of(tx: Transaction, targets: Collection[int]) -> dict[int, set[int]]:
    """For each of *targets* the effective undoes that point at it."""
    query = (
        select(undoes.c.decision_id, undoes.c.undo_id)
        .join(decisions, decisions.c.id == undoes.c.undo_id)
        .where(decisions.c.effective)
    )
    pointing: dict[int, set[int]] = {target: set() for target in targets}
    for batch in batched(targets):
        for row in tx.execute(query.where(undoes.c.decision_id.in_(batch))):
            pointing[row.decision_id].add(row.undo_id)
    return pointing


def subjects_of(tx: Transaction, decision_ids: Collection[int]) -> list[str]:
    """Every subject that these decisions captured, each once."""
    found: set[str] = set()
    for batch in batched(decision_ids):
        mine = decision_subjects.c.decision_id.in_(batch)
        found.update(tx.scalars(select(decision_subjects.c.subject).where(mine)))
    return sorted(found)


def wrongly_settled(tx: Transaction) -> list[int]:
    """The decisions whose column *effective* is not what the sentence says: always none."""
    query = select(decisions.c.id).where(decisions.c.effective != ~_undone())
    return list(tx.scalars(query.order_by(decisions.c.id)))


def _settle(tx: Transaction, touched: Collection[int]) -> None:
    # An undo points at older decisions only: from the newest down, each is settled once, after
    # all that point at it. What points at nothing needs no order, and is most of a large undo.
    waiting = _pointing(tx, touched)
    _work_out(tx, set(touched) - waiting)
    while waiting:
        newest_first = max(waiting)
        waiting.remove(newest_first)
        if _work_out(tx, [newest_first]):
            query = select(undoes.c.decision_id).where(undoes.c.undo_id == newest_first)
            below = set(tx.scalars(query))
            pointing = _pointing(tx, below)
            _work_out(tx, below - pointing)
            waiting |= pointing


def _pointing(tx: Transaction, ids: Collection[int]) -> set[int]:
    """Those of *ids* that are undoes themselves."""
    query = select(undoes.c.undo_id)
    return {
        id_ for some in batched(ids) for id_ in tx.scalars(query.where(undoes.c.undo_id.in_(some)))
    }


def _work_out(tx: Transaction, ids: Collection[int]) -> bool:
    """Make *effective* what the sentence says; whether any was otherwise."""
    changed = 0
    for batch in batched(ids):
        mine = decisions.c.id.in_(batch)
        changed += tx.execute(
            update(decisions)
            .where(mine, decisions.c.effective != ~_undone())
            .values(effective=~decisions.c.effective)
        ).rowcount
    return changed > 0


def _undone() -> ColumnElement[bool]:
    undo = decisions.alias("undo")
    return (
        exists()
        .where(undoes.c.decision_id == decisions.c.id, undo.c.id == undoes.c.undo_id)
        .where(undo.c.effective)
        .correlate(decisions)
    )


def _decisions(tx: Transaction, query: Select[*tuple[Any, ...]]) -> list[Decision]:
    rows = list(tx.execute(query))
    ids = [row.id for row in rows]
    subjects = _grouped(tx, decision_subjects.c.decision_id, decision_subjects.c.subject, ids)
    opened = _grouped(tx, holds.c.decision_id, holds.c.id, ids)
    targets = _grouped(tx, undoes.c.undo_id, undoes.c.decision_id, ids)
    return [
        Decision(
            id=row.id,
            act=Act(row.act),
            by=row.by,
            at=row.at,
            reason=row.reason,
            note=row.note,
            private_note=row.private_note,
            subjects=tuple(subjects.get(row.id, ())),
            holds=tuple(opened.get(row.id, ())),
            undoes=tuple(targets.get(row.id, ())),
            effective=row.effective,
        )
        for row in rows
    ]


def _grouped(
    tx: Transaction, of: ColumnElement[int], what: ColumnElement[T], ids: Collection[int]
) -> dict[int, list[T]]:
    grouped: dict[int, list[T]] = {}
    for decision_id, value in tx.execute(select(of, what).where(of.in_(ids)).order_by(what)):
        grouped.setdefault(decision_id, []).append(value)
    return grouped
