"""Cases: one for each project or account that something was said about, and what is open in it.

A case has no state of its own (law 2). A report, a signal or an appeal has the serial of the entry
that recorded it, and is settled while an effective decision about its case knew of that entry.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    FromClause,
    ScalarSelect,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.database import AnyRow, Transaction
from storage.holds import in_force
from storage.records import Act, Case, Ending
from storage.schema import (
    accounts,
    appeals,
    cases,
    decisions,
    entries,
    entry_cases,
    entry_projects,
    hold_ends,
    holds,
    overrides,
    reports,
    signals,
)

SETTLING = (Act.HOLD, Act.RELEASE, Act.DISMISS, Act.VOUCH, Act.LIMITS)
"""The acts that settle the case that they name."""

OPEN_AT_SCORE = 50
"""From how much on the scores of signals, added up, open a case by themselves."""

settles = and_(decisions.c.effective, decisions.c.act.in_(SETTLING))
"""The decision settles what came into its case before it. There is no other definition."""


def settled_by(item: FromClause) -> ScalarSelect[Any]:
    """The decision that settled a report, a signal or an appeal: the first one, or NULL."""
    return (
        select(func.min(decisions.c.id))
        .where(decisions.c.case_id == item.c.case_id, decisions.c.case_serial >= item.c.serial)
        .where(settles)
        .correlate(item)
        .scalar_subquery()
    )


_appealed = decisions.alias("appealed")
_its_hold = holds.alias("its_hold")
_released = decisions.alias("released")
contested = and_(
    exists().where(_appealed.c.id == appeals.c.decision_id, _appealed.c.effective),
    or_(
        exists().where(overrides.c.decision_id == appeals.c.decision_id),
        exists().where(
            _its_hold.c.decision_id == appeals.c.decision_id,
            ~exists().where(
                hold_ends.c.hold_id == _its_hold.c.id,
                _released.c.id == hold_ends.c.decision_id,
                _released.c.effective,
            ),
        ),
    ),
)
"""What the appeal is against is still in effect, undone or released by nobody: otherwise there is
nothing left to decide."""

settled_up_to = (
    select(func.coalesce(func.max(decisions.c.case_serial), 0))
    .where(decisions.c.case_id == cases.c.id, settles)
    .correlate(cases)
    .scalar_subquery()
)
"""The newest entry that an effective decision about the case knew of: what came later is open."""

waits = and_(
    holds.c.project_id == cases.c.project_id,
    holds.c.file_id.is_not(None),
    holds.c.wait,
    in_force,
    exists()
    .where(
        entry_projects.c.project_id == holds.c.project_id,
        entry_projects.c.serial > settled_up_to,
        entries.c.serial == entry_projects.c.serial,
        entries.c.act == "upload",
        entries.c.subject == holds.c.subject,
    )
    .correlate(cases, holds),
)
"""A file of the case's project waits, and came after what was settled."""

_scores = (
    select(func.coalesce(func.sum(signals.c.score), 0))
    .where(signals.c.case_id == cases.c.id, signals.c.serial > settled_up_to)
    .correlate(cases)
    .scalar_subquery()
)
open_now = or_(
    exists().where(reports.c.case_id == cases.c.id, reports.c.serial > settled_up_to),
    exists().where(appeals.c.case_id == cases.c.id, appeals.c.serial > settled_up_to, contested),
    _scores >= OPEN_AT_SCORE,
    exists().where(waits),
)
"""Something in the case is for a moderator to decide."""


def ensure(
    tx: Transaction, subject: str, *, project_id: int | None, account_id: int | None, at: datetime
) -> int:
    """The number of the one case about *subject*, which is made if there is none yet."""
    found = tx.scalar(_ABOUT, {"subject": subject})
    if found is not None:
        return found
    new = {
        "subject": subject,
        "project_id": project_id,
        "account_id": account_id,
        "opened_at": at,
    }
    return int(tx.execute(_OPEN, new).scalar_one())


