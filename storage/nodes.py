"""The workers of all nodes: how far each knows the journal, and whether it still answers by that.

Only on PostgreSQL, where a worker is told of what others commit, and may be told late.
"""

from datetime import timedelta
from time import monotonic, sleep

from sqlalchemy import Connection, Engine, Interval, bindparam, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from storage.schema import workers

LEASE_SECONDS = 5.0
"""How long a worker may answer from memory after it last asked what is new, unless it is set."""

FORGOTTEN = timedelta(hours=1)
"""How long after it was last seen a worker that died is forgotten."""

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.001, 0.05


def confirm(tx: Connection, worker: str, *, serial: int) -> None:
    """The worker is there, and knows the journal up to *serial*."""
    tx.execute(_CONFIRM, {"id": worker, "serial": serial})


def leave(tx: Connection, worker: str) -> None:
    """The worker answers nothing from memory any more; so do those that are long gone."""
    tx.execute(_LEAVE, {"id": worker, "gone": FORGOTTEN})


def wait_until_known(engine: Engine, serial: int, *, lease_seconds: float) -> None:
    """Return when every worker knows that entry, or has stopped to answer from memory.

    That is after milliseconds, and after a lease at the latest: whoever has not asked since the
    commit answers nothing from memory by then.
    """
    end, pause = monotonic() + lease_seconds, FIRST_PAUSE_SECONDS
    # A lease more than it takes, so that a step of the database's clock makes nobody believe it
    # is over.
    asked = {"serial": serial, "silent": timedelta(seconds=2 * lease_seconds)}
    try:
        while _is_anyone_behind(engine, asked) and (left := end - monotonic()) > 0:
            sleep(min(pause, left))
            pause = min(1.5 * pause, LONGEST_PAUSE_SECONDS)
    except SQLAlchemyError:
        sleep(max(0.0, end - monotonic()))


def _is_anyone_behind(engine: Engine, asked: dict[str, object]) -> bool:
    # Not one connection for all of the wait: there are few, and others wait for them.
    with engine.connect() as tx:
        return tx.execute(_BEHIND, asked).first() is not None


_CONFIRM = text("""
    INSERT INTO workers (id, serial, seen_at) VALUES (:id, :serial, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET serial = excluded.serial, seen_at = excluded.seen_at
""")
_LEAVE = workers.delete().where(
    (workers.c.id == bindparam("id"))
    | (workers.c.seen_at < func.clock_timestamp() - bindparam("gone", type_=Interval()))
)
_BEHIND = (
    select(workers.c.id)
    .where(
        workers.c.serial < bindparam("serial"),
        workers.c.seen_at > func.clock_timestamp() - bindparam("silent", type_=Interval()),
    )
    .limit(1)
)
