"""Which names are protected: the operator's list, and the projects that are fetched most."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import structlog
from anyio import to_thread

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
            self._renew(now)
        return self._names

    async def following(
        self, now: Callable[[], datetime], *, every: timedelta = RENEWED_AFTER / 2
    ) -> None:
        """Read them again before they are due: who asks for them may be within a transaction."""
        while True:
            await anyio.sleep(every.total_seconds())
            try:
                await to_thread.run_sync(self._renew, now())
            except Exception:  # It would end all that runs beside the server.
                log.exception("The protected names could not be read.")

    def _renew(self, now: datetime) -> None:
        self._until = now + RENEWED_AFTER
        try:
            self._names = Protected([*self._listed(), *self._fetched(now)])
        except (OSError, UnicodeDecodeError, Problem) as error:
            log.warning(f"The protected names cannot be read: {error}.")

    def _listed(self) -> list[str]:
        if self._file is None:
            return []
        lines = self._file.read_text(encoding="utf-8").splitlines()
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]

    def _fetched(self, now: datetime) -> list[str]:
        since = (now - FETCHED_OVER).date()
        return self._database.read_now(downloads.fetched_most, since=since, limit=FETCHED_MOST)
