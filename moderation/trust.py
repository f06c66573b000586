"""Trust: who is new here. It is computed when asked, and stored nowhere (DESIGN.md section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.admission import Standing
from moderation.deciding import Why, journaled, record, targets_of
from moderation.terms import Trial
from storage import trust
from storage.database import Transaction
from storage.problems import Invalid
from storage.records import Account, Act, Decision, Role, Target
from storage.subjects import kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What an account lacks to be trusted, until then; None: until a file of it is public."""

    what: str
    until: datetime | None


def standing(tx: Transaction, account: Account, *, at: datetime, trial: Trial) -> Standing:
    """New until 7 days old with a file that was public for 3 days and is not held, or vouched for.

    Moderators and admins are trusted.
    """
    if account.role is not Role.UPLOADER or trust.is_vouched_for(tx, account.name):
        return Standing.TRUSTED
    if account.created_at > at - trial.account_age:
        return Standing.NEW
    proved = trust.has_public_file(tx, account.id, since=at - trial.file_age, at=at)
    return Standing.TRUSTED if proved else Standing.NEW


def missing(tx: Transaction, account: Account, *, at: datetime, trial: Trial) -> list[Missing]:
    """What the account lacks to be trusted; nothing if it is."""
    if standing(tx, account, at=at, trial=trial) is Standing.TRUSTED:
        return []
    old_enough = account.created_at + trial.account_age
    public = trust.public_since(tx, account.id, at=at)
    proved = public + trial.file_age if public else None
    both = Missing(what="account-age", until=old_enough), Missing(what="public-file", until=proved)
    return [each for each in both if each.until is None or each.until > at]


def vouch(tx: Transaction, names: Sequence[str], *, why: Why) -> Decision:
    """Say that these accounts are trusted, for as long as the decision stands.

    Raises Invalid for what is no account, NotFound.
    """
    targets = accounts_of(targets_of(tx, names))
    decision = record(tx, Act.VOUCH, targets, why)
    return journaled(tx, Act.VOUCH, decision, targets, why, {})


def accounts_of(targets: Sequence[Target]) -> Sequence[Target]:
    """The same targets. Raises Invalid if one is no account."""
    for target in targets:
        if kind_of(target.subject) != "account":
            raise Invalid(f"{target.subject} is no account.", hint="Write account:NAME.")
    return targets
