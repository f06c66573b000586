"""Sweeping: bytes that no row refers to are removed, also while servers run."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import islice

from storage import files
from storage.blobs import Blobs
from storage.database import Database, Transaction
from storage.records import Digest

BATCH_BLOBS = 200
"""How many blobs are looked at under one write lock: uploads wait that long, not longer."""

SPARED = timedelta(hours=24)
"""What was sent to an object store since then is left there: its row may be about to be."""


def sweep(
    database: Database, blobs: Blobs, *, at: datetime, goes_on: Callable[[], bool] = lambda: True
) -> tuple[int, int]:
    """Remove what an upload left that came to nothing; how many blobs and drafts it was.

    It ends when it has looked at all blobs, or soon after *goes_on* says no.

    A blob is put in its place within the write transaction of its row, or looked for there if it
    may be old, and is removed here within another: so none is removed whose row is about to be.
    Raises Unavailable.
    """
    drafts = blobs.remove_abandoned_drafts()
    before = at - SPARED
    removed, every = 0, blobs.digests(before=before)
    while goes_on() and (batch := list(islice(every, BATCH_BLOBS))):
        if database.read_now(files.unreferenced, batch):
            removed += database.write_now(_remove_unreferenced, blobs, batch, before=before)
    return removed, drafts


def remove(database: Database, blobs: Blobs, digests: Sequence[Digest]) -> int:
    """Remove those of these blobs that no row refers to; how many it was."""
    return sum(
        database.write_now(_remove_unreferenced, blobs, digests[start : start + BATCH_BLOBS])
        for start in range(0, len(digests), BATCH_BLOBS)
    )


def _remove_unreferenced(
    tx: Transaction, blobs: Blobs, digests: Sequence[Digest], *, before: datetime | None = None
) -> int:
    return blobs.remove(*files.unreferenced(tx, digests), before=before)
