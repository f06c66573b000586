"""Forcing: what a world needs in which something was never decided, past every check."""

from datetime import datetime

from sqlalchemy import delete, func, select, update

from moderation import decisions, waiting
from moderation.cases import case_of
from moderation.deciding import Why
from moderation.terms import CLAIM_LASTS
from storage import accounts, appeals, cases, concerning, journal, signals, subjects
from storage import decisions as stored_decisions
from storage.database import Transaction
from storage.problems import NotFound
from storage.records import Account, Act
from storage.schema import cases as case_rows
from storage.schema import decisions as decision_rows
from storage.schema import entries, files, projects
from storage.schema import holds as hold_rows
from storage.schema import signals as signal_rows
from tests.kit.histories import Met, Step


def force(tx: Transaction, step: Step, at: datetime) -> int:
    """See Index.force."""
    match step.act:
        case "hold" | "withdraw":
            return _hold(tx, step, at)
        case "settle":
            return _settle(tx, step, at)
        case "count":
            tx.execute(update(decision_rows).values(effective=step.args[0]))
        case "meet":
            _meet(tx, *step.args, at=at)
        case "claim" | "take over":
            claimant = _account(tx, step).id
            cases.set_claim(tx, _case(tx, step, at), account_id=claimant, until=at + CLAIM_LASTS)
        case "give back":
            cases.set_claim(tx, _case(tx, step, at), account_id=None, until=None)
        case "appeal":
            _appeal(tx, step, at)
    return 0


def met(tx: Transaction, file: str) -> Met:
    """See Index.met."""
    waits = (hold_rows.c.subject == file) & hold_rows.c.wait
    noticed = select(
        *(signal_rows.c[name] for name in ("rule", "version", "subject", "score", "why"))
    )
    return Met(
        waits=list(tx.scalars(select(hold_rows.c.decision_id).where(waits))),
        signals=[tuple(row) for row in tx.execute(noticed.where(_with(tx, file)))],
    )


def case_number(tx: Transaction, subject: str) -> int:
    """The number of the case about that subject. Raises NotFound."""
    number = tx.scalar(select(case_rows.c.id).where(case_rows.c.subject == subject))
    if number is None:
        raise NotFound(f"There is no case about {subject}.")
    return number


def reason(step: Step) -> str:
    """Why somebody does it."""
    return f"{step.by}, because."


def _hold(tx: Transaction, step: Step, at: datetime) -> int:
    # No request holds in spite of a freeze; the world without has to.
    what, *how = step.args
    return decisions.hold(
        tx,
        [what] if isinstance(what, str) else what,
        why=Why(by=f"account:{step.by}", at=at, reason=reason(step)),
        effects=how[0] if how else (),
        until=at + how[1] if how and how[1] else None,
        act=Act(step.act),
    ).id


def _settle(tx: Transaction, step: Step, at: datetime) -> int:
    return stored_decisions.record(
        tx,
        act=Act(step.args[0].split()[0]),
        by=f"account:{step.by}",
        at=at,
        reason=reason(step),
        subjects=[subjects.INDEX],
        case=_case(tx, step, at),
        case_serial=journal.last_serial(tx),
    )


def _meet(tx: Transaction, file: str, its: Met, *, at: datetime) -> None:
    (target,) = subjects.resolve(tx, [file])
    waiting.begin(tx, target, its.waits, at=at)
    serial = tx.scalar(select(entries.c.serial).where(_uploaded(file)))
    tx.execute(delete(signal_rows).where(_with(tx, file)))
    if its.signals or its.waits:
        case = case_of(tx, target, at=at)
        if its.signals:
            signals.add_many(tx, its.signals, case=case, serial=serial, at=at)
    tx.execute(update(files).where(files.c.id == target.file_id).values(waited=bool(its.waits)))
    first = select(func.min(files.c.id)).where(files.c.project_id == target.project_id)
    if tx.scalar(first) == target.file_id:
        mine = projects.c.id == target.project_id
        tx.execute(update(projects).where(mine).values(waited=bool(its.waits)))


def _appeal(tx: Transaction, step: Step, at: datetime) -> None:
    (decision,), account = step.args, _account(tx, step)
    subject = concerning.first_subject(tx, decision, account)
    assert subject is not None
    (target,) = subjects.resolve(tx, [subject])
    case = case_of(tx, target, at=at)
    serial = journal.append(
        tx, at=at, actor=account.actor, act="appeal", subject=subject, cases=[case]
    )
    mine = {"decision": decision, "account_id": account.id, "message": reason(step)}
    appeals.add(tx, case_id=case, serial=serial, at=at, **mine)


def _case(tx: Transaction, step: Step, at: datetime) -> int:
    (about,) = subjects.resolve(tx, [step.case or step.args[0]])
    return case_of(tx, about, at=at)


def _account(tx: Transaction, step: Step) -> Account:
    account = accounts.by_name(tx, step.by)
    assert account is not None
    return account


def _uploaded(file: str):
    return (entries.c.act == "upload") & (entries.c.subject == file)


def _with(tx: Transaction, file: str):
    """The signals that came with an upload."""
    return signal_rows.c.serial == select(entries.c.serial).where(_uploaded(file)).scalar_subquery()
