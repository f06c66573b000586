"""Copies of an index: its rows as of one moment, and every blob that they refer to."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from storage import files
from storage.blobs import CHUNK_BYTES, Blobs
from storage.database import Database
from storage.problems import Invalid, Unavailable
from storage.records import Digest

_BATCH_FILES = 500


def save_rows(database: Database, file: Path) -> None:
    """Write all rows as of now into *file*, anew; nobody has to wait meanwhile.

    Raises Invalid for a database that is no file of SQLite, and Unavailable.
    """
    if database.url.get_backend_name() != "sqlite":
        raise Invalid(
            "Only an index over SQLite is copied like this.",
            hint="Let pg_dump copy the database, and then copy the blobs.",
        )
    forget(file)
    try:
        with (
            closing(sqlite3.connect(database.url.database or "")) as source,
            closing(sqlite3.connect(file)) as target,
        ):
            # In one step: others may write meanwhile, and it is of one moment all the same.
            source.backup(target)
    except sqlite3.Error as error:
        raise Unavailable(f"The database cannot be copied: {error}.") from error


def forget(file: Path) -> None:
    """Remove a file of SQLite, and what belongs to it."""
    for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        each.unlink(missing_ok=True)


def blobs_of(database: Database) -> Iterator[Digest]:
    """The blobs that the rows refer to, some of them more than once."""
    after = 0
    while rows := database.read_now(files.referenced, after=after, limit=_BATCH_FILES):
        after = rows[-1].id
        for row in rows:
            yield row.sha256
            if row.core_metadata is not None:
                yield row.core_metadata


def copy_blob(digest: Digest, source: Blobs, target: Blobs) -> None:
    """Put a blob into another store. Raises NotFound, Full, and Invalid if it was changed.

    It is durable once the target settles.
    """
    with source.open(digest) as opened, target.draft() as draft:
        while chunk := opened.read(CHUNK_BYTES):
            draft.write(chunk)
        if draft.finish().sha256 != digest:
            raise Invalid(f"The blob {digest} has other bytes than its name says.")
        draft.keep()
