"""Keys in pieces: a statement takes so many, however many a decision names."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

BATCH_ROWS = 500
"""How many keys go into one statement. SQLite takes at most 32,766 by default."""


def batched(keys: Iterable[T]) -> Iterator[list[T]]:
    """All of *keys*, in lists of at most BATCH_ROWS."""
    left = iter(keys)
    while batch := list(islice(left, BATCH_ROWS)):
        yield batch
