"""Appeals: who says that a decision is wrong, and how each stands, worked out from decisions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select

from storage import subjects
from storage.batches import batched
from storage.cases import contested, settled_by
from storage.database import AnyRow, Transaction
from storage.records import Appeal, AppealStatus
from storage.schema import accounts, appeals, cases, decisions


def add(
    tx: Transaction,
    *,
    case_id: int,
    serial: int,
    decision: int,
    account_id: int,
    message: str,
    at: datetime,
) -> Appeal:
    """A new appeal, which entry *serial* of the journal recorded."""
    new = {"case_id": case_id, "serial": serial, "decision_id": decision, "at": at}
    made: int = tx.execute(
        insert(appeals)
        .values(account_id=account_id, message=message, **new)
        .returning(appeals.c.id)
    ).scalar_one()
    return _appeal(tx.execute(_APPEALS.where(appeals.c.id == made)).one())


def newest(tx: Transaction, decision_ids: Collection[int], *, account_id: int) -> dict[int, Appeal]:
    """For each of these decisions what the account appealed last, if anything."""
    found: dict[int, Appeal] = {}
    mine = _APPEALS.where(appeals.c.account_id == account_id).order_by(appeals.c.id)
    for batch in batched(sorted(set(decision_ids))):
        for each in _found(tx, mine.where(appeals.c.decision_id.in_(batch))):
            found[each.decision] = each
    return found


def in_case(tx: Transaction, case_id: int, *, limit: int) -> tuple[list[Appeal], int]:
    """The newest appeals of a case, newest first, and how many there are."""
    count = tx.scalar(select(func.count()).where(appeals.c.case_id == case_id)) or 0
    query = _APPEALS.where(appeals.c.case_id == case_id).order_by(appeals.c.id.desc())
    return _found(tx, query.limit(limit)), count


def of_account(
    tx: Transaction, account_id: int, *, project: str | None, limit: int
) -> list[Appeal]:
    """The newest appeals of the account, newest first; with *project*, those about that one."""
    query = _APPEALS.where(appeals.c.account_id == account_id).order_by(appeals.c.id.desc())
    if project is not None:
        about = cases.c.subject == subjects.project(project)
        query = query.join(cases, cases.c.id == appeals.c.case_id).where(about)
    return _found(tx, query.limit(limit))


def settled_with(tx: Transaction, decision_id: int, *, limit: int) -> dict[str, Appeal]:
    """What was appealed that the decision settles, by the names of those with an e-mail."""
    query = _APPEALS.join(decisions, decisions.c.case_id == appeals.c.case_id).where(
        decisions.c.id == decision_id,
        settled_by(appeals) == decision_id,
        accounts.c.email.is_not(None),
    )
    found = _found(tx, query.order_by(appeals.c.id).limit(limit))
    return {appeal.account: appeal for appeal in found}


def newest_against(tx: Transaction, case_id: int, *, by: str) -> Appeal | None:
    """The newest open appeal of a case against what *by* decided."""
    query = _APPEALS.join(decisions, decisions.c.id == appeals.c.decision_id).where(
        appeals.c.case_id == case_id,
        decisions.c.by == by,
        contested,
        settled_by(appeals).is_(None),
    )
    found = _found(tx, query.order_by(appeals.c.id.desc()).limit(1))
    return found[0] if found else None


_APPEALS = select(
    *appeals.c,
    accounts.c.name.label("account"),
    contested.label("contested"),
    settled_by(appeals).is_not(None).label("settled"),
).join(accounts, accounts.c.id == appeals.c.account_id)


def _found(tx: Transaction, query: Select[Any]) -> list[Appeal]:
    return [_appeal(row) for row in tx.execute(query)]


def _appeal(row: AnyRow) -> Appeal:
    status = AppealStatus.UPHELD if row.settled else AppealStatus.OPEN
    return Appeal(
        id=row.id,
        decision=row.decision_id,
        account=row.account,
        message=row.message,
        at=row.at,
        status=status if row.contested else AppealStatus.OVERTURNED,
    )
