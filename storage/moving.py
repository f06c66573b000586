"""Moving an index that runs: the last step, after which its old place only answers reads."""

from collections.abc import Callable
from contextlib import ExitStack

from sqlalchemy import select

from storage import carrying, sqlite
from storage.blobs.disk import DiskBlobs
from storage.carrying import Through
from storage.database import Database, Transaction, problems


def move_rows(
    database: Database, to: Database, *, first: Callable[[], object], through: Through
) -> None:
    """While nobody writes, do *first*, and then bring all rows of SQLite to another database.

    From its end on nothing is written into *database* any more. If it does not return, that is
    as it was. Raises what *first* raises, Conflict, Invalid, Busy, Full, Unavailable.
    """
    database.add_now(_moved_rows, to, first, through)


def move_blobs(database: Database, blobs: DiskBlobs, *, first: Callable[[], object]) -> None:
    """The same for the blobs, whose rows stay: from its end on none is kept there any more."""
    with ExitStack() as undone:
        database.add_now(_moved_blobs, database, blobs, first, undone)
        undone.pop_all()


def stay(database: Database) -> None:
    """Let rows be written again that have moved. Raises Busy, Full, Unavailable."""
    with problems(), database.engine.connect() as tx:
        tx.exec_driver_sql(sqlite.STAY)


def _moved_rows(
    tx: Transaction, to: Database, first: Callable[[], object], through: Through
) -> None:
    first()
    # They commit there before they are left here: one place at least is always in force, and
    # what was carried in vain is carried again.
    carrying.carry(tx, to, through=through)
    tx.exec_driver_sql(sqlite.LEAVE)


def _moved_blobs(
    tx: Transaction,
    database: Database,
    blobs: DiskBlobs,
    first: Callable[[], object],
    undone: ExitStack,
) -> None:
    database.kind.take_time(tx)
    first()
    tx.execute(select(1))  # Fails if the connection broke, so that others may have written.
    undone.callback(blobs.stay)
    blobs.leave()
