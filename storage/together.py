"""Changes that wait for their turn together commit together: one transaction, one flush."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from anyio import CapacityLimiter, Lock, to_thread

from storage.database import Database, Transaction, problems

P = ParamSpec("P")
T = TypeVar("T")

MOST = 64
"""How many changes share a flush: who comes later must not keep the first waiting."""


class Together:
    """The changes that are on their way into a database, for one event loop.

    They stand apart as in transactions of their own: one that raises takes back only what it did
    itself. None is answered before all of them are flushed (law 10). What a change does beside the
    database must do no harm if it is not committed.
    """

    def __init__(self, database: Database, *, settle: Callable[[], None]) -> None:
        """*settle* makes durable what the changes have done beside the database."""
        self._database = database
        self._settle = settle
        self._waiting: deque[_Waiting[Any]] = deque()
        self._turn = Lock()
        self._one_thread = CapacityLimiter(1)

    async def write(
        self, change: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As Database.write: commit what *change* does, if it returns.

        Raises Busy, Full, Unavailable.
        """
        mine = _Waiting(lambda tx: change(tx, *args, **kwargs))
        self._waiting.append(mine)
        try:
            async with self._turn:
                while not mine.outcome.done():
                    await to_thread.run_sync(self._flush, limiter=self._one_thread)
        finally:
            if mine in self._waiting:  # Whoever asked has gone before its turn came.
                self._waiting.remove(mine)
        return mine.outcome.result()

    def _flush(self) -> None:
        """All that wait, each with its outcome once that is on the disk."""
        taken: list[_Waiting[Any]] = []
        try:
            answers = self._database.add_now(self._each, taken)
        except Exception as error:  # Whatever it is, those who wait are answered with it.
            failed = taken or [self._waiting.popleft() for _ in range(len(self._waiting))]
            for each in failed:
                if not each.outcome.done():
                    each.outcome.set_exception(error)
        else:
            for each, answer in answers:
                each.outcome.set_result(answer)

    def _each(
        self, tx: Transaction, taken: list["_Waiting[Any]"]
    ) -> list[tuple["_Waiting[Any]", Any]]:
        """What each change returned, of those that wait and come meanwhile."""
        answers, kind = [], self._database.kind
        while self._waiting and len(taken) < MOST:
            each = self._waiting.popleft()
            taken.append(each)
            kind.do(tx, "SAVEPOINT each_alone")
            try:
                with problems():
                    answers.append((each, each.change(tx)))
            except Exception as error:
                if not kind.is_open(tx):
                    raise  # What the others did is taken back, too.
                kind.do(tx, "ROLLBACK TO each_alone")
                each.outcome.set_exception(error)
            kind.do(tx, "RELEASE each_alone")
        self._settle()
        return answers


@dataclass(slots=True, eq=False)
class _Waiting(Generic[T]):
    """A change that waits for its turn, and what comes of it."""

    change: Callable[[Transaction], T]
    outcome: Future[T] = field(default_factory=Future)
