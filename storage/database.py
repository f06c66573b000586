"""One object opens transactions: a write commits if the function returns and not if it raises."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from anyio import CapacityLimiter, to_thread
from sqlalchemy import URL, Connection, Engine, Row, Table, make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage import nodes, postgres, sqlite
from storage.nodes import LEASE_SECONDS
from storage.problems import BUSY_TIMEOUT_SECONDS, busy

P = ParamSpec("P")
T = TypeVar("T")

Transaction = Connection
"""What every query takes first. Queries never begin, commit or roll back."""

AnyRow = Row[*tuple[Any, ...]]
"""A row of any query."""

_VERSION = "PRAGMA data_version"
_APPENDED = "bascule: appended"


class Kind(Protocol):
    """What differs from one kind of database to another: storage/sqlite.py, storage/postgres.py."""

    READERS: int
    READ: str
    WRITE: str

    def engine(self, url: URL) -> Engine:
        """Connections to a database."""

    def begin(self, tx: Connection, how: str) -> None:
        """Begin a transaction: READ or WRITE."""

    def do(self, tx: Connection, sql: str) -> None:
        """Run a statement that answers nothing."""

    def is_open(self, tx: Connection) -> bool:
        """Whether the transaction outlived what failed in it."""

    def take_time(self, tx: Connection) -> None:
        """Let the transaction last as long as it takes."""

    def empty(self, tx: Connection, tables: Sequence[Table]) -> None:
        """Remove all rows of tables, of which each comes after those that it refers to."""

    def fill(self, tx: Connection, table: Table, rows: Iterable[Row[Any]]) -> None:
        """Add rows as they are, their numbers included. Later ones get numbers after those."""


class Database:
    """The rows. Each call is one transaction, and from async code one hop to a worker thread."""

    def __init__(self, url: str, *, lease_seconds: float = LEASE_SECONDS) -> None:
        """*lease_seconds*: how long a worker on any node may answer without asking it."""
        self.url = make_url(url)
        self.is_shared = self.url.get_backend_name() == "postgresql"
        """Whether other machines may use it, too."""
        self.kind: Kind = postgres if self.is_shared else sqlite
        self.engine = self.kind.engine(self.url)
        self.written = 0
        """The newest entry of the journal that was appended from here."""
        self.lease_seconds = lease_seconds
        self._readers = CapacityLimiter(self.kind.READERS)
        self._writers = CapacityLimiter(self.kind.READERS)
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
            self.kind.begin(tx, self.kind.READ)
            try:
                return ask(tx, *args, **kwargs)
            finally:
                if self.is_shared and not tx.invalidated:
                    tx.commit()  # After a rollback psycopg would prepare every statement anew.

    def write_now(
        self, change: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As write, in the caller's own thread."""
        answer, serial = self._committed(change, *args, **kwargs)
        if serial and self.is_shared:
            nodes.wait_until_known(self.engine, serial, lease_seconds=self.lease_seconds)
        return answer

    def add_now(
        self, change: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for what hides and shows nothing: other nodes may learn of it a bit later."""
        return self._committed(change, *args, **kwargs)[0]

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

    def _committed(
        self, change: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> tuple[T, int]:
        """What *change* returned, and the serial it brought the journal to; 0 if it did not."""
        with self._writing() as tx:
            answer = change(tx, *args, **kwargs)
            tx.commit()
            serial: int = tx.info.get(_APPENDED, 0)
            self.written = max(self.written, serial)
            return answer, serial

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        # Threads of one server queue here, fairly and without polling, not at SQLite's lock.
        if not self._one_writer.acquire(timeout=BUSY_TIMEOUT_SECONDS):
            raise busy()
        try:
            with problems(), self.engine.connect() as tx:
                self.kind.begin(tx, self.kind.WRITE)
                tx.info.pop(_APPENDED, None)
                yield tx
        finally:
            self._one_writer.release()

    def close(self) -> None:
        """Let go of every connection."""
        self._forget_watcher()
        self.engine.dispose()


def note_appended(tx: Transaction, serial: int) -> None:
    """Remember, until the transaction ends, how far it has brought the journal."""
    tx.info[_APPENDED] = serial


@contextmanager
def problems() -> Iterator[None]:
    """The few faults of a database that can be told, each as the Problem it is."""
    try:
        yield
    except DatabaseError as error:
        problem = sqlite.told(error) or postgres.told(error)
        if problem is None:
            raise
        raise problem from error
    except PoolTimeout as error:
        raise busy() from error
