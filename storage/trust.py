"""What speaks for an account: somebody vouched for it, or what it published was left alone."""

from datetime import datetime

from sqlalchemy import bindparam, exists, select

from storage import visibility
from storage.database import Transaction
from storage.records import Act
from storage.schema import decision_subjects, decisions
from storage.subjects import account


def is_vouched_for(tx: Transaction, name: str) -> bool:
    """Whether an effective decision vouches for the account."""
    return bool(tx.scalar(_VOUCHED, {"subject": account(name)}))


def has_public_file(tx: Transaction, account_id: int, *, since: datetime, at: datetime) -> bool:
    """Whether a file of the account has been public since then, and is neither held nor refused."""
    asked = {"account": account_id, "since": since, "at": at}
    return tx.execute(visibility.OF_UPLOADER, asked).first() is not None


_VOUCHED = select(
    exists().where(
        decision_subjects.c.subject == bindparam("subject"),
        decisions.c.id == decision_subjects.c.decision_id,
        decisions.c.act == Act.VOUCH,
        decisions.c.effective,
    )
)
