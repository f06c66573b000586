"""Legal erasure: bytes that may not be kept. The one act that cannot be undone (law 5).

The row stays as a tombstone: the name of the file is not free, and its digest tells that it was
here. It takes two people and a waiting period: see two_people.
"""

from collections.abc import Sequence

from moderation.deciding import Why, journaled, record, targets_of
from storage import erasures, holds
from storage.database import Transaction
from storage.problems import Conflict, Invalid
from storage.records import Act, Decision, Digest, Effect, Target


def erase(tx: Transaction, names: Sequence[str], *, why: Why) -> Decision:
    """Hide these files for good and mark their bytes for removal, which a sweep does.

    Raises Invalid, NotFound, and Conflict for what is erased already.
    """
    targets = targets_of(tx, names)
    files = files_of(tx, targets)
    decision = record(tx, Act.ERASE, files, why)
    holds.open_many(
        tx, files, effects={Effect.HIDE}, from_at=why.at, until_at=None, decision=decision
    )
    ids = [file.file_id for file in files if file.file_id is not None]
    digests: list[Digest] = erasures.add(tx, ids, decision=decision)
    return journaled(tx, Act.ERASE, decision, files, why, {"sha256": digests})


def files_of(tx: Transaction, targets: Sequence[Target]) -> list[Target]:
    """The files among *targets*. Raises Invalid for other subjects, Conflict for erased ones."""
    if strange := [each.subject for each in targets if each.file_id is None]:
        raise Invalid(f"{strange[0]} is no file.", hint="Name each file that is to be erased.")
    ids = [each.file_id for each in targets if each.file_id is not None]
    if gone := erasures.among(tx, ids):
        names = [each.subject for each in targets if each.file_id in gone]
        raise Conflict(f"Erased already: {', '.join(names[:5])}.")
    return list(targets)
