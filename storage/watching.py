"""Watching: which mode is in force, asked for each answer at almost no cost."""

import sqlite3
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from storage import modes
from storage.database import Database
from storage.problems import Problem
from storage.records import Admission


class Watch:
    """The modes of a database: read again only when something was written since."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._version: int | None = None
        self._found: list[Admission] = []

    def admission(self, *, at: datetime) -> Admission:
        """The mode in force; while the database cannot be read, what was known last."""
        try:
            version = self._database.version()
            if version != self._version:
                self._found = self._database.peek(modes.in_force_at, at=at)
                self._version = version
        except (Problem, SQLAlchemyError, sqlite3.Error):
            self._version = None
        return modes.strictest(self._found, at=at)
