"""Reports: what somebody said is wrong, and how each ended, worked out from decisions."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select

from storage.batches import batched
from storage.cases import settled_by
from storage.database import AnyRow, Transaction
from storage.records import Act, Ending, Kind, Report, Track
from storage.schema import accounts, decisions, entries, reports


def add(
    tx: Transaction,
    *,
    cases: Mapping[str, int],
    serial: int,
    reporter_id: int,
    kind: Kind,
    summary: str,
    evidence: Sequence[Mapping[str, Any]],
    key: str | None,
    at: datetime,
) -> None:
    """A report on each of these subjects, which are given with their cases."""
    said = {"kind": kind, "summary": summary, "evidence_json": json.dumps(evidence)}
    mine = {"serial": serial, "reporter_id": reporter_id, "at": at, "key": key}
    rows = [{"subject": subject, "case_id": case_id} for subject, case_id in cases.items()]
    tx.execute(insert(reports), [{**row, **said, **mine} for row in rows])


def by_key(tx: Transaction, *, reporter_id: int, key: str) -> list[Report]:
    """What the account reported with this key."""
    mine = (reports.c.reporter_id == reporter_id, reports.c.key == key)
    return _found(tx, _REPORTS.where(*mine).order_by(reports.c.id))


def newest_on(
    tx: Transaction, subjects: Collection[str], *, reporter_id: int, kind: Kind
) -> dict[str, Report]:
    """For each of these subjects what the account reported last, of this kind, if anything."""
    query = _REPORTS.where(
        reports.c.reporter_id == reporter_id,
        reports.c.kind == kind,
        reports.c.subject.in_(subjects),
    )
    return {report.subject: report for report in _found(tx, query.order_by(reports.c.id))}


def of_reporter(
    tx: Transaction, reporter_id: int, *, limit: int, before: int | None = None
) -> list[Report]:
    """The newest reports of the account (before that number), newest first."""
    query = _REPORTS.where(reports.c.reporter_id == reporter_id)
    if before is not None:
        query = query.where(reports.c.id < before)
    return _found(tx, query.order_by(reports.c.id.desc()).limit(limit))


def in_case(tx: Transaction, case_id: int, *, limit: int) -> tuple[list[Report], int]:
    """The newest reports of a case, newest first, and how many there are."""
    count = tx.scalar(select(func.count()).where(reports.c.case_id == case_id)) or 0
    query = _REPORTS.where(reports.c.case_id == case_id).order_by(reports.c.id.desc())
    return _found(tx, query.limit(limit)), count


def open_in(tx: Transaction, case_ids: Collection[int]) -> list[AnyRow]:
    """Each open report of these cases: its case_id, kind, reporter_id and at."""
    columns = (reports.c.case_id, reports.c.kind, reports.c.reporter_id, reports.c.at)
    query = select(*columns).where(reports.c.case_id.in_(case_ids))
    return list(tx.execute(query.where(settled_by(reports).is_(None))))


def tracks(tx: Transaction, reporter_ids: Collection[int]) -> dict[int, Track]:
    """How the reports of these accounts have ended."""
    dismissed = func.count().filter(decisions.c.act == Act.DISMISS)
    query = (
        select(reports.c.reporter_id, func.count(), dismissed)
        .join(decisions, decisions.c.id == settled_by(reports))
        .group_by(reports.c.reporter_id)
    )
    found = dict.fromkeys(reporter_ids, Track())
    for batch in batched(sorted(found)):
        for id_, ended, wrong in tx.execute(query.where(reports.c.reporter_id.in_(batch))):
            found[id_] = Track(confirmed=ended - wrong, dismissed=wrong)
    return found


def nth_newest_at(tx: Transaction, nth: int, *, actor: str, since: datetime) -> datetime | None:
    """When the actor's report was made that is the *nth* newest since then, by the journal."""
    mine = (entries.c.actor == actor, entries.c.act == "report", entries.c.at > since)
    newest_first = select(entries.c.at).where(*mine).order_by(entries.c.at.desc())
    return tx.scalar(newest_first.offset(nth - 1).limit(1))


_REPORTS = (
    select(
        *reports.c,
        accounts.c.name.label("reporter"),
        decisions.c.id.label("decision"),
        decisions.c.act,
        decisions.c.by,
        decisions.c.at.label("ended_at"),
        decisions.c.reason,
    )
    .join(accounts, accounts.c.id == reports.c.reporter_id)
    .outerjoin(decisions, decisions.c.id == settled_by(reports))
)


def _found(tx: Transaction, query: Select[Any]) -> list[Report]:
    return [_report(row) for row in tx.execute(query)]


def _report(row: AnyRow) -> Report:
    ending = None
    if row.decision is not None:
        ending = Ending(
            decision=row.decision,
            act=Act(row.act),
            by=row.by,
            at=row.ended_at,
            reason=row.reason,
        )
    return Report(
        id=row.id,
        case=row.case_id,
        serial=row.serial,
        reporter=row.reporter,
        reporter_id=row.reporter_id,
        subject=row.subject,
        kind=Kind(row.kind),
        summary=row.summary,
        evidence=tuple(json.loads(row.evidence_json)),
        at=row.at,
        ending=ending,
    )
