"""Migrations bring a database to exactly the schema of the code, and never backwards."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from storage.database import Database
from storage.migrations import is_current, migrate
from storage.problems import Unavailable
from storage.schema import METADATA
from tests.kit.postgres import Postgres

NULLABLE = """
DROP TABLE login_failures;
CREATE TABLE login_failures (
    id INTEGER NOT NULL, account VARCHAR(64), address VARCHAR(64) NOT NULL, at DATETIME NOT NULL,
    CONSTRAINT pk_login_failures PRIMARY KEY (id)
);
CREATE INDEX ix_login_failures_address_account_at ON login_failures (address, account, at)
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """A database without a table."""
    database = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    yield database
    database.close()


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Database]:
    """A database as schema.py describes it."""
    database = Database(f"sqlite:///{tmp_path / 'made.sqlite'}")
    database.write_now(METADATA.create_all)
    yield database
    database.close()


def test_migrating_from_nothing_gives_exactly_the_schema(empty: Database, made: Database):
    migrate(empty)

    assert empty.read_now(described) == made.read_now(described)


def test_migrating_gives_exactly_the_schema_on_postgresql_too(postgres: Postgres):
    with postgres.bare() as nothing, postgres.bare() as created:
        migrated, as_described = Database(nothing), Database(created)
        as_described.write_now(METADATA.create_all)

        assert migrate(migrated) != []
        assert migrate(migrated) == []
        assert migrated.read_now(described) == as_described.read_now(described)
        for database in (migrated, as_described):
            database.close()


def test_a_migration_that_fails_leaves_nothing_on_postgresql_either(postgres: Postgres):
    with postgres.bare() as url:
        database = Database(url)
        database.write_now(lambda tx: tx.execute(text("CREATE TABLE payloads (id INTEGER)")))

        with pytest.raises(ProgrammingError):
            migrate(database)

        assert set(database.read_now(described)) == {"payloads"}
        database.close()


def test_the_schema_is_described_in_full(made: Database):
    tables = made.read_now(described)

    assert set(tables) == {table.name for table in METADATA.sorted_tables}
    assert tables["undoes"]["foreign keys"] != []
    assert tables["releases"]["uniques"] != []
    assert tables["holds"]["indexes"] != []


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE files DROP COLUMN comment",
        "ALTER TABLE files ADD COLUMN colour VARCHAR(5)",
        "ALTER TABLE files RENAME COLUMN comment TO remark",
        "DROP INDEX ix_holds_subject",
        "CREATE INDEX ix_files_comment ON files (comment)",
        "CREATE TABLE more (id INTEGER)",
        NULLABLE,
        NULLABLE.replace("account VARCHAR(64)", "account VARCHAR(63) NOT NULL"),
    ],
)
def test_a_planted_difference_is_found(empty: Database, made: Database, sql: str):
    migrate(empty)

    for statement in sql.split(";"):
        empty.write_now(lambda tx, statement=statement: tx.execute(text(statement)))

    assert empty.read_now(described) != made.read_now(described)


def test_migrating_twice_does_nothing(empty: Database):
    applied = migrate(empty)
    before = empty.read_now(described)

    assert applied != []
    assert migrate(empty) == []
    assert empty.read_now(described) == before
    assert empty.read_now(is_current)


def test_a_migration_that_fails_leaves_nothing(empty: Database):
    empty.write_now(lambda tx: tx.execute(text("CREATE TABLE payloads (id INTEGER)")))
    before = empty.read_now(described)

    with pytest.raises(OperationalError):
        migrate(empty)

    assert empty.read_now(described) == before


def test_a_newer_schema_is_refused_with_a_sentence(empty: Database):
    migrate(empty)
    empty.write_now(lambda tx: tx.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(Unavailable) as caught:
        migrate(empty)

    assert caught.value.message == "This index was written by a newer Bascule (schema 9999)."
    assert caught.value.hint == (
        "Start that version again, or restore a backup made before the upgrade."
    )
    assert not empty.read_now(is_current)


def described(tx: Connection) -> dict[str, dict[str, Any]]:
    """Every table but alembic's own, with all that can be known of it."""
    found = inspect(tx)
    return {
        name: {
            "columns": [{**each, "type": str(each["type"])} for each in found.get_columns(name)],
            "primary key": found.get_pk_constraint(name),
            "foreign keys": _sorted(found.get_foreign_keys(name)),
            "indexes": _sorted(found.get_indexes(name)),
            "uniques": _sorted(found.get_unique_constraints(name)),
        }
        for name in found.get_table_names()
        if name != "alembic_version"
    }


def _sorted(constraints: Sequence[Any]) -> list[str]:
    return sorted(map(str, constraints))
