"""Whom a decision concerns, of those who can be written to, and with which of its subjects."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, select

from storage.batches import batched
from storage.database import Transaction
from storage.records import Target
from storage.schema import accounts, members, tokens

SUBJECTS_SHOWN = 20
"""How many subjects each account is told of. All of them are counted."""


@dataclass(slots=True, kw_only=True)
class Part:
    """What of a decision concerns one account: the first subjects, and how many there are."""

    subjects: list[str] = field(default_factory=list)
    count: int = 0


def by(tx: Transaction, targets: Sequence[Target], *, limit: int) -> dict[str, Part]:
    """The first *limit* accounts with an e-mail that are concerned, by name, each with its part.

    Those are the accounts themselves, the owners of tokens, and the members of projects.
    """
    names: dict[str, list[str]] = {}
    ids: dict[str, list[str]] = {}
    of_projects: dict[int, list[str]] = {}
    for target in targets:
        kind, _, name = target.subject.partition(":")
        if target.project_id is not None:
            of_projects.setdefault(target.project_id, []).append(target.subject)
        elif kind == "account":
            names[name] = [target.subject]
        elif kind == "token":
            ids[name] = [target.subject]
    found: dict[str, Part] = {}
    for name in (name for some in batched(names) for name in tx.scalars(_named(some))):
        add(found, name, names[name], limit=limit)
    for name, token_id in (row for some in batched(ids) for row in tx.execute(_owners(some))):
        add(found, name, ids[token_id], limit=limit)
    for some in batched(of_projects):
        for name, project_id in tx.execute(_members(some)):
            add(found, name, of_projects[project_id], limit=limit)
    return found


def add(found: dict[str, Part], name: str, subjects: Sequence[str], *, limit: int) -> None:
    """Let these be more of what concerns the account, unless *limit* others are found already."""
    if name not in found and len(found) == limit:
        return
    part = found.setdefault(name, Part())
    part.subjects += subjects[: SUBJECTS_SHOWN - len(part.subjects)]
    part.count += len(subjects)


def name_of(tx: Transaction, account_id: int) -> str | None:
    """The name of the account, if it can be written to."""
    return tx.scalar(select(accounts.c.name).where(accounts.c.id == account_id, _REACHABLE))


def _named(names: Sequence[str]) -> Select[str]:
    return select(accounts.c.name).where(accounts.c.name.in_(names), _REACHABLE)


def _owners(token_ids: Sequence[str]) -> Select[str, str]:
    query = select(accounts.c.name, tokens.c.id)
    query = query.join(tokens, tokens.c.account_id == accounts.c.id)
    return query.where(tokens.c.id.in_(token_ids), _REACHABLE)


def _members(project_ids: Sequence[int]) -> Select[str, int]:
    query = select(accounts.c.name, members.c.project_id)
    query = query.join(members, members.c.account_id == accounts.c.id)
    current = members.c.project_id.in_(project_ids) & members.c.removed_at.is_(None)
    return query.where(current, _REACHABLE).order_by(accounts.c.name)


_REACHABLE = accounts.c.email.is_not(None)
