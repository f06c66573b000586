"""Whom decisions concern: the account itself, whose token it is, and who is a member."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select

from storage import subjects
from storage.database import AnyRow, Transaction
from storage.holds import in_force
from storage.overrides import counts
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
        _names(decision_subjects.c.subject, account, project),
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


def limits_on(tx: Transaction, account: Account, *, at: datetime) -> list[AnyRow]:
    """The limits of its own that the account has then, newest first, in the same way."""
    return list(tx.execute(_LIMITS, {"account": account.id, "at": at}))


def _concerns(account: Account, project: str | None) -> ColumnElement[bool]:
    in_projects = holds.c.project_id.in_(_memberships(account, project))
    if project is not None:
        return in_projects
    return or_(_is_own(holds.c.subject, account), in_projects)


def _names(
    subject: ColumnElement[str], account: Account, project: str | None
) -> ColumnElement[bool]:
    """Whether *subject* is the text of one that concerns the account."""
    its = projects.c.id.in_(_memberships(account, project))
    version = literal("release:") + projects.c.name + "/" + releases.c.version
    in_projects = or_(
        subject.in_(select(literal("project:") + projects.c.name).where(its)),
        subject.in_(select(version).join_from(releases, projects).where(its)),
        subject.in_(select(literal("file:") + files.c.filename).join(projects).where(its)),
    )
    return in_projects if project is not None else or_(_is_own(subject, account), in_projects)


def _is_own(subject: ColumnElement[str], account: Account) -> ColumnElement[bool]:
    its = select(literal("token:") + tokens.c.id).where(tokens.c.account_id == account.id)
    return or_(subject == subjects.account(account.name), subject.in_(its))


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
    .where(counts)
    .order_by(decisions.c.id.desc())
)
