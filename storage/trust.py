"""What speaks for an account: somebody vouched for it, or what it published was left alone."""

from datetime import datetime

from sqlalchemy import bindparam, func, select

from storage import decisions as stored
from storage import visibility
from storage.database import Transaction
from storage.predicates import published_at
from storage.records import Act, Decision
from storage.schema import decision_subjects, decisions, files, members
from storage.subjects import account


def is_vouched_for(tx: Transaction, name: str) -> bool:
    """Whether an effective decision vouches for the account."""
    return bool(tx.scalar(_VOUCHED, {"subject": account(name)}))


def has_public_file(tx: Transaction, account_id: int, *, since: datetime, at: datetime) -> bool:
    """Whether a file of the account has been public since then, and is neither held nor refused."""
    asked = {"account": account_id, "since": since, "at": at}
    return tx.execute(_PUBLIC, asked).first() is not None


def public_since(tx: Transaction, account_id: int, *, at: datetime) -> datetime | None:
    """Since when the oldest such file has been public; None if there is none."""
    oldest: datetime | None = tx.scalar(_OLDEST, {"account": account_id, "since": at, "at": at})
    return oldest


def vouches(tx: Transaction, name: str) -> list[Decision]:
    """The effective decisions that vouch for the account, oldest first."""
    ids = list(tx.scalars(_VOUCHES, {"subject": account(name)}))
    return [stored.by_id(tx, id_) for id_ in ids]


_VOUCHES = (
    select(decisions.c.id)
    .join(decision_subjects, decision_subjects.c.decision_id == decisions.c.id)
    .where(
        decision_subjects.c.subject == bindparam("subject"),
        decisions.c.act == Act.VOUCH,
        decisions.c.effective,
    )
    .order_by(decisions.c.id)
)
_VOUCHED = select(_VOUCHES.exists())
# Only a member uploads: found by the project, no index by uploader is needed.
_PUBLIC = visibility.OF_UPLOADER.where(
    files.c.project_id.in_(
        select(members.c.project_id).where(members.c.account_id == bindparam("account"))
    )
)
_OLDEST = _PUBLIC.with_only_columns(func.min(published_at)).limit(None)
