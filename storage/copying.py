"""Copies of an index: its rows as of one moment, and every blob that they refer to."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

from storage import carrying, files, sqlite
from storage.batches import batched
from storage.blobs import CHUNK_BYTES, Blobs
from storage.carrying import Through
from storage.database import Database
from storage.migrations import migrate
from storage.problems import Invalid, Unavailable
from storage.records import Digest
from storage.urls import url_of

AT_A_TIME = 8
"""How many blobs are on their way."""

_BATCH_FILES = 500


def save_rows(database: Database, file: Path, *, through: Through) -> None:
    """Write all rows as of now into *file* of SQLite, anew; nobody has to wait meanwhile.

    From PostgreSQL they go, table by table, *through* what may tell how far it is. Raises Full,
    Unavailable.
    """
    forget(file)
    if database.is_shared:
        with closing(Database(url_of(file))) as copy:
            migrate(copy)
            database.read_now(carrying.carry, copy, through=through)
    else:
        _back_up(database.url.database or "", file)


def forget(file: Path) -> None:
    """Remove a file of SQLite, and what belongs to it."""
    for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))):
        each.unlink(missing_ok=True)


def copied(
    database: Database, source: Blobs, target: Blobs, *, there: set[Digest]
) -> Iterator[bool]:
    """Whether each blob of these rows had to be copied, once it was. Some come more than once.

    What is *there* already is not, and what is copied becomes so. All is durable once the target
    settles. Raises NotFound, Full, Unavailable, and Invalid if a blob was changed.
    """
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        for batch in batched(_blobs_of(database)):
            missing = dict.fromkeys(digest for digest in batch if digest not in there)
            for digest in threads.map(partial(_copy, source, target), missing):
                there.add(digest)
                yield True
            yield from [False] * (len(batch) - len(missing))


def _blobs_of(database: Database) -> Iterator[Digest]:
    after = 0
    while rows := database.read_now(files.referenced, after=after, limit=_BATCH_FILES):
        after = rows[-1].id
        for row in rows:
            yield row.sha256
            if row.core_metadata is not None:
                yield row.core_metadata


def _copy(source: Blobs, target: Blobs, digest: Digest) -> Digest:
    with source.open(digest) as opened, target.draft() as draft:
        while chunk := opened.read(CHUNK_BYTES):
            draft.write(chunk)
        if draft.finish().sha256 != digest:
            raise Invalid(f"The blob {digest} has other bytes than its name says.")
        draft.keep()
    return digest


def _back_up(file: str, to: Path) -> None:
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(to)) as target:
            # In one step: others may write meanwhile, and it is of one moment all the same.
            source.backup(target)
            target.execute(sqlite.STAY)  # A copy of what has moved is written all the same.
    except sqlite3.Error as error:
        raise Unavailable(f"The database cannot be copied: {error}.") from error
