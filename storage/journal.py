"""The journal: append-only, hash-chained; its serial is the order of the world."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from storage.database import AnyRow, Transaction
from storage.problems import Invalid
from storage.records import Entry
from storage.schema import entries, entry_cases, entry_projects, payloads

FIRST = "0" * 64
"""What the first entry names as the hash before it."""


def append(
    tx: Transaction,
    *,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
    projects: Iterable[int] = (),
    cases: Iterable[int] = (),
) -> int:
    """Write one entry and return its serial.

    *projects* are the rows whose pages it changes, *cases* those it belongs to.

    The payload (reason and details) stands apart from the chain, which holds only its hash:
    personal data can be erased without breaking the chain.
    """
    serial, previous_hash = _last(tx)
    payload = _canonical({"reason": reason, "details": details or {}})
    entry = {
        "serial": serial + 1,
        "at": at,
        "actor": actor,
        "act": act,
        "subject": subject,
        "payload_hash": _sha256(payload),
        "previous_hash": previous_hash,
    }
    tx.execute(insert(entries).values(**entry, hash=_chained(entry)))
    tx.execute(insert(payloads).values(serial=serial + 1, payload=payload))
    if rows := [{"project_id": id_, "serial": serial + 1} for id_ in sorted(set(projects))]:
        tx.execute(insert(entry_projects), rows)
    if rows := [{"case_id": id_, "serial": serial + 1} for id_ in sorted(set(cases))]:
        tx.execute(insert(entry_cases), rows)
    return serial + 1


def last_serial(tx: Transaction) -> int:
    """The number of the newest entry; 0 in an empty journal."""
    return tx.scalar(select(func.coalesce(func.max(entries.c.serial), 0))) or 0


def since(tx: Transaction, serial: int, *, limit: int) -> list[Entry]:
    """At most *limit* entries after *serial*, oldest first."""
    query = _ALL.where(entries.c.serial > serial).order_by(entries.c.serial).limit(limit)
    return [_entry(row) for row in tx.execute(query)]


def of_case(tx: Transaction, case_id: int, *, limit: int, after: int = 0) -> list[Entry]:
    """The newest entries that belong to a case, after that serial, newest first."""
    query = (
        _ALL.join(entry_cases, entry_cases.c.serial == entries.c.serial)
        .where(entry_cases.c.case_id == case_id, entry_cases.c.serial > after)
        .order_by(entry_cases.c.serial.desc())
        .limit(limit)
    )
    return [_entry(row) for row in tx.execute(query)]


def verify(tx: Transaction) -> Iterator[int]:
    """Check the chain entry by entry, yielding each serial that is right.

    Raises Invalid at the first entry that was changed, is missing or stands out of order.
    An erased payload is no fault: the chain holds its hash alone.
    """
    expected, previous_hash = 1, FIRST
    for row in tx.execute(_ALL.order_by(entries.c.serial).execution_options(yield_per=1000)):
        if row.serial != expected:
            raise Invalid(f"Entry {expected} of the journal is missing.")
        if row.previous_hash != previous_hash or row.hash != _chained(row._mapping):
            raise Invalid(f"Entry {row.serial} of the journal was changed or moved.")
        if row.payload is not None and _sha256(row.payload) != row.payload_hash:
            raise Invalid(f"The payload of entry {row.serial} of the journal was changed.")
        expected, previous_hash = row.serial + 1, row.hash
        yield row.serial


_ALL = select(*entries.c, payloads.c.payload).outerjoin(
    payloads, payloads.c.serial == entries.c.serial
)


_ERASED = '{"reason": "", "details": {}}'


def _last(tx: Transaction) -> tuple[int, str]:
    newest = select(entries.c.serial, entries.c.hash).order_by(entries.c.serial.desc()).limit(1)
    row = tx.execute(newest).first()
    return (row.serial, row.hash) if row else (0, FIRST)


def _chained(entry: Mapping[Any, Any]) -> str:
    return _sha256(
        _canonical(
            [
                entry["serial"],
                entry["at"].isoformat(timespec="microseconds"),
                entry["actor"],
                entry["act"],
                entry["subject"],
                entry["payload_hash"],
                entry["previous_hash"],
            ]
        )
    )


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _entry(row: AnyRow) -> Entry:
    payload: dict[str, Any] = json.loads(row.payload or _ERASED)
    return Entry(
        serial=row.serial,
        at=row.at,
        actor=row.actor,
        act=row.act,
        subject=row.subject,
        reason=payload["reason"],
        details=payload["details"],
    )
