"""Trust: who is new here. It is computed when asked, and stored nowhere (DESIGN.md section 4)."""

from datetime import datetime

from moderation.admission import Standing
from moderation.terms import Trial
from storage import trust
from storage.database import Transaction
from storage.records import Account, Role


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
