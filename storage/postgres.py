"""PostgreSQL as the rows' home: how it is reached, how transactions begin, and its faults."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, Table, create_engine, event, func, select
from sqlalchemy.exc import DatabaseError, DBAPIError

from storage.problems import BUSY_TIMEOUT_SECONDS, Full, Invalid, Problem, Unavailable, busy

READERS = 8
"""How many read at once, for one worker. Each takes one of the server's connections."""

CHANNEL = "bascule_journal"
"""Where whoever listens is told that something was committed."""

STATEMENT_SECONDS = 60
PAUSE_SECONDS = 60
"""How long a reader may keep a transaction open and ask nothing."""

WRITERS_PAUSE_SECONDS = BUSY_TIMEOUT_SECONDS - 2
"""The same of a writer, for whom all others wait: it may have been stopped, or cut off."""

CONNECT_SECONDS = 5

_ONE_WRITER = int.from_bytes(b"bascule")

READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# One writer at a time on all nodes: the hash chain of the journal wants it anyway. Serials are
# committed in their order, and what a writer reads is what the one before it left.
WRITE = f"""
BEGIN;
SET LOCAL idle_in_transaction_session_timeout = '{WRITERS_PAUSE_SECONDS}s';
SELECT pg_advisory_xact_lock({_ONE_WRITER});
NOTIFY {CHANNEL}
"""

_SESSION = f"""
SET timezone = 'UTC';
SET jit = off;
SET lock_timeout = '{BUSY_TIMEOUT_SECONDS}s';
SET statement_timeout = '{STATEMENT_SECONDS}s';
SET idle_in_transaction_session_timeout = '{PAUSE_SECONDS}s'
"""
_CONNECTION = {
    "application_name": "bascule",
    "connect_timeout": CONNECT_SECONDS,
    "tcp_user_timeout": BUSY_TIMEOUT_SECONDS * 1000,
    "keepalives_idle": BUSY_TIMEOUT_SECONDS,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}

_SORTS = (
    "SELECT 'Z' < 'a' AND 'a-c' < 'ab' AND 'z' < U&'\\00E4', current_setting('server_encoding')"
)


def engine(url: URL) -> Engine:
    """Connections to the database that *url* names. Raises Invalid for an option it has not."""
    made = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=READERS + 3,  # One writes, one listens, one asks whether all know of it.
        max_overflow=0,
        pool_use_lifo=True,  # What was used last has the statements prepared.
        pool_timeout=BUSY_TIMEOUT_SECONDS,
        connect_args={name: value for name, value in _CONNECTION.items() if name not in url.query},
    )
    event.listen(made, "connect", _prepare)
    _check_options(made)
    return made


def begin(tx: Connection, how: str) -> None:
    """Begin a transaction: READ or WRITE."""
    try:
        tx.exec_driver_sql(how)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # It broke while nobody used it: the database was started anew, and nothing is lost yet.
        tx.rollback()
        tx.exec_driver_sql(how)


def do(tx: Connection, sql: str) -> None:
    """Run a statement that answers nothing."""
    tx.exec_driver_sql(sql)


def is_open(tx: Connection) -> bool:
    """Whether the transaction outlived what failed in it, and can go back to a savepoint."""
    if tx.invalidated:
        return False
    driver: Any = tx.connection.driver_connection
    return driver.info.transaction_status.name in ("INTRANS", "INERROR")


def _check_options(made: Engine) -> None:
    driver: Any = made.dialect.loaded_dbapi
    try:
        driver.conninfo.make_conninfo(**made.url.query)
    except driver.ProgrammingError:  # It may have the password in it.
        raise Invalid(
            "The URL of the database has an option that PostgreSQL does not know."
        ) from None


def prepare_to_migrate(tx: Connection) -> None:
    """Let statements take their time. Raises Unavailable unless text sorts as in SQLite."""
    tx.exec_driver_sql("SET LOCAL statement_timeout = 0")
    sorts, encoding = tx.exec_driver_sql(_SORTS).one()
    if not sorts or encoding != "UTF8":
        raise Unavailable(
            "The database does not keep text in UTF-8, sorted by code point.",
            hint="Make it with TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'.",
        )


def take_time(tx: Connection) -> None:
    """Let the transaction last, and stand still while something else is read or copied."""
    tx.exec_driver_sql(
        "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
    )


def empty(tx: Connection, tables: Sequence[Table]) -> None:
    """Remove all rows of tables. To delete them would look up each where no index helps."""
    tx.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in tables)}")


def fill(tx: Connection, table: Table, rows: Iterable[Row[Any]]) -> None:
    """Add rows as they are, their numbers included, and number those after them."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    sql = f"COPY {table.name} ({columns}) FROM STDIN"
    driver: Any = tx.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(sql) as copied:
            for row in rows:
                copied.write_row(row)
    except tx.dialect.loaded_dbapi.Error as error:  # SQLAlchemy has no word for COPY.
        raise DatabaseError(sql, None, error) from error
    if (number := table.autoincrement_column) is not None:
        last = func.max(number)
        sequence = func.pg_get_serial_sequence(table.name, number.name)
        tx.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))


def told(error: DatabaseError) -> Problem | None:
    """The Problem that a fault of PostgreSQL is; None if it is none, or a bug."""
    fault: Any = error.orig
    if not hasattr(fault, "sqlstate"):
        return None
    state, kind = fault.sqlstate or "", type(fault).__name__
    if state in _BUSY:
        return busy()
    if state == _DISK_FULL:
        return Full("The disk of the database is full: nothing was stored, and nothing was lost.")
    if state.startswith(_AWAY) or (kind == "OperationalError" and not state):
        return Unavailable("The database of the index cannot be reached at the moment.")
    if state.startswith(_DAMAGED):
        return Unavailable(
            "The database of the index is damaged.", hint="Stop the server and restore a backup."
        )
    if state in _BAD_VALUES or (kind == "DataError" and not state):
        return Invalid("A value is too long or too large for the index, or has a NUL in it.")
    return None


# PostgreSQL's appendix A: lock not available, query canceled, serialization failure, deadlock.
_BUSY = ("55P03", "57014", "40001", "40P01")
_DISK_FULL = "53100"
# Connection exceptions, out of memory or connections, shut down, cut off for idling, a standby,
# system errors.
_AWAY = ("08", "53", "57P", "25P03", "25006", "58")
_DAMAGED = ("XX001", "XX002")
_BAD_VALUES = ("22001", "22003", "22021", "22P05")  # Too long, too large, no text.


def _prepare(connection: Any, _record: object) -> None:
    # Nothing is begun by itself: as with SQLite, READ and WRITE say how.
    connection.autocommit = True
    connection.execute(_SESSION)
    # The sum of BIGINTs is NUMERIC, and none of ours has a fraction.
    adapters = connection.adapters
    adapters.register_loader("numeric", adapters.get_loader(adapters.types["int8"].oid, 0))
