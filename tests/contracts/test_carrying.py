"""Every row of every table is carried from one database to another, whichever kinds they are."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, DateTime, Integer, String, Table, insert, select

from storage import accounts, carrying
from storage.database import Database, Transaction
from storage.migrations import migrate
from storage.problems import Conflict, Invalid
from storage.records import Role
from storage.schema import METADATA, entries, workers
from storage.schema import accounts as accounts_table
from tests.kit.postgres import Postgres

KINDS = ("sqlite", "postgresql")
MOMENT = datetime(2026, 11, 25, 12, 0, 0, 123_456, tzinfo=UTC)
NUMBER = 7
VALUES = {Boolean: True, Integer: NUMBER, String: "Käse\n\\N\t'", DateTime: MOMENT}


@contextmanager
def a_database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Empty, and with the schema of this release."""
    server: Postgres | None = request.getfixturevalue("postgres") if kind == KINDS[1] else None
    if server is None:
        with closing(Database(f"sqlite:///{folder}")) as database:
            migrate(database)
            yield database
        return
    with server.database() as name, closing(Database(server.url(name))) as database:
        yield database


@pytest.fixture(params=KINDS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with a row in each table, and something in each column."""
    with a_database(request.param, tmp_path / "source", request) as database:
        database.write_now(fill)
        yield database


@pytest.fixture(params=KINDS)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without rows."""
    with a_database(request.param, tmp_path / "target", request) as database:
        yield database


def fill(tx: Transaction) -> None:
    """Add a row to each table; what refers to another one has the same numbers."""
    for table in METADATA.sorted_tables:
        tx.execute(insert(table), {column.name: _value(column) for column in table.columns})


def rows(database: Database, *, of: Table) -> list[dict[str, Any]]:
    """All rows of a table."""
    return database.read_now(lambda tx: [row._asdict() for row in tx.execute(select(of))])


def test_every_table_is_carried_but_those_of_the_running_nodes(source: Database, target: Database):
    source.read_now(carrying.carry, target, through=iter)

    carried = {table.name: rows(target, of=table) for table in METADATA.sorted_tables}
    assert carried == {
        table.name: [] if table is workers else rows(source, of=table)
        for table in METADATA.sorted_tables
    }
    assert [name for name, its in carried.items() if not its] == ["workers"]


def test_what_is_added_afterwards_has_numbers_of_its_own(source: Database, target: Database):
    source.read_now(carrying.carry, target, through=iter)

    made = target.write_now(
        accounts.add, name="bob", email=None, role=Role.UPLOADER, password_hash=None, at=MOMENT
    )

    assert made.id == NUMBER + 1


def test_what_was_carried_in_vain_is_carried_again(source: Database, target: Database):
    source.read_now(carrying.carry, target, through=iter)
    source.write_now(append, serial=NUMBER + 1, hash_="8" * 64)

    source.read_now(carrying.carry, target, through=iter)

    assert rows(target, of=entries) == rows(source, of=entries)


def test_what_the_source_does_not_know_stays_as_it_was(source: Database, target: Database):
    source.read_now(carrying.carry, target, through=iter)
    target.write_now(append, serial=NUMBER + 1, hash_="8" * 64)
    before = rows(target, of=entries)

    with pytest.raises(Conflict, match="There is an index in that database already"):
        source.read_now(carrying.carry, target, through=iter)

    source.write_now(append, serial=NUMBER + 1, hash_="9" * 64)
    with pytest.raises(Conflict, match="There is an index in that database already"):
        source.read_now(carrying.carry, target, through=iter)
    assert rows(target, of=entries) == before


def test_a_row_that_does_not_fit_is_told_and_nothing_is_carried(
    tmp_path: Path, request: pytest.FixtureRequest
):
    with (
        a_database("sqlite", tmp_path / "source", request) as source,
        a_database("postgresql", tmp_path, request) as target,
    ):
        source.write_now(fill)
        source.write_now(lambda tx: tx.execute(accounts_table.update().values(name="\0")))

        with pytest.raises(Invalid) as refused:
            source.read_now(carrying.carry, target, through=iter)

        assert refused.value.message == (
            "A row of the table accounts does not fit into that database."
        )
        assert rows(target, of=entries) == rows(target, of=accounts_table) == []


def append(tx: Transaction, *, serial: int, hash_: str) -> None:
    """Another entry."""
    last = tx.execute(select(entries)).mappings().first() or {}
    tx.execute(insert(entries), {**last, "serial": serial, "hash": hash_})


def _value(column: Column[Any]) -> Any:
    column = next((key.column for key in column.foreign_keys), column)
    kind = getattr(column.type, "impl", column.type)
    value = next(value for its, value in VALUES.items() if isinstance(kind, its))
    return value[: getattr(kind, "length", None)] if isinstance(value, str) else value
