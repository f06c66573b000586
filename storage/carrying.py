"""All rows of one database, carried into another of either kind: table by table, as they are."""

from collections.abc import Callable, Iterable

from sqlalchemy import Table, select

from storage.database import Database, Transaction, problems
from storage.problems import Conflict, Invalid
from storage.schema import METADATA, entries, workers

OF_NODES = frozenset({workers})
"""What the running nodes note of themselves: it stays where they run."""

TABLES = tuple(table for table in METADATA.sorted_tables if table not in OF_NODES)
"""What is carried: each table after those that it refers to."""

Through = Callable[[Iterable[Table]], Iterable[Table]]
"""What gives the same tables again, and may tell how far it is."""

BATCH_ROWS = 1_000
"""How many rows are in memory at a time."""


def carry(source: Transaction, database: Database, *, through: Through) -> None:
    """Fill *database*, which has the schema of this release, with all that *source* sees.

    All of it or nothing. What is there already is replaced if it is an earlier state of the same
    index. Raises Conflict if it is anything else, and Invalid if a row does not fit there.
    """
    database.add_now(_filled, source, database, through)


def check_free(target: Transaction, source: Transaction) -> None:
    """Raises Conflict if something was written there that the source does not know of."""
    newest = select(entries.c.serial, entries.c.hash).order_by(entries.c.serial.desc()).limit(1)
    if (last := target.execute(newest).first()) is None:
        return
    known = select(entries.c.hash).where(entries.c.serial == last.serial)
    if source.scalar(known) != last.hash:
        raise Conflict(
            "There is an index in that database already, and it stays as it is.",
            hint="Make a new database, or give another one.",
        )


def _filled(target: Transaction, source: Transaction, database: Database, through: Through) -> None:
    database.kind.take_time(target)
    check_free(target, source)
    database.kind.empty(target, TABLES)
    for table in through(TABLES):
        _copy(table, source, target, database)


def _copy(table: Table, source: Transaction, target: Transaction, database: Database) -> None:
    query = select(table).order_by(*table.primary_key)
    try:
        with (
            problems(),
            source.execute(query.execution_options(yield_per=BATCH_ROWS)) as rows,
        ):
            database.kind.fill(target, table, rows)
    except Invalid as problem:
        raise Invalid(
            f"A row of the table {table.name} does not fit into that database.",
            hint=problem.message,
        ) from problem