_ABOUT = select(cases.c.id).where(cases.c.subject == bindparam("subject"))
_OPEN = insert(cases).returning(cases.c.id)


def by_id(tx: Transaction, case_id: int) -> Case | None:
    """The case of that number."""
    row = tx.execute(_CASES.where(cases.c.id == case_id)).first()
    return as_case(row) if row else None


def is_open(tx: Transaction, case_id: int, *, at: datetime) -> bool:
    """Whether anything in the case is for a moderator to decide."""
    return bool(tx.scalar(select(open_now).where(cases.c.id == case_id), {"at": at}))


def version(tx: Transaction, case_id: int) -> int:
    """The newest entry of the journal that belongs to the case."""
    newest = select(func.coalesce(func.max(entry_cases.c.serial), 0))
    return tx.scalar(newest.where(entry_cases.c.case_id == case_id)) or 0


def settlement(tx: Transaction, case_id: int) -> Ending | None:
    """The newest effective decision that settled the case."""
    query = select(decisions).where(decisions.c.case_id == case_id, settles)
    row = tx.execute(query.order_by(decisions.c.id.desc()).limit(1)).first()
    return as_ending(row) if row else None


def was_cleared(tx: Transaction, subject: str, *, since: datetime) -> bool:
    """Whether a person found since then that nothing was wrong: dismissed what was said about
    the subject, released what was held of it, or gave way to an appeal."""
    mine = cases.c.subject == subject
    cleared = (
        select(decisions.c.id)
        .join(cases, cases.c.id == decisions.c.case_id)
        .where(
            mine,
            decisions.c.effective,
            decisions.c.act.in_((Act.DISMISS, Act.RELEASE)),
            decisions.c.at > since,
        )
    )
    overturned = (
        select(appeals.c.id)
        .join(cases, cases.c.id == appeals.c.case_id)
        .join(decisions, decisions.c.id == appeals.c.decision_id)
        .where(mine, ~decisions.c.effective, appeals.c.at > since)
    )
    return any(tx.scalar(query.limit(1)) is not None for query in (cleared, overturned))


def set_claim(
    tx: Transaction, case_id: int, *, account_id: int | None, until: datetime | None
) -> None:
    """Let the case be that account's until then; None: nobody's."""
    claimed = {"claimed_by": account_id, "claimed_until": until}
    tx.execute(update(cases).where(cases.c.id == case_id).values(**claimed))


def open_ones(tx: Transaction, *, at: datetime, limit: int) -> list[Case]:
    """The cases that are open: those with reports before others, the oldest first."""
    reported = exists().where(reports.c.case_id == cases.c.id, reports.c.serial > settled_up_to)
    query = _CASES.where(open_now).order_by(case((reported, 0), else_=1), cases.c.id).limit(limit)
    return [as_case(row) for row in tx.execute(query, {"at": at})]


def versions(tx: Transaction, case_ids: Collection[int]) -> dict[int, int]:
    """For each of these cases its version."""
    query = (
        select(entry_cases.c.case_id, func.max(entry_cases.c.serial).label("serial"))
        .where(entry_cases.c.case_id.in_(case_ids))
        .group_by(entry_cases.c.case_id)
    )
    return {row.case_id: row.serial for row in tx.execute(query)}


def as_case(row: AnyRow) -> Case:
    """The record of one row of the table, with the name of who claimed it."""
    return Case(
        id=row.id,
        subject=row.subject,
        project_id=row.project_id,
        account_id=row.account_id,
        opened_at=row.opened_at,
        claimed_by=row.claimant,
        claimed_until=row.claimed_until,
    )


def as_ending(row: AnyRow) -> Ending:
    """The record of the decision that settled something."""
    return Ending(decision=row.id, act=Act(row.act), by=row.by, at=row.at, reason=row.reason)


_CASES = select(*cases.c, accounts.c.name.label("claimant")).outerjoin(
    accounts, accounts.c.id == cases.c.claimed_by
)
