"""Bringing a database to the schema of this code, step by step, and never backwards."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage import postgres
from storage.database import Database, Transaction
from storage.problems import Unavailable
from storage.schema import METADATA


def migrate(database: Database, *, to: str = "head") -> list[str]:
    """The revisions that were missing and are applied now, all of them or none.

    Raises Unavailable if the database was written by a newer Bascule.
    """
    return database.write_now(_upgrade, to)


def revisions() -> list[str]:
    """Every revision there is, the first one first."""
    return [script.revision for script in _steps().walk_revisions()][::-1]


def is_current(tx: Transaction) -> bool:
    """Whether the database has exactly the schema of this code."""
    return _revision(tx) == _steps().get_current_head()


def check_current(tx: Transaction) -> None:
    """Raises Unavailable if the schema of the database is older or newer than this code's."""
    steps = _steps()
    before = _revision(tx)
    _refuse_newer(steps, before)
    if before != steps.get_current_head():
        raise Unavailable(
            "The database has not the schema of this release.", hint="Run bascule migrate."
        )


def _upgrade(tx: Transaction, to: str) -> list[str]:
    if tx.dialect.name == "postgresql":
        postgres.prepare_to_migrate(tx)
    steps = _steps()
    before = _revision(tx)
    _refuse_newer(steps, before)
    if before == steps.get_current_head():
        return []
    return _run(tx, steps, to)


def _refuse_newer(steps: ScriptDirectory, revision: str | None) -> None:
    known = {script.revision for script in steps.walk_revisions()}
    if revision is not None and revision not in known:
        raise Unavailable(
            f"This index was written by a newer Bascule (schema {revision}).",
            hint="Start that version again, or restore a backup made before the upgrade.",
        )


def _run(tx: Connection, steps: ScriptDirectory, to: str) -> list[str]:
    applied: list[str] = []

    def missing(revision: object, _context: MigrationContext) -> object:
        todo = steps._upgrade_revs(to, revision)  # type: ignore[arg-type]
        applied.extend(step.revision.revision for step in todo)
        return todo

    with EnvironmentContext(Config(), steps, fn=missing) as environment:
        environment.configure(
            connection=tx,
            target_metadata=METADATA,
            transaction_per_migration=False,
            transactional_ddl=False,  # The transaction is ours: it has begun as a write.
        )
        environment.run_migrations()
    return applied


def _revision(tx: Connection) -> str | None:
    return MigrationContext.configure(tx).get_current_revision()


def _steps() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))
