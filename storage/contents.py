"""What is in cases: files that wait, signals, members, decisions, downloads."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, union

from storage import decisions as stored_decisions
from storage.cases import contested, settled_by, waits
from storage.database import AnyRow, Transaction
from storage.holds import in_force
from storage.records import Case, Decision, Signal, Waiting
from storage.schema import (
    accounts,
    appeals,
    cases,
    decision_subjects,
    decisions,
    downloads,
    files,
    hold_ends,
    holds,
    projects,
    signals,
)


def waiting_in(
    tx: Transaction, case: Case, *, at: datetime, limit: int
) -> tuple[list[Waiting], int]:
    """The files that wait in the project of a case, the oldest first, and how many there are."""
    mine = (holds.c.project_id == case.project_id, holds.c.wait, in_force)
    of_files = select(func.count(holds.c.file_id.distinct())).where(*mine)
    query = (
        select(
            files.c.filename,
            files.c.uploaded_at,
            accounts.c.name,
            func.min(holds.c.decision_id).label("decision"),
        )
        .join(files, files.c.id == holds.c.file_id)
        .join(accounts, accounts.c.id == files.c.uploaded_by)
        .where(*mine)
        .group_by(files.c.id, files.c.filename, files.c.uploaded_at, accounts.c.name)
        .order_by(files.c.id)
        .limit(limit)
    )
    found = [
        Waiting(
            filename=row.filename,
            uploaded_by=row.name,
            uploaded_at=row.uploaded_at,
            decision=row.decision,
        )
        for row in tx.execute(query, {"at": at})
    ]
    return found, tx.scalar(of_files, {"at": at}) or 0


def signals_in(tx: Transaction, case_id: int, *, limit: int) -> tuple[list[Signal], int]:
    """The newest signals of a case, newest first, and how many there are."""
    mine = signals.c.case_id == case_id
    query = select(signals, settled_by(signals).is_(None).label("open")).where(mine)
    found = [
        Signal(
            id=row.id,
            subject=row.subject,
            rule=row.rule,
            version=row.version,
            score=row.score,
            why=row.why,
            at=row.at,
            open=row.open,
        )
        for row in tx.execute(query.order_by(signals.c.id.desc()).limit(limit))
    ]
    return found, tx.scalar(select(func.count()).where(mine)) or 0


def decisions_about(tx: Transaction, case: Case, *, limit: int) -> list[Decision]:
    """The newest decisions that settle a case, or are about what it is about, newest first."""
    on_project = holds.c.project_id == case.project_id
    found = union(
        select(decisions.c.id).where(decisions.c.case_id == case.id),
        select(decision_subjects.c.decision_id).where(decision_subjects.c.subject == case.subject),
        select(holds.c.decision_id).where(on_project),
        select(hold_ends.c.decision_id)
        .join(holds, holds.c.id == hold_ends.c.hold_id)
        .where(on_project),
    )
    newest = select(decisions.c.id).where(decisions.c.id.in_(found))
    ids = tx.scalars(newest.order_by(decisions.c.id.desc()).limit(limit))
    return stored_decisions.by_ids(tx, list(ids), named=stored_decisions.NAMED)


def filenames(tx: Transaction, project_id: int, *, limit: int) -> list[str]:
    """The names of the newest files of a project, newest first, whoever may see them."""
    query = select(files.c.filename).where(files.c.project_id == project_id)
    return list(tx.scalars(query.order_by(files.c.id.desc()).limit(limit)))


def exposed(tx: Transaction, case_ids: Collection[int]) -> dict[int, AnyRow]:
    """For the projects of these cases: created_at, how many files, and of these the downloads."""
    counted = (
        select(func.count())
        .where(files.c.project_id == projects.c.id)
        .correlate(projects)
        .scalar_subquery()
    )
    fetched = (
        select(func.coalesce(func.sum(downloads.c.count), 0))
        .join(files, files.c.id == downloads.c.file_id)
        .where(files.c.project_id == projects.c.id)
        .correlate(projects)
        .scalar_subquery()
    )
    query = (
        select(
            cases.c.id,
            projects.c.created_at,
            counted.label("files"),
            fetched.label("downloads"),
        )
        .join(projects, projects.c.id == cases.c.project_id)
        .where(cases.c.id.in_(case_ids))
    )
    return {row.id: row for row in tx.execute(query)}


def open_signals(tx: Transaction, case_ids: Collection[int]) -> dict[int, AnyRow]:
    """For each of these cases the score of its open signals, and the moment of the oldest."""
    query = (
        select(
            signals.c.case_id,
            func.sum(signals.c.score).label("score"),
            func.min(signals.c.at).label("oldest_at"),
        )
        .where(signals.c.case_id.in_(case_ids), settled_by(signals).is_(None))
        .group_by(signals.c.case_id)
    )
    return {row.case_id: row for row in tx.execute(query)}


def open_appeals(tx: Transaction, case_ids: Collection[int]) -> dict[int, AnyRow]:
    """For each of these cases how many appeals are open, and the moment of the oldest."""
    query = (
        select(
            appeals.c.case_id,
            func.count().label("number"),
            func.min(appeals.c.at).label("oldest_at"),
        )
        .where(appeals.c.case_id.in_(case_ids), settled_by(appeals).is_(None), contested)
        .group_by(appeals.c.case_id)
    )
    return {row.case_id: row for row in tx.execute(query)}


def open_waits(tx: Transaction, case_ids: Collection[int], *, at: datetime) -> dict[int, AnyRow]:
    """For each of these cases how many files wait for a decision, and since when the oldest."""
    query = (
        select(
            cases.c.id,
            func.count(holds.c.file_id.distinct()).label("number"),
            func.min(files.c.uploaded_at).label("oldest_at"),
        )
        .select_from(cases)
        .join(holds, waits)
        .join(files, files.c.id == holds.c.file_id)
        .where(cases.c.id.in_(case_ids))
        .group_by(cases.c.id)
    )
    return {row.id: row for row in tx.execute(query, {"at": at})}
