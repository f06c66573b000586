"""Following: the same as watching, of a database that other nodes use, too.

Nothing asks the database on the way to an answer. A thread is told whenever something is committed,
learns what it is, and says so; between that a lease runs, after which nothing is answered from
memory until the thread has asked again.
"""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from multiprocessing.connection import wait
from time import monotonic
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from storage import nodes, postgres
from storage.database import Database
from storage.watching import Watch

RENEWALS = 3
"""How often in each lease a worker asks what is new, told or not."""

RETRY_SECONDS = 0.5

Now = Callable[[], datetime]


class Following(Watch):
    """Follows the journal of a PostgreSQL database, from a thread of its own.

    The loop that answers requests reads what the thread has learnt; each thing is replaced whole.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._id = secrets.token_hex(8)
        self._until = 0.0
        self._is_told = False
        self._stopped = False

    def look(self, *, at: datetime) -> bool:
        """Whether what is known is all that was committed: within the lease, and by this worker."""
        written = self._database.written
        return monotonic() < self._until and self._serial is not None and self._serial >= written

    @contextmanager
    def following(self, now: Now) -> Iterator[None]:
        """Meanwhile a thread learns what is committed anywhere."""
        wake, waker = os.pipe()
        thread = threading.Thread(
            target=self._follow, args=(now, wake), name="follows the journal", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            self._stopped = True
            os.write(waker, b".")
            thread.join()
            os.close(wake)
            os.close(waker)

    def _follow(self, now: Now, wake: int) -> None:
        while not self._stopped:
            with suppress(SQLAlchemyError), self._database.engine.connect() as tx:
                self._listen(tx, now, wake)
            wait([wake], 0 if self._stopped else RETRY_SECONDS)

    def _listen(self, tx: Connection, now: Now, wake: int) -> None:
        driver: Any = tx.connection.driver_connection
        driver.add_notify_handler(self._hear)
        tx.exec_driver_sql(f"LISTEN {postgres.CHANNEL}")
        renewal = self._database.lease_seconds / RENEWALS
        try:
            while not self._stopped:
                self._is_told = False
                self._renew(tx, now)
                if not self._is_told:  # While it asked, that is.
                    wait([driver, wake], renewal)
            self._until = 0.0
            nodes.leave(tx, self._id)
        finally:
            tx.invalidate()  # Nobody else may hear what it is told.

    def _renew(self, tx: Connection, now: Now) -> None:
        """Learn what is new, and begin another lease."""
        asked, known = monotonic(), self._serial or 0
        # First: who commits from here on waits for this worker.
        nodes.confirm(tx, self._id, serial=known)
        # Not `postgres.begin`, which would go on with another connection, that nobody listens on.
        tx.exec_driver_sql(postgres.READ)
        self._learn(tx, now())
        tx.commit()
        self._until = asked + self._database.lease_seconds
        if self._serial is not None and self._serial > known:
            nodes.confirm(tx, self._id, serial=self._serial)

    def _hear(self, _notice: object) -> None:
        self._is_told = True


def watching(database: Database) -> Watch:
    """Whoever watches this kind of database."""
    return Following(database) if database.is_shared else Watch(database)
