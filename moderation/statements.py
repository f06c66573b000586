"""Statements: what is in force against an account and its projects, why, and how to answer.

They say by which role it was decided and never by whom, and nothing of who reported it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.appeals import APPEALED
from storage import appeals, concerning, overrides, subjects
from storage.database import AnyRow, Transaction
from storage.records import Account, Act, Allowance, Appeal, Effect, Role

LISTED = 100
"""How many statements are listed, the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that is in force, and its ground."""

    decision: int
    act: Act
    subject: str
    effects: frozenset[Effect] = frozenset()
    limits: Allowance | None = None
    since: datetime
    until: datetime | None
    reason: str
    note: str
    by: str
    """The role of who decided, in words."""
    machine: bool
    """Whether a machine decided it."""
    appeal: Appeal | None
    """The newest of the account's own."""

    @property
    def can_be_appealed(self) -> bool:
        """Whether an appeal is the way to answer it."""
        return self.act in APPEALED


def of_account(
    tx: Transaction, account: Account, *, at: datetime, project: str | None = None
) -> tuple[list[Statement], int]:
    """The newest statements to the account, newest first, and how many there are.

    With *project* only those about that one.
    """
    held, count = concerning.holds_on(tx, account, project=project, at=at, limit=LISTED)
    limited: Sequence[AnyRow] = ()
    if project is None:
        own = [each.decision for each in overrides.in_force(tx, account.id, at=at)]
        limited = concerning.limits_on(tx, account, own)
    rows = [*held, *limited]
    mine = appeals.newest(tx, {row.decision_id for row in rows}, account_id=account.id)
    found = [_held(row, mine.get(row.decision_id)) for row in held]
    found += [_limited(row, account, mine.get(row.decision_id)) for row in limited]
    found.sort(key=lambda each: each.decision, reverse=True)
    return found[:LISTED], count + len(limited)


def _held(row: AnyRow, appeal: Appeal | None) -> Statement:
    return Statement(
        decision=row.decision_id,
        act=Act(row.act),
        subject=row.subject,
        effects=frozenset(effect for effect in Effect if row._mapping[effect.value]),
        since=row.from_at,
        until=row.until_at,
        reason=row.reason,
        note=row.note,
        by=_role(row),
        machine=_is_machine(row),
        appeal=appeal,
    )


def _limited(row: AnyRow, account: Account, appeal: Appeal | None) -> Statement:
    return Statement(
        decision=row.decision_id,
        act=Act(row.act),
        subject=subjects.account(account.name),
        limits=Allowance(
            projects_per_day=row.projects_per_day,
            files_per_day=row.files_per_day,
            files_per_10_minutes=row.files_per_10_minutes,
        ),
        since=row.at,
        until=row.until_at,
        reason=row.reason,
        note=row.note,
        by=_role(row),
        machine=_is_machine(row),
        appeal=appeal,
    )


def _role(row: AnyRow) -> str:
    kind = subjects.kind_of(row.by)
    if kind != "account":
        return "a machine" if _is_machine(row) else "the operator"
    if row.act == Act.WITHDRAW:
        return "an owner"
    return "an admin" if row.role == Role.ADMIN else "a moderator"


def _is_machine(row: AnyRow) -> bool:
    return subjects.kind_of(row.by) == "machine"
