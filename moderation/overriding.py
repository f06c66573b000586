"""Overriding: limits of their own for single accounts, by a decision."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from moderation.deciding import Why, journaled, record, targets_of
from moderation.trust import accounts_of
from storage import overrides, subjects
from storage.database import Transaction
from storage.problems import Forbidden, Invalid
from storage.records import Act, Allowance, Decision, Role


def override(
    tx: Transaction,
    names: Sequence[str],
    allowed: Allowance,
    *,
    why: Why,
    until: datetime | None = None,
) -> Decision:
    """Give accounts limits of their own, until a moment or for good; what is None stays usual.

    The newest such decision counts, alone. Raises Invalid, NotFound, and Forbidden for an
    admin's account, unless an admin decides.
    """
    if until is not None and until <= why.at:
        raise Invalid("The end of limits must lie in the future.")
    if allowed == Allowance():
        raise Invalid("Name at least one limit.", hint="An override is taken back by an undo.")
    targets = accounts_of(targets_of(tx, names))
    named = [target.subject for target in targets]
    if why.role is not Role.ADMIN:
        for spared in subjects.of_admins(tx, named):
            raise Forbidden(f"Only an admin may limit {spared}, which is an admin's.")
    decision = record(tx, Act.LIMITS, targets, why)
    accounts = [subject.partition(":")[2] for subject in named]
    overrides.add(tx, accounts, allowed, until_at=until, decision=decision)
    details = {"limits": asdict(allowed), "until": until.isoformat() if until else None}
    return journaled(tx, Act.LIMITS, decision, targets, why, details)
