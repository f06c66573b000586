"""Erasures: files whose bytes may not be kept. Their rows stay."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, insert, select

from storage.batches import batched
from storage.database import Transaction
from storage.records import Digest
from storage.schema import descriptions, erasures, files


def add(tx: Transaction, file_ids: Sequence[int], *, decision: int) -> list[Digest]:
    """Mark these files, drop what they said of themselves, and return their digests."""
    tx.execute(insert(erasures), [{"file_id": id_, "decision_id": decision} for id_ in file_ids])
    for batch in batched(file_ids):
        tx.execute(delete(descriptions).where(descriptions.c.file_id.in_(batch)))
    return digests_of(tx, decision)


def digests_of(tx: Transaction, decision: int) -> list[Digest]:
    """The digests of what a decision erased: of the files, and of the metadata beside them."""
    mine = files.c.id.in_(select(erasures.c.file_id).where(erasures.c.decision_id == decision))
    found = [select(digest).where(mine) for digest in (files.c.sha256, files.c.core_metadata)]
    return sorted({Digest(digest) for query in found for digest in tx.scalars(query) if digest})


def among(tx: Transaction, file_ids: Collection[int]) -> set[int]:
    """Those of these files that are erased."""
    found: set[int] = set()
    for batch in batched(sorted(file_ids)):
        query = select(erasures.c.file_id).where(erasures.c.file_id.in_(batch))
        found.update(tx.scalars(query))
    return found
