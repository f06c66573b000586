"""Sweeping: bytes that no row refers to are removed, also while servers run."""

from collections.abc import Sequence
from itertools import islice

from storage import files
from storage.blobs import Blobs
from storage.database import Database, Transaction
from storage.records import Digest

BATCH_BLOBS = 200
"""How many blobs are looked at under one write lock: uploads wait that long, not longer."""


def sweep(database: Database, blobs: Blobs) -> tuple[int, int]:
    """Remove what an upload left that came to nothing; how many blobs and drafts it was.

    A blob is put in its place within the write transaction of its row, and is removed here
    within another: so none is removed whose row is about to be.
    """
    drafts = blobs.remove_abandoned_drafts()
    removed, every = 0, blobs.digests()
    while batch := list(islice(every, BATCH_BLOBS)):
        if database.read_now(files.unreferenced, batch):
            removed += database.write_now(_remove_unreferenced, blobs, batch)
    return removed, drafts


def remove(database: Database, blobs: Blobs, digests: Sequence[Digest]) -> int:
    """Remove those of these blobs that no row refers to; how many it was."""
    return sum(
        database.write_now(_remove_unreferenced, blobs, digests[start : start + BATCH_BLOBS])
        for start in range(0, len(digests), BATCH_BLOBS)
    )


def _remove_unreferenced(tx: Transaction, blobs: Blobs, digests: Sequence[Digest]) -> int:
    unreferenced = files.unreferenced(tx, digests)
    for digest in unreferenced:
        blobs.remove(digest)
    return len(unreferenced)
