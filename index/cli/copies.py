"""`bascule backup` and `bascule restore`: all of an index, into a folder and out of it."""

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from filecmp import cmp
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from index.app import blobs, compose, folders_made
from index.cli import belonging
from index.cli.opened import DataFolder, founded, opened
from index.cli.progress import progress
from index.environment import from_environment
from index.settings import Settings
from index.signing import KEY_FILE
from storage import carrying, copying, identity, journal, overview
from storage.blobs import Blobs
from storage.database import Database
from storage.migrations import migrate
from storage.problems import Conflict, NotFound
from storage.records import Digest
from storage.urls import blobs_folder, file_of, is_postgres, url_of

T = TypeVar("T")

Folder = Annotated[Path, typer.Argument(help="The folder of the copy.")]

_MARK = "copy-of"
"""A file beside the database of a copy, with the id of the index: only such are replaced."""

_NEW = ".new"
"""At the end of the name of a database whose blobs are not all there yet."""


def backup(folder: Folder, data: DataFolder = None) -> None:
    """Copy all of the index into a folder, also while the server runs."""
    with opened(data) as services:
        copy, its = Settings(data=folder), services.settings
        index_id = services.database.read_now(identity.of_index)
        file = file_of(copy.database_url)
        _check_replaceable(copy, its, index_id)
        with folders_made():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / _MARK).write_text(f"{index_id}\n", encoding="ascii")
        new = _new(file)
        copying.save_rows(services.database, new, through=shown)
        with closing(Database(url_of(new))) as rows:
            to = blobs(copy)
            count = copy_blobs(rows, services.blobs, to, there=set(to.digests()))
        _put_in_place(new, file)
        _copy_key(its.data, folder)
    of_copy = compose(copy)
    with closing(of_copy.database):
        belonging.claim(of_copy)
    typer.echo(f"Copied the index, and {count:,} blobs that were not in {folder} yet.")


def restore(folder: Folder, data: DataFolder = None) -> None:
    """Make an index out of what backup copied, where there is none."""
    copied = file_of(Settings(data=folder).database_url)
    if not copied.is_file():
        raise NotFound(f"There is no copy of an index in {folder}.")
    settings = from_environment(os.environ, overrides={"data": data})
    with _free_place(settings, folder) as shared:
        with folders_made():
            settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = file_of((Settings(data=settings.data) if shared else settings).database_url)
        new = _new(file)
        with closing(Database(url_of(copied))) as copy:
            copying.save_rows(copy, new, through=shown)
        count = _bring(new, blobs(Settings(data=folder)), settings, shared)
        if shared:
            copying.forget(new)
        else:
            _put_in_place(new, file)
    _copy_key(folder, settings.data)
    with founded(data):
        typer.echo(f"Restored the index, and {count:,} blobs.")


def copy_blobs(rows: Database, source: Blobs, target: Blobs, *, there: set[Digest]) -> int:
    """Copy the blobs of these rows that are not *there*; how many it was. See copying.copied."""
    total = 2 * rows.read_now(overview.count_files)
    each = copying.copied(rows, source, target, there=there)
    count = sum(progress(each, "Copying files", total=total))
    target.settle()
    return count


def shown(tables: Iterable[T]) -> Iterable[T]:
    """The same tables, with a bar while their rows are copied."""
    return progress(tables, "Copying rows", total=len(carrying.TABLES))


def _check_replaceable(copy: Settings, its: Settings, index_id: str | None) -> None:
    """Raises Conflict unless there is no index, or an earlier copy of this one."""
    file = file_of(copy.database_url)
    mark = file.with_name(_MARK)
    copy_of = mark.read_text(encoding="ascii").strip() if mark.exists() else None
    if _places(copy) & _places(its) or (file.exists() and copy_of != index_id):
        raise Conflict(
            f"The index in {file.parent.absolute()} is no copy of this one, and stays as it is.",
            hint="Copy into a folder of its own.",
        )


def _places(its: Settings) -> set[Path]:
    """Where on this machine an index is."""
    folder = blobs_folder(its.blobs_url)
    file = None if is_postgres(its.database_url) else file_of(its.database_url)
    return {place.resolve() for place in (its.data, folder, file) if place is not None}


@contextmanager
def _free_place(settings: Settings, folder: Path) -> Iterator[Database | None]:
    """The database to restore to; None if it is a file. Raises Conflict if an index is there."""
    if not is_postgres(settings.database_url):
        _check_empty(settings)
        yield None
        return
    _check_key(folder / KEY_FILE, settings.data / KEY_FILE)
    with closing(Database(settings.database_url)) as shared:
        migrate(shared)
        if shared.read_now(journal.last_serial):
            raise Conflict(
                "There is an index in that database already, so nothing was restored.",
                hint="Make a new database, and let BASCULE_DATABASE_URL name it.",
            )
        yield shared


def _check_empty(settings: Settings) -> None:
    """Raises Conflict unless there is nothing, or what a restore left that was interrupted."""
    file = file_of(settings.database_url)
    places = {settings.data, file.parent}
    taken = file.exists() or any(place.is_dir() and any(place.iterdir()) for place in places)
    if file.exists() or (taken and not _new(file).exists()):
        raise Conflict(
            f"The folder {settings.data.absolute()} is not empty, so nothing was restored.",
            hint="Give another --data, and put it in the place of the old one afterwards.",
        )


def _check_key(copied: Path, there: Path) -> None:
    """Raises Conflict if another index signs its checkpoints there."""
    if there.exists() and not (copied.exists() and cmp(copied, there, shallow=False)):
        raise Conflict(
            f"{there.absolute()} is the key of another index, so nothing was restored.",
            hint="Give another --data.",
        )


def _bring(new: Path, source: Blobs, settings: Settings, shared: Database | None) -> int:
    """Bring the blobs of these rows to their place, and then the rows if it is a *shared* one.

    How many blobs it was. Blobs never change, so what is there stays: it can be run again.
    """
    with closing(Database(url_of(new))) as rows:
        migrate(rows)
        target = blobs(settings)
        index_id = rows.write_now(identity.give, secrets.token_hex(16))
        belonging.take(target, settings.blobs_url, index_id)
        count = copy_blobs(rows, source, target, there=set(target.digests()))
        if shared:
            rows.read_now(carrying.carry, shared, through=shown)
    return count


def _new(file: Path) -> Path:
    return file.with_name(file.name + _NEW)


def _put_in_place(new: Path, file: Path) -> None:
    copying.forget(file)
    new.replace(file)


def _copy_key(source: Path, target: Path) -> None:
    """The key of the checkpoints, which go on to be signed by it."""
    if (key := source / KEY_FILE).exists():
        shutil.copy2(key, target / KEY_FILE)  # With its mode: nobody else may read it.
