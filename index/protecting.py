"""Which names are protected: the operator's list, and the projects that are fetched most."""

from datetime import datetime, timedelta
from pathlib import Path

import structlog

from moderation.rules.protected import Protected
from storage import downloads
from storage.database import Database
from storage.problems import Problem

log = structlog.get_logger()

RENEWED_AFTER = timedelta(hours=1)
FETCHED_MOST = 1_000
"""So many of the index's own projects are protected."""

FETCHED_OVER = timedelta(days=30)


class Protection:
    """The protected names, read again once an hour."""

    def __init__(self, file: Path | None, database: Database) -> None:
        self._file = file
        self._database = database
        self._names = Protected()
        self._until: datetime | None = None

    def names(self, *, now: datetime) -> Protected:
        """The names as of the last hour. What cannot be read leaves those that were known."""
        if self._until is None or now >= self._until:
            self._until = now + RENEWED_AFTER
            try:
                self._names = Protected([*self._listed(), *self._fetched(now)])
            except (OSError, UnicodeDecodeError, Problem) as error:
                log.warning(f"The protected names cannot be read: {error}.")
        return self._names

    def _listed(self) -> list[str]:
        if self._file is None:
            return []
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]

    def _fetched(self, now: datetime) -> list[str]:
        since = (now - FETCHED_OVER).date()
        return self._database.read_now(downloads.fetched_most, since=since, limit=FETCHED_MOST)
