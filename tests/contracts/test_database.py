"""What every kind of database does: whole changes, one view a reader, one writer at a time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from storage.database import Database, Transaction
from storage.migrations import migrate
from storage.problems import Busy, Conflict, Full, Invalid, Problem, Unavailable
from tests.kit.postgres import PASSWORD, Postgres

WRITERS, WRITES = 8, 10
PATIENCE_SECONDS = 20


def slices(tx: Transaction) -> list[int]:
    """Every slice there is, in order."""
    return list(tx.scalars(text("SELECT slice FROM toast ORDER BY slice")))


def toast(tx: Transaction, number: int) -> int:
    """Add a slice."""
    tx.execute(text("INSERT INTO toast VALUES (:number)"), {"number": number})
    return number


def burn(tx: Transaction, number: int) -> None:
    """Add a slice and fail."""
    toast(tx, number)
    raise Conflict("The toast is burnt.")


def one_more(tx: Transaction) -> None:
    """Add the slice after the last: as an entry is added to the journal."""
    toast(tx, max(slices(tx), default=0) + 1)


def test_a_change_is_there_if_it_returned_and_not_if_it_raised(database: Database):
    assert database.write_now(toast, 1) == 1
    with pytest.raises(Conflict):
        database.write_now(burn, 2)
    assert database.rehearse_now(toast, 3) == 3

    assert database.read_now(slices) == [1]


def test_a_reader_writes_nothing_where_the_database_can_tell(database: Database):
    if database.is_shared:
        with pytest.raises(Unavailable):
            database.read_now(toast, 1)

    assert database.read_now(slices) == []


def test_a_reader_sees_one_moment(database: Database):
    def twice(tx: Transaction) -> list[list[int]]:
        before = slices(tx)
        database.write_now(toast, 1)
        return [before, slices(tx)]

    assert database.read_now(twice) == [[], []]
    assert database.read_now(slices) == [1]


def test_no_writer_overwrites_what_another_wrote(url: str, database: Database):
    others = [Database(url) for _ in range(WRITERS)]

    def write(other: Database) -> None:
        for _ in range(WRITES):
            other.write_now(one_more)

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(write, others))
    for other in others:
        other.close()

    assert database.read_now(slices) == [*range(1, WRITERS * WRITES + 1)]


@pytest.fixture
def rows(postgres: Postgres):
    """A database of PostgreSQL, for what only that can do."""
    with postgres.bare() as url:
        database = Database(url)
        database.write_now(lambda tx: tx.exec_driver_sql("CREATE TABLE toast (slice INTEGER)"))
        yield database
        database.close()


def test_whoever_waits_too_long_for_the_one_writer_is_told_so(rows: Database):
    url = rows.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    impatient = Database(url)
    event.listen(
        impatient.engine, "connect", lambda its, _: its.execute("SET lock_timeout = '50ms'")
    )
    has_begun, may_end = threading.Event(), threading.Event()

    def take_long(tx: Transaction) -> None:
        has_begun.set()
        may_end.wait(PATIENCE_SECONDS)

    writer = threading.Thread(target=rows.write_now, args=[take_long])
    writer.start()
    assert has_begun.wait(PATIENCE_SECONDS)
    try:
        with pytest.raises(Busy) as caught:
            impatient.write_now(toast, 1)
        assert impatient.read_now(slices) == []
    finally:
        may_end.set()
        writer.join()
        impatient.close()
    assert caught.value.retry_after_seconds == 2


def test_connections_that_broke_meanwhile_are_made_anew(rows: Database, postgres: Postgres):
    rows.write_now(toast, 1)
    name = rows.engine.url.database
    postgres.asks(
        f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
    )

    assert rows.read_now(slices) == [1]
    assert rows.write_now(toast, 2) == 2


def test_a_database_that_is_away_is_told_without_its_password(postgres: Postgres):
    away = Database(postgres.url("bascule", port=1))
    missing = Database(postgres.url("missing"))

    for database in (away, missing):
        began = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            database.read_now(slices)
        assert caught.value.message == "The database of the index cannot be reached at the moment."
        assert PASSWORD not in f"{caught.value.__cause__!s} {database.engine!r}"
        assert time.monotonic() - began < PATIENCE_SECONDS
        database.close()


def test_an_option_that_there_is_not_is_refused(postgres: Postgres):
    with pytest.raises(Invalid) as caught:
        Database(f"{postgres.url('bascule')}?toast=1")

    assert caught.value.message == (
        "The URL of the database has an option that PostgreSQL does not know."
    )


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ("53100", Full),
        ("53300", Unavailable),
        ("57P01", Unavailable),
        ("25006", Unavailable),
        ("58030", Unavailable),
        ("XX001", Unavailable),
        ("55P03", Busy),
        ("57014", Busy),
        ("40001", Busy),
        ("40P01", Busy),
        ("22001", Invalid),
        ("22003", Invalid),
    ],
)
def test_a_fault_of_postgresql_is_told_as_what_it_is(
    rows: Database, state: str, problem: type[Problem]
):
    fail = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"

    with pytest.raises(problem):
        rows.write_now(lambda tx: tx.exec_driver_sql(fail))
    assert rows.write_now(toast, 1) == 1


def test_a_bug_stays_a_bug(rows: Database):
    unique = "CREATE UNIQUE INDEX once ON toast (slice)"
    rows.write_now(lambda tx: tx.exec_driver_sql(unique))
    rows.write_now(toast, 1)

    with pytest.raises(IntegrityError):
        rows.write_now(toast, 1)


@pytest.mark.parametrize("value", ["a\0b", "x" * 6])
def test_a_value_that_postgresql_does_not_take_is_the_askers_fault(rows: Database, value: str):
    rows.write_now(lambda tx: tx.exec_driver_sql("CREATE TABLE jam (sort VARCHAR(5))"))

    with pytest.raises(Invalid):
        rows.write_now(
            lambda tx: tx.execute(text("INSERT INTO jam VALUES (:sort)"), {"sort": value})
        )


def test_a_database_that_sorts_in_another_way_is_refused(postgres: Postgres):
    with postgres.bare("LOCALE_PROVIDER icu ICU_LOCALE 'en-US'") as url:
        database = Database(url)
        with pytest.raises(Unavailable) as caught:
            migrate(database)
        database.close()

    assert caught.value.hint == "Make it with TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'."
