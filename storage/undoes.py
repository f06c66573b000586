"""Undoes: which decisions are effective, by MODERATION.md's two sentences.

A decision is effective while no effective undo points at it. The column *effective* is that
sentence worked out for each decision an undo touches, in the transaction that records the undo;
nothing else writes it, and ``bascule check`` works it out anew for every row.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, insert, select, update

from storage.batches import batched
from storage.database import AnyRow, Transaction
from storage.schema import decisions, undoes


def point(tx: Transaction, undo_id: int, targets: Collection[int]) -> None:
    """Let an undo point at *targets*, and settle what follows from that."""
    tx.execute(insert(undoes), [{"undo_id": undo_id, "decision_id": target} for target in targets])
    _settle(tx, targets)


def effective(tx: Transaction, decision_id: int) -> AnyRow | None:
    """The undo that makes this decision ineffective, if it is: its id, by and at."""
    query = (
        select(decisions.c.id, decisions.c.by, decisions.c.at)
        .join(undoes, undoes.c.undo_id == decisions.c.id)
        .where(undoes.c.decision_id == decision_id, decisions.c.effective)
        .order_by(decisions.c.id)
        .limit(1)
    )
    return tx.execute(query).first()


def reached_by(tx: Transaction, undone: Collection[int]) -> set[int]:
    """These decisions and, where they are undoes, all that they undid, and so on."""
    found, new = set(undone), set(undone)
    while new:
        below: set[int] = set()
        for batch in batched(new):
            query = select(undoes.c.decision_id).where(undoes.c.undo_id.in_(batch))
            below.update(tx.scalars(query))
        new = below - found
        found |= new
    return found


def of(tx: Transaction, targets: Collection[int]) -> dict[int, set[int]]:
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
