"""The journal: append-only, hash-chained; its serial is the order of the world."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, insert, select

from storage.batches import batched
from storage.database import AnyRow, Transaction, note_appended
from storage.problems import Conflict, Invalid, NotFound
from storage.records import Entry
from storage.schema import entries, entry_cases, entry_projects, payloads

FIRST = "0" * 64
"""What the first entry names as the hash before it."""

ERASE = "payload-erase"
"""What an entry is about that says which payloads were erased."""


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
    serial, previous_hash = head(tx)
    payload = _canonical({"reason": reason, "details": details or {}})
    payload_hash, moment = sha256(payload), at.astimezone(UTC).isoformat(timespec="microseconds")
    entry = {
        "serial": serial + 1,
        "at": at,
        "actor": actor,
        "act": act,
        "subject": subject,
        "payload_hash": payload_hash,
        "previous_hash": previous_hash,
        "hash": chained(serial + 1, moment, actor, act, subject, payload_hash, previous_hash),
    }
    tx.execute(_ADD, entry)
    tx.execute(_ADD_PAYLOAD, {"serial": serial + 1, "payload": payload})
    if rows := [{"project_id": id_, "serial": serial + 1} for id_ in sorted(set(projects))]:
        tx.execute(_ADD_PROJECTS, rows)
    if rows := [{"case_id": id_, "serial": serial + 1} for id_ in sorted(set(cases))]:
        tx.execute(_ADD_CASES, rows)
    note_appended(tx, serial + 1)
    return serial + 1


def last_serial(tx: Transaction) -> int:
    """The number of the newest entry; 0 in an empty journal."""
    return tx.scalar(_LAST) or 0


def head(tx: Transaction) -> tuple[int, str]:
    """The serial and the hash of the newest entry; 0 and FIRST in an empty journal."""
    row = tx.execute(_NEWEST).first()
    return (row.serial, row.hash) if row else (0, FIRST)


def count(tx: Transaction) -> int:
    """How many entries there are."""
    return tx.scalar(select(func.count()).select_from(entries)) or 0


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


def erase(
    tx: Transaction, serials: Collection[int], *, at: datetime, actor: str, reason: str
) -> int:
    """Remove the payloads of these entries for good, and return the serial of the entry about it.

    The entries themselves stay, and the chain with them. Nothing brings a payload back. Raises
    Invalid without a reason, NotFound, and Conflict for what was erased or must not be.
    """
    if not reason.strip():
        raise Invalid("Say why. The journal keeps it.")
    found = _acts(tx, serials)
    for serial in sorted(serials):
        if serial not in found:
            raise NotFound(f"There is no entry {serial} with a payload in the journal.")
        if found[serial] == ERASE:
            raise Conflict(f"Entry {serial} says what was erased, and has to go on saying it.")
    if tx.dialect.name == "sqlite":
        tx.exec_driver_sql("PRAGMA secure_delete = ON")  # Or the text stays in the file a while.
    for batch in batched(found):
        tx.execute(delete(payloads).where(payloads.c.serial.in_(batch)))
    details = {"serials": sorted(found)}
    return append(
        tx, at=at, actor=actor, act=ERASE, subject="index", reason=reason.strip(), details=details
    )


def chained(
    serial: int,
    at: str,
    actor: str,
    act: str,
    subject: str,
    payload_hash: str,
    previous_hash: str,
) -> str:
    """The hash of an entry: of all that it says, and of the hash before it. *at* as ISO 8601."""
    return sha256(_canonical([serial, at, actor, act, subject, payload_hash, previous_hash]))


def sha256(text: str) -> str:
    """The hash of a text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_ALL = select(*entries.c, payloads.c.payload).outerjoin(
    payloads, payloads.c.serial == entries.c.serial
)

# Made once: each change asks these, and making one takes as long as running it.
_NEWEST = select(entries.c.serial, entries.c.hash).order_by(entries.c.serial.desc()).limit(1)
_LAST = select(func.coalesce(func.max(entries.c.serial), 0))
_ADD, _ADD_PAYLOAD = insert(entries), insert(payloads)
_ADD_PROJECTS, _ADD_CASES = insert(entry_projects), insert(entry_cases)

_NO_PAYLOAD = '{"reason": "", "details": {}}'

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def _acts(tx: Transaction, serials: Collection[int]) -> dict[int, str]:
    """What these entries are about, if they have a payload."""
    query = select(entries.c.serial, entries.c.act).join(payloads)
    return {
        row.serial: row.act
        for batch in batched(set(serials))
        for row in tx.execute(query.where(entries.c.serial.in_(batch)))
    }


def _entry(row: AnyRow) -> Entry:
    payload: dict[str, Any] = json.loads(row.payload or _NO_PAYLOAD)
    return Entry(
        serial=row.serial,
        at=row.at,
        actor=row.actor,
        act=row.act,
        subject=row.subject,
        reason=payload["reason"],
        details=payload["details"],
        erased=row.payload is None,
    )
