"""Counts and cross-checks over all tables, for operators."""

from datetime import datetime

from sqlalchemy import func, select

from storage.database import Transaction
from storage.holds import in_force
from storage.journal import last_serial
from storage.schema import (
    accounts,
    decision_subjects,
    entries,
    files,
    holds,
    projects,
    releases,
)


def facts(tx: Transaction, *, at: datetime) -> dict[str, int]:
    """What there is, in the order in which a person wants to read it."""
    return {
        "accounts": tx.scalar(select(func.count()).select_from(accounts)) or 0,
        "projects": tx.scalar(select(func.count()).select_from(projects)) or 0,
        "releases": tx.scalar(select(func.count()).select_from(releases)) or 0,
        "files": count_files(tx),
        "bytes of files": tx.scalar(select(func.sum(files.c.size_bytes))) or 0,
        "holds in force": tx.scalar(
            select(func.count()).select_from(holds).where(in_force), {"at": at}
        )
        or 0,
        "newest serial": last_serial(tx),
    }


def of_account(tx: Transaction, subject: str) -> dict[str, int]:
    """How many files the account ever added, and how many holds and decisions were about it."""
    mine = (
        select(func.count()).where(entries.c.actor == subject, entries.c.act == "upload"),
        select(func.count()).where(holds.c.subject == subject),
        select(func.count()).where(decision_subjects.c.subject == subject),
    )
    files_, holds_, decisions_ = (tx.scalar(count) or 0 for count in mine)
    return {"files": files_, "holds": holds_, "decisions": decisions_}


def count_files(tx: Transaction) -> int:
    """How many files there are, hidden ones included."""
    return tx.scalar(select(func.count()).select_from(files)) or 0


def lost_subjects(tx: Transaction) -> list[str]:
    """The subjects of holds that do not name the rows they point at: always none."""
    named = (
        select(holds.c.subject)
        .outerjoin(files, files.c.id == holds.c.file_id)
        .outerjoin(releases, releases.c.id == holds.c.release_id)
        .outerjoin(projects, projects.c.id == holds.c.project_id)
    )
    wrong = (
        (holds.c.subject.startswith("file:") & (holds.c.subject != "file:" + files.c.filename))
        | (holds.c.subject.startswith("file:") & files.c.id.is_(None))
        | (holds.c.subject.startswith("release:") & releases.c.id.is_(None))
        | (
            holds.c.subject.startswith("project:")
            & (projects.c.id.is_(None) | (holds.c.subject != "project:" + projects.c.name))
        )
    )
    return sorted(set(tx.scalars(named.where(wrong))))
