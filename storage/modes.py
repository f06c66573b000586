"""Modes: holds on the whole index. The strictest in force counts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storage.database import Transaction
from storage.holds import in_force
from storage.records import Admission, Mode
from storage.schema import decisions, holds
from storage.subjects import INDEX


def in_force_at(tx: Transaction, *, at: datetime) -> list[Admission]:
    """Every mode in force, the strictest first; of the same step, what lasts longest first."""
    found = [
        Admission(
            mode=Mode(row.mode),
            reason=row.reason,
            since_at=row.from_at,
            until_at=row.until_at,
            decision=row.decision_id,
        )
        for row in tx.execute(_IN_FORCE, {"at": at})
    ]
    return sorted(found, key=_strictness)


def strictest(found: Sequence[Admission], *, at: datetime) -> Admission:
    """The one that counts at that moment, of those *found*; open when none does."""
    counting = [each for each in found if each.until_at is None or each.until_at > at]
    return min(counting, key=_strictness, default=Admission())


def admission(tx: Transaction, *, at: datetime) -> Admission:
    """The mode in force: the strictest; open when none is."""
    return strictest(in_force_at(tx, at=at), at=at)


def ever_set(tx: Transaction) -> dict[int, str]:
    """Every hold that ever set a mode, with its subject: those ended or undone included."""
    query = select(holds.c.id).where(holds.c.subject == INDEX)
    return dict.fromkeys(tx.scalars(query), INDEX)


def _strictness(mode: Admission) -> tuple[int, bool, float, int]:
    lasting = mode.until_at.timestamp() if mode.until_at else 0.0
    return -mode.mode.step, mode.until_at is not None, -lasting, -(mode.decision or 0)


_IN_FORCE = (
    select(
        holds.c.mode,
        holds.c.from_at,
        holds.c.until_at,
        holds.c.decision_id,
        decisions.c.reason,
    )
    .join(decisions, decisions.c.id == holds.c.decision_id)
    .where(holds.c.subject == INDEX, in_force)
)
