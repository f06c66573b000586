"""Counting downloads: in memory as they happen, into the database now and then."""

from collections import Counter
from datetime import date
from threading import Lock

import anyio
import structlog
from anyio import to_thread

from storage import downloads
from storage.database import Database
from storage.problems import Problem

log = structlog.get_logger()

NOTE_SECONDS = 60
"""How often the counts go into the database."""

MOST_FILES = 100_000
"""How many files are counted between two notes; what more were fetched is left uncounted."""


class Downloads:
    """What was fetched since it was noted last. Losing it loses some counts, and nothing else."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[int, date]] = Counter()
        self._lock = Lock()

    def count(self, file_id: int, day: date) -> None:
        """One more download of the file."""
        with self._lock:
            if (file_id, day) in self._counts or len(self._counts) < MOST_FILES:
                self._counts[file_id, day] += 1

    async def noting(self, database: Database) -> None:
        """Note what was counted, again and again. Each worker counts for itself."""
        while True:
            await anyio.sleep(NOTE_SECONDS)
            try:
                await to_thread.run_sync(self.note, database)
            except Problem as problem:
                log.warning(problem.message)
            except Exception:  # It would end all that runs beside the server.
                log.exception("The downloads could not be noted.")

    def note(self, database: Database) -> None:
        """Write down what was counted. Raises Busy, Full, Unavailable; the counts are kept then."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            database.write_now(downloads.add, counts)
        except Problem:
            with self._lock:
                self._counts += counts
            raise
