"""Proposals: what takes two people, between the first and the second."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from storage.database import AnyRow, Transaction
from storage.problems import NotFound
from storage.records import Act
from storage.schema import proposals


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody wants to decide, and how it ended: confirmed, cancelled or not yet."""

    id: int
    act: Act
    wanted: Mapping[str, Any]
    by: str
    at: datetime
    ended_by: str | None
    ended_at: datetime | None
    decision: int | None


def add(tx: Transaction, *, act: Act, wanted: Mapping[str, Any], by: str, at: datetime) -> Proposal:
    """A new proposal."""
    new = insert(proposals).values(act=act, body_json=json.dumps(wanted), by=by, at=at)
    return _proposal(tx.execute(new.returning(proposals)).one())


def by_id(tx: Transaction, proposal_id: int) -> Proposal:
    """The proposal of that number. Raises NotFound."""
    row = tx.execute(select(proposals).where(proposals.c.id == proposal_id)).first()
    if row is None:
        raise NotFound(f"There is no proposal {proposal_id}.")
    return _proposal(row)


def newest(tx: Transaction, *, limit: int) -> list[Proposal]:
    """The newest proposals, the newest first."""
    query = select(proposals).order_by(proposals.c.id.desc()).limit(limit)
    return [_proposal(row) for row in tx.execute(query)]


def end(
    tx: Transaction, proposal_id: int, *, by: str, at: datetime, decision: int | None
) -> Proposal:
    """Let it be over: confirmed with a decision, or cancelled."""
    tx.execute(
        update(proposals)
        .where(proposals.c.id == proposal_id)
        .values(ended_by=by, ended_at=at, decision_id=decision)
    )
    return by_id(tx, proposal_id)


def _proposal(row: AnyRow) -> Proposal:
    return Proposal(
        id=row.id,
        act=Act(row.act),
        wanted=json.loads(row.body_json),
        by=row.by,
        at=row.at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        decision=row.decision_id,
    )
