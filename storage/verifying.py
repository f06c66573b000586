"""Is the journal as it was written: every entry follows from the one before it."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import String, func, select, type_coerce

from storage import journal
from storage.database import AnyRow, Database, Transaction
from storage.problems import Invalid
from storage.schema import entries, entry_projects, payloads

BATCH_ENTRIES = 1_000
"""How many entries are read in one transaction: no reader stays in the way of others for long."""

NOTHING_SIGNED: Mapping[int, str] = MappingProxyType({})

_MOMENT_LENGTH = len("2026-11-25 12:00:00.000000")


class Wrong(Invalid):
    """An entry is not as it was written. *serial* is the first such."""

    def __init__(self, serial: int, message: str) -> None:
        super().__init__(message)
        self.serial = serial


def verify(database: Database, *, signed: Mapping[int, str] = NOTHING_SIGNED) -> int:
    """How many entries the journal has, if all of them are as they were written.

    *signed* are the hashes that checkpoints have signed, by serial: they find out a journal that
    was cut off or written anew. Raises Wrong with the first entry that was changed, is missing,
    was put in or stands out of order, or whose payload is gone without an erasure.
    """
    right = _Link()
    while not right.is_last:
        right = database.read_now(_followed, right, signed)
    return right.serial


def verify_within(tx: Transaction, *, signed: Mapping[int, str] = NOTHING_SIGNED) -> int:
    """The same, for the journal as one transaction sees it."""
    right = _Link()
    while not right.is_last:
        right = _followed(tx, right, signed)
    return right.serial


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """An entry that is right, as are all before it."""

    serial: int = 0
    hash: str = journal.FIRST
    is_last: bool = False
    erased: frozenset[int] = frozenset()
    """The entries that may lack a payload, as far as it was asked."""


def _followed(tx: Transaction, right: _Link, signed: Mapping[int, str]) -> _Link:
    """The entry up to which all is right, some way after *right*. Raises Wrong."""
    serial, hash_, erased = right.serial, right.hash, right.erased
    query = _ROWS[tx.dialect.name].where(entries.c.serial > serial).limit(BATCH_ENTRIES)
    few_at_once = query.execution_options(yield_per=BATCH_ENTRIES // 10)
    with _any_text(tx), tx.execute(few_at_once) as rows:
        for row in rows:
            _check_entry(row, serial, hash_)
            serial, hash_ = row.serial, row.hash
            if signed.get(serial, hash_) != hash_:
                raise _written_anew(serial, signed)
            if row.payload is None and serial not in erased:
                erased = _erased(tx)
            _check_payload(row, erased)
    is_last = serial < right.serial + BATCH_ENTRIES
    if is_last:
        _check_ends(tx, serial, signed)
    return _Link(serial=serial, hash=hash_, is_last=is_last, erased=erased)


@contextmanager
def _any_text(tx: Transaction) -> Iterator[None]:
    """Meanwhile text is read also if somebody has put there what is no UTF-8."""
    if tx.dialect.name != "sqlite":  # Nobody can put any there.
        yield
        return
    driver: Any = tx.connection.driver_connection
    driver.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


# The moment as it is stored: to make a datetime of it and text again would take half of the time.
_MOMENTS = {
    "sqlite": type_coerce(entries.c.at, String),
    "postgresql": func.to_char(func.timezone("UTC", entries.c.at), "YYYY-MM-DD HH24:MI:SS.US"),
}
_ROWS = {
    dialect: select(
        entries.c.serial,
        moment.label("at"),
        entries.c.actor,
        entries.c.act,
        entries.c.subject,
        entries.c.payload_hash,
        entries.c.previous_hash,
        entries.c.hash,
        payloads.c.payload,
    )
    .outerjoin(payloads, payloads.c.serial == entries.c.serial)
    .order_by(entries.c.serial)
    for dialect, moment in _MOMENTS.items()
}


def _check_entry(row: AnyRow, before: int, hash_before: str) -> None:
    serial, at, actor, act, subject, payload_hash, previous_hash, hash_, payload = row
    if serial != before + 1:
        raise Wrong(before + 1, f"Entry {before + 1} of the journal is missing.")
    # SQLite keeps a number or bytes in a column of text, if somebody puts them there.
    texts = (at, actor, act, subject, payload_hash, previous_hash, hash_, payload or "")
    if not all(type(text) is str for text in texts) or len(at) != _MOMENT_LENGTH or at[10] != " ":
        raise Wrong(serial, f"Entry {serial} of the journal was changed.")
    moment = f"{at[:10]}T{at[11:]}+00:00"
    if hash_ != journal.chained(serial, moment, actor, act, subject, payload_hash, previous_hash):
        raise Wrong(serial, f"Entry {serial} of the journal was changed or moved.")
    if previous_hash != hash_before:
        wrong = max(before, 1)  # The later of the two is what it says it is.
        raise Wrong(wrong, f"Entry {wrong} of the journal was written anew, or moved.")


def _check_payload(row: AnyRow, erased: Collection[int]) -> None:
    if row.payload is None and row.serial not in erased:
        raise Wrong(row.serial, f"The payload of entry {row.serial} of the journal is missing.")
    if row.payload is not None and journal.sha256(row.payload) != row.payload_hash:
        raise Wrong(row.serial, f"The payload of entry {row.serial} of the journal was changed.")


def _written_anew(serial: int, signed: Mapping[int, str]) -> Wrong:
    first = 1 + max((each for each in signed if each < serial), default=0)
    return Wrong(
        first, f"The journal was written anew, somewhere from entry {first} to entry {serial}."
    )


def _erased(tx: Transaction) -> frozenset[int]:
    """The entries whose payload may be absent, because a later entry says that it was erased."""
    query = (
        select(entries.c.serial, entries.c.payload_hash, payloads.c.payload)
        .join(payloads, payloads.c.serial == entries.c.serial)
        .where(entries.c.act == journal.ERASE)
    )
    return frozenset(
        serial
        for row in tx.execute(query)
        if journal.sha256(row.payload) == row.payload_hash
        for serial in json.loads(row.payload)["details"]["serials"]
        if serial < row.serial
    )


def _check_ends(tx: Transaction, last: int, signed: Mapping[int, str]) -> None:
    first = tx.scalar(select(func.min(entries.c.serial)))
    if first is not None and first < 1:
        raise Wrong(first, f"Entry {first} was put into the journal, which begins with entry 1.")
    known = [tx.scalar(select(func.max(table.c.serial))) for table in (payloads, entry_projects)]
    if max(*(serial or 0 for serial in known), *signed, 0) > last:
        raise Wrong(last + 1, f"Entry {last + 1} of the journal is missing.")
