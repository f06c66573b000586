"""Holds: what is in force at a moment, computed from decisions and the clock."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
)

from storage.batches import batched
from storage.database import AnyRow, Transaction
from storage.records import Act, Effect, Hold, Mode, Target
from storage.schema import Utc, decisions, files, hold_ends, holds

AT = bindparam("at", type_=Utc())
"""The moment asked about. Every query of this module and of visibility takes it."""

_opening = decisions.alias("opening")
_ending = decisions.alias("ending")

standing = and_(
    exists().where(_opening.c.id == holds.c.decision_id, _opening.c.effective),
    ~exists().where(
        hold_ends.c.hold_id == holds.c.id,
        _ending.c.id == hold_ends.c.decision_id,
        _ending.c.effective,
    ),
)
"""The decision that opened the hold is effective, and no effective decision ended it."""

in_force: ColumnElement[bool] = and_(
    standing,
    or_(holds.c.until_at.is_(None), holds.c.until_at > AT),
)
"""MODERATION.md: a standing hold before its end. There is no other definition.

A hold begins when its decision commits, and there is no way to make it begin later. So its
``from`` is not compared with the clock: a clock that is set back shows nothing that is held.
"""


def open_many(
    tx: Transaction,
    targets: Sequence[Target],
    *,
    effects: Collection[Effect],
    from_at: datetime,
    until_at: datetime | None,
    decision: int,
    mode: Mode | None = None,
) -> None:
    """Put each of *targets* under *effects*."""
    kind = {effect.value: effect in effects for effect in Effect}
    rows = [
        {
            "decision_id": decision,
            "subject": target.subject,
            "project_id": target.project_id,
            "release_id": target.release_id,
            "file_id": target.file_id,
            "from_at": from_at,
            "until_at": until_at,
            "mode": mode,
            **kind,
        }
        for target in targets
    ]
    tx.execute(insert(holds), rows)


def end_many(tx: Transaction, hold_ids: Iterable[int], *, decision: int) -> None:
    """Let *decision* end these holds, for as long as it is effective."""
    rows = [{"hold_id": id_, "decision_id": decision} for id_ in hold_ids]
    tx.execute(insert(hold_ends), rows)


def on_subjects(
    tx: Transaction, subjects: Collection[str], *, at: datetime, only: Effect | None = None
) -> list[Hold]:
    """The holds in force on any of *subjects*, oldest first, maybe with one effect *only*."""
    found: list[Hold] = []
    for batch in batched(sorted(subjects)):
        rows = tx.execute(_ON_SUBJECTS[only], {"subjects": batch, "at": at})
        found += [as_hold(row) for row in rows]
    return found


def ever_on_subjects(
    tx: Transaction, subjects: Collection[str], *, acts: Collection[str]
) -> dict[int, str]:
    """Every hold that a decision of *acts* ever opened on *subjects*: its number and subject."""
    found: dict[int, str] = {}
    for batch in batched(sorted(subjects)):
        query = (
            select(holds.c.id, holds.c.subject)
            .join(decisions, decisions.c.id == holds.c.decision_id)
            .where(holds.c.subject.in_(batch), decisions.c.act.in_(acts))
        )
        found.update((row.id, row.subject) for row in tx.execute(query))
    return found


def ever_waiting_in(tx: Transaction, targets: Iterable[Target]) -> dict[int, str]:
    """Every hold that a file of these projects and releases was received under, with the subject
    among *targets* that it is in."""
    found: dict[int, str] = {}
    for target in targets:
        if target.file_id is not None or target.project_id is None:
            continue
        query = _RECEIVED_UNDER.where(files.c.project_id == target.project_id)
        if target.release_id is not None:
            query = query.where(files.c.release_id == target.release_id)
        found.update(dict.fromkeys(tx.scalars(query), target.subject))
    return found


def waits_in(tx: Transaction, project_id: int, *, at: datetime) -> list[int]:
    """The decisions under which files of the project wait now, each once, oldest first."""
    query = (
        select(holds.c.decision_id)
        .where(holds.c.project_id == project_id, holds.c.wait, in_force)
        .distinct()
        .order_by(holds.c.decision_id)
    )
    return list(tx.scalars(query, {"at": at}))


def all_wait(tx: Transaction, target: Target, *, at: datetime) -> bool:
    """Whether a file waits, or every file of a release does: nobody has been told of it yet."""
    mine = files.c.release_id == target.release_id
    if target.file_id is not None:
        mine = files.c.id == target.file_id
    waiting = exists().where(holds.c.file_id == files.c.id, holds.c.wait, in_force)
    return tx.execute(select(files.c.id).where(mine, ~waiting).limit(1), {"at": at}).first() is None


def in_force_of(tx: Transaction, ids: Collection[int], *, at: datetime) -> set[int]:
    """Those of these holds that are in force."""
    found: set[int] = set()
    for batch in batched(sorted(ids)):
        found.update(
            tx.scalars(select(holds.c.id).where(holds.c.id.in_(batch), in_force), {"at": at})
        )
    return found


def projects_of(tx: Transaction, decision_ids: Collection[int]) -> set[int]:
    """The projects that holds are on which any of these decisions opened or ended."""
    found: set[int] = set()
    ended = select(holds.c.project_id).join(hold_ends, hold_ends.c.hold_id == holds.c.id)
    for batch in batched(decision_ids):
        opened = select(holds.c.project_id).where(holds.c.decision_id.in_(batch))
        both = opened.union(ended.where(hold_ends.c.decision_id.in_(batch)))
        found.update(id_ for id_ in tx.scalars(both) if id_ is not None)
    return found


def by_ids(tx: Transaction, ids: Collection[int]) -> list[Hold]:
    """These holds, whether in force or not."""
    found: list[Hold] = []
    for batch in batched(sorted(set(ids))):
        query = _HOLDS.where(holds.c.id.in_(batch))
        found += [as_hold(row) for row in tx.execute(query.order_by(holds.c.id))]
    return found


def in_force_at(tx: Transaction, *, at: datetime, limit: int) -> list[Hold]:
    """The newest *limit* holds in force."""
    query = _HOLDS.where(in_force).order_by(holds.c.id.desc()).limit(limit)
    return [as_hold(row) for row in tx.execute(query, {"at": at})]


def as_hold(row: AnyRow) -> Hold:
    """The record of one row of the holds' query."""
    return Hold(
        id=row.id,
        subject=row.subject,
        effects=frozenset(effect for effect in Effect if row._mapping[effect.value]),
        from_at=row.from_at,
        until_at=row.until_at,
        decision=row.decision_id,
        act=Act(row.act),
        reason=row.reason,
        mode=Mode(row.mode) if row.mode else None,
    )


_HOLDS = select(*holds.c, decisions.c.act, decisions.c.reason).join(
    decisions, decisions.c.id == holds.c.decision_id
)
_RECEIVED_UNDER = (
    select(holds.c.id)
    .join(files, files.c.id == holds.c.file_id)
    .where(files.c.waited, holds.c.wait, holds.c.from_at <= files.c.uploaded_at)
)
_ON_SUBJECT = _HOLDS.where(
    holds.c.subject.in_(bindparam("subjects", expanding=True)), in_force
).order_by(holds.c.id)
# Made once: each request asks several of these, and making one takes as long as running it.
_ON_SUBJECTS: dict[Effect | None, Select[Any]] = {
    None: _ON_SUBJECT,
    **{effect: _ON_SUBJECT.where(holds.c[effect.value]) for effect in Effect},
}
