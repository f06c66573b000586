"""SQLite as the rows' home: how it is opened, how transactions begin, and its faults."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, Table, create_engine, delete, event, insert
from sqlalchemy.exc import DatabaseError

from storage.batches import batched
from storage.problems import BUSY_TIMEOUT_SECONDS, Full, Problem, Unavailable, busy

READERS = 16
READ, WRITE = "BEGIN", "BEGIN IMMEDIATE"

LEAVE, STAY = "PRAGMA user_version = 1", "PRAGMA user_version = 0"
"""What leaves a mark that the rows have moved, so that no write begins; and what removes it."""

# A number in the head of the file, so that to ask for it costs microseconds.
_HAS_MOVED = "PRAGMA user_version"

_SESSION = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000};
PRAGMA cache_size = -4096;
PRAGMA temp_store = MEMORY;
"""


def engine(url: URL) -> Engine:
    """Connections to the file that *url* names."""
    made = create_engine(
        url,
        pool_size=2 * READERS + 1,  # One of them watches.
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_SECONDS,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )
    event.listen(made, "connect", _prepare)
    return made


def begin(tx: Connection, how: str) -> None:
    """Begin a transaction: READ or WRITE. Raises Unavailable for a write where it has moved."""
    # isolation_level None: sqlite3 begins nothing by itself, so that a write can take its
    # lock at once (BEGIN IMMEDIATE) instead of failing later on a snapshot that is old.
    tx.exec_driver_sql(how)
    if how == WRITE:
        driver: Any = tx.connection.driver_connection
        if driver.execute(_HAS_MOVED).fetchone()[0]:
            raise Unavailable(
                "The index has moved to another database: nothing is written here any more.",
                hint="Start it with the settings that bascule migrate told; if the move is called "
                "off, run bascule migrate --stay.",
            )


def take_time(_tx: Connection) -> None:
    """Let the transaction last: nobody ends it here."""


def empty(tx: Connection, tables: Sequence[Table]) -> None:
    """Remove all rows of tables, of which each comes after those that it refers to."""
    for table in reversed(tables):
        tx.execute(delete(table))


def fill(tx: Connection, table: Table, rows: Iterable[Row[Any]]) -> None:
    """Add rows as they are, their numbers included."""
    for batch in batched(rows):
        tx.execute(insert(table), [row._asdict() for row in batch])


def do(tx: Connection, sql: str) -> None:
    """Run a statement that answers nothing."""
    # Past SQLAlchemy, where it would cost as much as a question.
    driver: Any = tx.connection.driver_connection
    driver.execute(sql)


def is_open(tx: Connection) -> bool:
    """Whether the transaction outlived what failed in it: a full disk takes back all of it."""
    driver: Any = tx.connection.driver_connection
    return bool(driver.in_transaction)


def told(error: DatabaseError) -> Problem | None:
    """The Problem that a fault of SQLite is; None if it is none, or a bug."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return busy()
    if code == sqlite3.SQLITE_FULL:
        return Full("The disk of the index is full: nothing was stored, and nothing was lost.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return Unavailable("The database of the index cannot be read or written at the moment.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Unavailable(
            "The database of the index is damaged, or is no database.",
            hint="Stop the server and restore a backup.",
        )
    return None


def _prepare(connection: Any, _record: object) -> None:
    connection.executescript(_SESSION)
