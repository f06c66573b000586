"""`bascule migrate`: to the schema of this release, or to another place while reads go on."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from index.app import blobs
from index.cli import belonging
from index.cli.copies import copy_blobs, shown
from index.cli.opened import DataFolder, founded, opened
from index.environment import from_environment, variable
from index.services import Services
from index.settings import Settings
from index.signing import KEY_FILE
from storage import carrying, identity, moving
from storage.blobs.disk import DiskBlobs
from storage.database import Database, Transaction
from storage.migrations import migrate as bring_to_schema
from storage.problems import Invalid
from storage.urls import blobs_folder, is_postgres, without_password

PASSES = 2
"""All files, and those that came meanwhile: writers wait only for what came after that."""

To = Annotated[
    str | None,
    typer.Option("--to", metavar="URL", help="The database of PostgreSQL to move the rows to."),
]
BlobsTo = Annotated[
    str | None,
    typer.Option("--blobs-to", metavar="URL", help="The store to move the files to."),
]
Stay = Annotated[bool, typer.Option("--stay", help="Call a move off, and write here again.")]


def migrate(
    to: To = None, blobs_to: BlobsTo = None, stay: Stay = False, data: DataFolder = None
) -> None:
    """Bring the database to the schema of this release, or move the index to another place."""
    if stay and (to or blobs_to):
        raise Invalid("A move is called off, or made: give --stay alone.")
    if stay:
        _stay(data)
    elif to or blobs_to:
        _move(data, to=to, blobs_to=blobs_to)
    else:
        with founded(data):
            typer.echo("The database has the schema of this release.")


def _move(data: Path | None, *, to: str | None, blobs_to: str | None) -> None:
    overrides = {"data": data, "database_url": to, "blobs_url": blobs_to}
    its = from_environment(os.environ, overrides=overrides)
    with opened(data) as source:
        _check_possible(source, its, to=to, blobs_to=blobs_to)
        index_id = source.database.write_now(identity.give, secrets.token_hex(16))
        with _rows_there(source.database, its, to) as rows:
            rest = _copied(source, its, index_id) if blobs_to else _nothing
            typer.echo("Now the rest is brought, and whoever writes waits.")
            disk = source.blobs if isinstance(source.blobs, DiskBlobs) else None
            if rows:
                moving.move_rows(source.database, rows, first=rest, through=shown)
                if blobs_to and disk:
                    disk.leave()
            elif disk:
                moving.move_blobs(source.database, disk, first=rest)
    _tell(its, to=to, blobs_to=blobs_to)


def _stay(data: Path | None) -> None:
    with opened(data) as services:
        if not services.database.is_shared:
            moving.stay(services.database)
        if isinstance(services.blobs, DiskBlobs):
            services.blobs.stay()
    typer.echo(
        "The move is called off: the index is written here again.\n"
        "What was written in the other place since is there alone; bascule check --quick tells "
        "whether that includes files of this one."
    )


def _check_possible(
    source: Services, its: Settings, *, to: str | None, blobs_to: str | None
) -> None:
    """Raises Invalid for a move that is none, or that cannot be made while the index runs."""
    backup = "Stop the server, and let bascule backup and bascule restore bring it there."
    if to and (source.database.is_shared or not is_postgres(to)):
        raise Invalid("Rows are moved from SQLite to PostgreSQL, and no other way.", hint=backup)
    if not blobs_to:
        return
    here, there = blobs_folder(source.settings.blobs_url), blobs_folder(blobs_to)
    if here is None or blobs_to == "memory:":
        raise Invalid("Files are moved out of a folder, and to where they stay.", hint=backup)
    if there is not None and there.resolve() == here.resolve():
        raise Invalid(f"The files are in {here} already.")


@contextmanager
def _rows_there(source: Database, its: Settings, to: str | None) -> Iterator[Database | None]:
    """The database that the rows move to, with the schema of this release; None if they stay.

    Raises Conflict if another index is there.
    """
    if not to:
        yield None
        return
    with closing(Database(its.database_url)) as rows:
        bring_to_schema(rows)
        source.read_now(_check_free, rows)
        yield rows


def _check_free(tx: Transaction, rows: Database) -> None:
    rows.read_now(carrying.check_free, tx)


def _copied(source: Services, its: Settings, index_id: str) -> Callable[[], int]:
    """Copy the blobs; what copies those that came meanwhile."""
    target = blobs(its)
    belonging.take(target, its.blobs_url, index_id)
    there = set(target.digests())

    def rest() -> int:
        return copy_blobs(source.database, source.blobs, target, there=there)

    for _ in range(PASSES):
        rest()
    return rest


def _nothing() -> None:
    """No blobs move."""


def _tell(its: Settings, *, to: str | None, blobs_to: str | None) -> None:
    typer.echo("The index has moved. Start every node anew, with these settings:\n")
    if to:
        typer.echo(f"  {variable('database_url')}={without_password(to)}")
    typer.echo(f"  {variable('blobs_url')}={its.blobs_url}\n")
    if (its.data / KEY_FILE).exists():
        typer.echo(f"Nodes with a folder of their own need {its.data.absolute() / KEY_FILE}, too.")
    typer.echo(
        "Until then a server that runs answers what is read and refuses what would be written.\n"
        "bascule check, with those settings, reads all of it there."
    )
