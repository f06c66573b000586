"""`bascule backup` and `bascule restore`: all of an index, into a folder and out of it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from index.app import blobs, compose
from index.cli import belonging
from index.cli.opened import DataFolder, founded, opened
from index.cli.progress import progress
from index.environment import from_environment
from index.settings import Settings
from index.signing import KEY_FILE
from storage import copying, identity, overview
from storage.blobs import Blobs
from storage.database import Database
from storage.problems import Conflict, NotFound
from storage.urls import file_of, url_of

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
        _check_replaceable(file_of(copy.database_url), file_of(its.database_url), index_id)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / _MARK).write_text(f"{index_id}\n", encoding="ascii")
        count = _copy(services.database, services.blobs, copy)
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
    _check_free(settings)
    with closing(Database(url_of(copied))) as rows:
        count = _copy(rows, blobs(Settings(data=folder)), settings)
    _copy_key(folder, settings.data)
    with founded(data):
        typer.echo(f"Restored the index, and {count:,} blobs.")


def _check_replaceable(file: Path, original: Path, index_id: str | None) -> None:
    """Raises Conflict unless there is no database, or an earlier copy of this index."""
    if not file.exists():
        return
    mark = file.with_name(_MARK)
    copy_of = mark.read_text(encoding="ascii").strip() if mark.exists() else None
    if copy_of != index_id or file.samefile(original):
        raise Conflict(
            f"The index in {file.parent.absolute()} is no copy of this one, and stays as it is.",
            hint="Copy into a folder of its own.",
        )


def _check_free(settings: Settings) -> None:
    """Raises Conflict unless there is nothing, or what a restore left that was interrupted."""
    file = file_of(settings.database_url)
    begun = file.with_name(file.name + _NEW).exists()
    places = {settings.data, file.parent}
    taken = file.exists() or any(place.is_dir() and any(place.iterdir()) for place in places)
    if file.exists() or (taken and not begun):
        raise Conflict(
            f"The folder {settings.data.absolute()} is not empty, so nothing was restored.",
            hint="Give another --data, and put it in the place of the old one afterwards.",
        )


def _copy(source: Database, from_blobs: Blobs, target: Settings) -> int:
    """Copy rows, then blobs, and only then let the rows count; how many blobs it was.

    Blobs never change, so what an earlier copy put there stays. Interrupted, it can be run again.
    """
    target.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    file, to_blobs = file_of(target.database_url), blobs(target)
    new = file.with_name(file.name + _NEW)
    copying.save_rows(source, new)
    with closing(Database(url_of(new))) as rows:
        count = sum(_copied(rows, from_blobs, to_blobs))
    to_blobs.settle()
    copying.forget(file)
    new.replace(file)
    return count


def _copied(rows: Database, source: Blobs, target: Blobs) -> Iterator[bool]:
    """Whether each blob of these rows had to be copied. Raises NotFound and Invalid."""
    has = set(target.digests())
    total = 2 * rows.read_now(overview.count_files)
    for digest in progress(copying.blobs_of(rows), "Copying files", total=total):
        if is_new := digest not in has:
            copying.copy_blob(digest, source, target)
            has.add(digest)
        yield is_new


def _copy_key(source: Path, target: Path) -> None:
    """The key of the checkpoints, which go on to be signed by it."""
    if (key := source / KEY_FILE).exists():
        shutil.copy2(key, target / KEY_FILE)  # With its mode: nobody else may read it.
