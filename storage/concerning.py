"""Whom decisions concern: the account itself, whose token it is, and who is a member."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, union_all

from storage import subjects
from storage.database import AnyRow, Transaction
from storage.holds import in_force
from storage.records import Account
from storage.schema import (
    accounts,
    decision_subjects,
    decisions,
    files,
    holds,
    members,
    overrides,
    projects,
    releases,
    tokens,
)


def first_subject(
    tx: Transaction, decision_id: int, account: Account, *, project: str | None = None
) -> str | None:
    """The first subject of the decision that concerns the account, or None; with *project*, only
    what concerns that one."""
    held = select(holds.c.subject).where(
        holds.c.decision_id == decision_id, _concerns(account, project)
    )
    found = tx.scalar(held.order_by(holds.c.id).limit(1))
    if found is not None:
        return found
    named = select(func.min(decision_subjects.c.subject)).where(
        decision_subjects.c.decision_id == decision_id,
        decision_subjects.c.subject.in_(_subjects(account, project)),
    )
    return tx.scalar(named)


def holds_on(
    tx: Transaction, account: Account, *, project: str | None, at: datetime, limit: int
) -> tuple[list[AnyRow], int]:
    """The newest holds in force that concern the account, newest first, and how many there are.

    Each has the act, by, reason and note of its decision, and the role of who made it.
    """
    mine = (in_force, _concerns(account, project))
    count = tx.scalar(select(func.count()).select_from(holds).where(*mine), {"at": at}) or 0
    query = _HOLDS.where(*mine).order_by(holds.c.id.desc()).limit(limit)
    return list(tx.execute(query, {"at": at})), count


def limits_on(tx: Transaction, account: Account, decision_ids: Collection[int]) -> list[AnyRow]:
    """The limits that these decisions gave the account, newest first, in the same way."""
    mine = (overrides.c.account_id == account.id, overrides.c.decision_id.in_(decision_ids))
    return list(tx.execute(_LIMITS.where(*mine).order_by(decisions.c.id.desc())))


def _concerns(account: Account, project: str | None) -> ColumnElement[bool]:
    in_projects = holds.c.project_id.in_(_memberships(account, project))
    if project is not None:
        return in_projects
    return or_(holds.c.subject.in_(_own(account)), in_projects)


def _subjects(account: Account, project: str | None) -> Select[Any]:
    """Every subject that concerns the account, as text."""
    mine = projects.c.id.in_(_memberships(account, project))
    release = literal("release:") + projects.c.name + "/" + releases.c.version
    every = [
        select(literal("project:") + projects.c.name).where(mine),
        select(release).join(projects, projects.c.id == releases.c.project_id).where(mine),
        select(literal("file:") + files.c.filename).where(
            files.c.project_id.in_(_memberships(account, project))
        ),
    ]
    if project is None:
        every.append(_own(account))
    found = union_all(*every).subquery()
    return select(found.c[0])


def _own(account: Account) -> Select[Any]:
    mine = tokens.c.account_id == account.id
    both = union_all(
        select(literal(subjects.account(account.name))),
        select(literal("token:") + tokens.c.id).where(mine),
    ).subquery()
    return select(both.c[0])


def _memberships(account: Account, project: str | None) -> Select[Any]:
    mine = (members.c.account_id == account.id, members.c.removed_at.is_(None))
    query = select(members.c.project_id).where(*mine)
    if project is None:
        return query
    return query.join(projects, projects.c.id == members.c.project_id).where(
        projects.c.name == project
    )


_DECIDED = (decisions.c.act, decisions.c.by, decisions.c.at, decisions.c.reason, decisions.c.note)
_BY_THEM = accounts.c.name == func.substr(decisions.c.by, len("account:") + 1)
_HOLDS = (
    select(*holds.c, *_DECIDED, accounts.c.role)
    .join(decisions, decisions.c.id == holds.c.decision_id)
    .outerjoin(accounts, _BY_THEM)
)
_LIMITS = (
    select(*overrides.c, *_DECIDED, accounts.c.role)
    .join(decisions, decisions.c.id == overrides.c.decision_id)
    .outerjoin(accounts, _BY_THEM)
)
