"""Whether the index can read and write what it needs, found out at most once a second."""

from datetime import datetime, timedelta

from anyio import Lock, to_thread

from index import errors
from storage.blobs import Blobs
from storage.database import Database, Transaction
from storage.migrations import is_current
from storage.problems import Busy, Problem, Unavailable

LASTS = timedelta(seconds=1)
"""How long an answer holds: whoever asks more often takes no lock, and writes nothing."""


class Readiness:
    """What was found out last, and when. Everybody who asks meanwhile waits for one answer."""

    def __init__(self) -> None:
        self._asking = Lock()
        self._asked_at: datetime | None = None
        self._problem: Problem | None = None

    async def check(self, database: Database, blobs: Blobs, *, at: datetime) -> None:
        """Raises Unavailable or Full if the index is not ready."""
        async with self._asking:
            if self._asked_at is None or abs(at - self._asked_at) >= LASTS:
                self._problem = await _problem(database, blobs)
                self._asked_at = at
        if self._problem is not None:
            raise self._problem.with_traceback(None)


async def _problem(database: Database, blobs: Blobs) -> Problem | None:
    try:
        await database.rehearse(_check_migrated)
        await to_thread.run_sync(blobs.check_writable)
    except (Problem, OSError) as error:
        problem = errors.told(error)
        if problem is None:
            raise
        # Not 429: who asks did nothing wrong, and should send requests elsewhere.
        return Unavailable(problem.message) if isinstance(problem, Busy) else problem
    return None


def _check_migrated(tx: Transaction) -> None:
    if not is_current(tx):
        raise Unavailable(
            "The database has not the schema of this release.", hint="Run bascule migrate."
        )
