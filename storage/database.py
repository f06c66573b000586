"""One object opens transactions: a write commits if the function returns and not if it raises."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection, Engine, Row, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage.problems import Busy, Full, Problem, Unavailable

P = ParamSpec("P")
T = TypeVar("T")

Transaction = Connection
"""What every query takes first. Queries never begin, commit or roll back."""

AnyRow = Row[*tuple[Any, ...]]
"""A row of any query."""

BUSY_TIMEOUT_SECONDS = 10
READERS = 16
_VERSION = "PRAGMA data_version"
_SQLITE = f"""
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000};
PRAGMA cache_size = -4096;
PRAGMA temp_store = MEMORY;
"""


class Database:
    """The rows. Each call is one transaction, and from async code one hop to a worker thread."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _engine(url)
        self._readers = CapacityLimiter(READERS)
        self._writers = CapacityLimiter(READERS)
        self._one_writer = threading.Lock()
        self._one_watcher = threading.Lock()
        self._watcher: Connection | None = None
        self._cursor: sqlite3.Cursor | None = None

    async def read(
        self, ask: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What *ask* finds in one consistent view. Raises Busy, Unavailable."""
        return await to_thread.run_sync(
            lambda: self.read_now(ask, *args, **kwargs), limiter=self._readers
        )

    async def write(
        self, change: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Commit what *change* does, if it returns. Raises Busy, Full, Unavailable."""
        return await to_thread.run_sync(
            lambda: self.write_now(change, *args, **kwargs), limiter=self._writers
        )

    async def rehearse(
        self, change: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What *change* would return, and nothing of it done. Raises Busy, Full, Unavailable."""
        return await to_thread.run_sync(
            lambda: self.rehearse_now(change, *args, **kwargs), limiter=self._writers
        )

    def read_now(
        self, ask: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As read, in the caller's own thread."""
        with problems(), self.engine.connect() as tx:
            _begin(tx, "BEGIN")
            return ask(tx, *args, **kwargs)

    def write_now(
        self, change: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As write, in the caller's own thread."""
        with self._writing() as tx:
            answer = change(tx, *args, **kwargs)
            tx.commit()
            return answer

    def rehearse_now(
        self, change: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As rehearse, in the caller's own thread."""
        with self._writing() as tx:
            return change(tx, *args, **kwargs)

    def version(self) -> int:
        """A number that is another one after each commit of anybody; it costs microseconds."""
        with self._one_watcher:
            try:
                if self._cursor is None:
                    driver: Any = self._connected().connection.driver_connection
                    self._cursor = driver.cursor()
                version: int = self._cursor.execute(_VERSION).fetchone()[0]
            except sqlite3.Error:
                self._forget_watcher()
                raise
            return version

    def peek(
        self, ask: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What *ask* finds in one quick query, also while every reader is busy."""
        with self._watching() as watcher:
            return ask(watcher, *args, **kwargs)

    @contextmanager
    def _watching(self) -> Iterator[Transaction]:
        # A connection of its own: whoever watches must wait for nobody.
        with self._one_watcher, problems():
            try:
                yield self._connected()
            except (SQLAlchemyError, sqlite3.Error):
                self._forget_watcher()
                raise

    def _connected(self) -> Connection:
        if self._watcher is None:
            self._watcher = self.engine.connect()
        return self._watcher

    def _forget_watcher(self) -> None:
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = self._cursor = None

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        # Threads of one server queue here, fairly and without polling, not at SQLite's lock.
        if not self._one_writer.acquire(timeout=BUSY_TIMEOUT_SECONDS):
            raise Busy(_BUSY, retry_after_seconds=2)
        try:
            with problems(), self.engine.connect() as tx:
                _begin(tx, "BEGIN IMMEDIATE")
                yield tx
        finally:
            self._one_writer.release()

    def close(self) -> None:
        """Let go of every connection."""
        self._forget_watcher()
        self.engine.dispose()


def _engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=2 * READERS + 1,  # One of them watches.
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT_SECONDS,
        connect_args={"check_same_thread": False, "isolation_level": None},
    )
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.executescript(_SQLITE)


def _begin(tx: Transaction, how: str) -> None:
    # isolation_level None: sqlite3 begins nothing by itself, so that a write can take its
    # lock at once (BEGIN IMMEDIATE) instead of failing later on a snapshot that is old.
    tx.exec_driver_sql(how)


@contextmanager
def problems() -> Iterator[None]:
    """The few faults of a database that can be told, each as the Problem it is."""
    try:
        yield
    except DatabaseError as error:
        raise _told(error) from error
    except PoolTimeout as error:
        raise Busy(_BUSY, retry_after_seconds=2) from error


_BUSY = "The index is busy: its database could not be had in time, and nothing was changed."


def _told(error: DatabaseError) -> Problem:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Busy(_BUSY, retry_after_seconds=2)
    if code == sqlite3.SQLITE_FULL:
        return Full("The disk of the index is full: nothing was stored, and nothing was lost.")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return Unavailable("The database of the index cannot be read or written at the moment.")
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Unavailable(
            "The database of the index is damaged, or is no database.",
            hint="Stop the server and restore a backup.",
        )
    raise error
