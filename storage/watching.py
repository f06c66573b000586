"""Watching: which mode is in force and whose pages have changed, known at almost no cost."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from storage import journal, listed, modes
from storage.database import Database, Transaction
from storage.listed import Newest
from storage.problems import Problem
from storage.records import Admission
from storage.schema import entry_projects, projects

MOST_CHANGED = 20_000
"""How many projects are remembered as changed; beyond that, all count as changed."""


class Watch:
    """Follows the journal of a database: asks it again only when something was written since.

    For one thread: the one that answers requests.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version: int | None = None
        self._modes: list[Admission] = []
        self._serial: int | None = None
        self._floor = 0
        self._changed: dict[str, int] = {}
        self._newest = Newest(change=0, decision=0)

    def look(self, *, at: datetime) -> bool:
        """Learn what was committed until now; False while the database cannot be read."""
        try:
            version = self._database.version()
            if version != self._version:
                self._database.peek(self._learn, at)
                self._version = version
        except (Problem, SQLAlchemyError, sqlite3.Error):
            self._version = None
            return False
        return True

    def admission(self, *, at: datetime) -> Admission:
        """The mode in force; while the database cannot be read, what was known last."""
        self.look(at=at)
        return self.known_admission(at=at)

    def known_admission(self, *, at: datetime) -> Admission:
        """The mode in force by the last look."""
        return modes.strictest(self._modes, at=at) if self._modes else _OPEN

    @property
    def newest(self) -> Newest:
        """How far the journal was at the last look, as far as projects are concerned."""
        return self._newest

    def unchanged(self, project: str, as_of: int) -> bool:
        """Whether, by the last look, no entry after *as_of* has changed that project."""
        return self._changed.get(project, 0) <= as_of >= self._floor

    @contextmanager
    def following(self, now: Callable[[], datetime]) -> Iterator[None]:
        """Meanwhile `look` is worth asking. Here it always is."""
        yield

    def _learn(self, tx: Transaction, at: datetime) -> None:
        # What is answered looks at `_serial` first: all else has to be known before that is.
        newest, since = journal.last_serial(tx), self._serial
        self._modes = modes.in_force_at(tx, at=at)
        if since is None:  # Nothing was read before this look.
            self._floor = newest
        elif since < newest:
            self._remember(tx, since, newest)
            self._newest = listed.newest(tx, since=since, before=self._newest)
        self._serial = newest

    def _remember(self, tx: Transaction, since: int, newest: int) -> None:
        rows = tx.execute(_CHANGED, {"since": since}).all()
        if len(rows) + len(self._changed) > MOST_CHANGED:
            self._floor = newest
            self._changed.clear()
        else:
            self._changed.update({row.name: row.serial for row in rows})


_OPEN = Admission()
_CHANGED = (
    select(projects.c.name, entry_projects.c.serial)
    .join(projects, projects.c.id == entry_projects.c.project_id)
    .where(entry_projects.c.serial > bindparam("since"))
    .order_by(entry_projects.c.serial)
    .limit(MOST_CHANGED + 1)
)
