"""Upgrades expand: what was there stays, and the release before goes on writing meanwhile."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Table, insert, select

from storage.database import Database, Transaction
from storage.migrations import migrate, revisions

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize("before", revisions()[:-1])
def test_what_is_there_stays_and_the_release_before_goes_on_writing(url: str, before: str):
    database, old = Database(url), MetaData()
    migrate(database, to=before)
    database.write_now(lambda tx: old.reflect(tx))
    tables = [table for table in old.sorted_tables if table.name != "alembic_version"]
    database.write_now(add_a_row, tables, 1)
    rows = database.read_now(every_row, tables)

    assert migrate(database) == revisions()[revisions().index(before) + 1 :]

    assert database.read_now(every_row, tables) == rows
    assert set(map(len, rows.values())) == {1}
    database.write_now(add_a_row, tables, 2)
    assert set(map(len, database.read_now(every_row, tables).values())) == {2}
    database.close()


def add_a_row(tx: Transaction, tables: list[Table], number: int) -> None:
    """Add a row of that number to each, as code that knows no more columns does."""
    for table in tables:
        row = {column.name: a_value(column, number) for column in table.columns}
        tx.execute(insert(table).values(row))


def every_row(tx: Transaction, tables: list[Table]) -> dict[str, list[tuple[Any, ...]]]:
    """What is in these columns."""
    return {table.name: [tuple(row) for row in tx.execute(select(table))] for table in tables}


def a_value(column: Column[Any], number: int) -> object:
    """Something that fits; in a key, what the row of that number has."""
    kind = column.type.python_type
    if kind is datetime:
        return NOON if getattr(column.type, "timezone", False) else NOON.replace(tzinfo=None)
    return False if kind is bool else kind(number)
