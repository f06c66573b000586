"""Overrides: the limits of single accounts, each by a decision, for a time or for good."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import and_, bindparam, insert, or_, select

from storage.batches import batched
from storage.database import Transaction
from storage.records import Allowance, Override
from storage.schema import Utc, accounts, decisions, overrides


def add(
    tx: Transaction,
    names: Collection[str],
    allowance: Allowance,
    *,
    until_at: datetime | None,
    decision: int,
) -> None:
    """Let these accounts have *allowance*, by *decision*."""
    numbers = {**asdict(allowance), "until_at": until_at, "decision_id": decision}
    for batch in batched(names):
        ids = tx.scalars(select(accounts.c.id).where(accounts.c.name.in_(batch)))
        tx.execute(insert(overrides), [{"account_id": id_, **numbers} for id_ in ids])


def in_force(tx: Transaction, account_id: int, *, at: datetime) -> list[Override]:
    """Those of an account that are effective and before their end: the newest, which counts,
    first."""
    return [
        Override(
            allowance=Allowance(
                projects_per_day=row.projects_per_day,
                files_per_day=row.files_per_day,
                files_per_10_minutes=row.files_per_10_minutes,
            ),
            until_at=row.until_at,
            decision=row.decision_id,
            reason=row.reason,
        )
        for row in tx.execute(_IN_FORCE, {"account": account_id, "at": at})
    ]


counts = and_(
    overrides.c.account_id == bindparam("account"),
    decisions.c.effective,
    or_(overrides.c.until_at.is_(None), overrides.c.until_at > bindparam("at", type_=Utc())),
)
"""The account's override is effective and before its end."""

_IN_FORCE = (
    select(*overrides.c, decisions.c.reason)
    .join(decisions, decisions.c.id == overrides.c.decision_id)
    .where(counts)
    .order_by(overrides.c.decision_id.desc())
)
