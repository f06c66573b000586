"""How long a decision waits for other workers: until they know of it, or answer nothing."""

import threading
import time
from collections.abc import Iterator

import pytest

from storage import nodes
from storage.database import Database
from tests.kit.postgres import Postgres

LEASE_SECONDS = 0.8
SERIAL = 7


@pytest.fixture
def database(postgres: Postgres) -> Iterator[Database]:
    """A database that no worker is at."""
    with postgres.database() as name:
        database = Database(postgres.url(name))
        yield database
        database.close()


def waited(database: Database) -> float:
    """How many seconds it takes until everybody knows of that entry."""
    began = time.monotonic()
    nodes.wait_until_known(database.engine, SERIAL, lease_seconds=LEASE_SECONDS)
    return time.monotonic() - began


def confirm(database: Database, worker: str, serial: int) -> None:
    """A worker says how far it knows the journal."""
    with database.engine.connect() as tx:
        nodes.confirm(tx, worker, serial=serial)


def test_nobody_is_waited_for_where_all_know(database: Database):
    assert waited(database) < LEASE_SECONDS / 2
    confirm(database, "one", SERIAL)
    confirm(database, "two", SERIAL + 1)

    assert waited(database) < LEASE_SECONDS / 2


def test_it_is_over_as_soon_as_the_last_knows(database: Database):
    confirm(database, "one", SERIAL)
    confirm(database, "two", SERIAL - 1)
    soon = threading.Timer(LEASE_SECONDS / 4, confirm, [database, "two", SERIAL])
    soon.start()

    assert LEASE_SECONDS / 4 <= waited(database) < LEASE_SECONDS
    soon.join()


def test_one_that_says_nothing_is_waited_for_a_lease_and_soon_no_longer(database: Database):
    confirm(database, "one", SERIAL - 1)

    assert waited(database) >= LEASE_SECONDS
    time.sleep(LEASE_SECONDS)
    assert waited(database) < LEASE_SECONDS / 2


def test_one_that_has_left_is_not_waited_for(database: Database):
    confirm(database, "one", SERIAL - 1)
    with database.engine.connect() as tx:
        nodes.leave(tx, "one")

    assert waited(database) < LEASE_SECONDS / 2


def test_without_the_database_it_takes_a_lease(postgres: Postgres):
    away = Database(postgres.url("bascule", port=1))

    assert waited(away) >= LEASE_SECONDS
    away.close()
