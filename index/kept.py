"""What is kept ready in memory: bounded in bytes, and never older than the journal (law 4)."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from typing import Protocol

from index.prepared import Asked, Prepared
from storage.records import Seen
from storage.watching import Watch


class Item(Protocol):
    """Something of one project that can be answered with, for as long as it stays true."""

    @property
    def seen(self) -> Seen:
        """How long it stays true."""

    @property
    def size_bytes(self) -> int:
        """How much memory it takes; it may grow."""

    def prepared(self, asked: Asked) -> Prepared | None:
        """The answer, if all of it is ready."""


class Shelf:
    """The items that were asked for last. For one thread, the one that answers requests."""

    def __init__(self, watch: Watch, size_bytes: int) -> None:
        self.filling: dict[Hashable, asyncio.Future[bool]] = {}
        """What somebody is fetching: the future says whether it was had."""
        self._watch = watch
        self._room_bytes = size_bytes
        self._taken_bytes = 0
        self._items: OrderedDict[Hashable, tuple[Item, int]] = OrderedDict()

    def get(self, key: Hashable, *, at: datetime) -> Item | None:
        """The item, if it is still true by the watch's last look."""
        found = self._items.get(key)
        if found is None:
            return None
        item = found[0]
        if not self._is_true(item.seen, at):
            self._drop(key)
            return None
        self._items.move_to_end(key)
        return item

    def put(self, key: Hashable, item: Item) -> None:
        """Keep an item, or weigh it anew; what was not asked for longest makes room."""
        self._drop(key)
        size = item.size_bytes
        if size > self._room_bytes // 4:
            return  # It would drive out too much else.
        self._items[key] = item, size
        self._taken_bytes += size
        while self._taken_bytes > self._room_bytes:
            self._drop(next(iter(self._items)))

    def _is_true(self, seen: Seen, at: datetime) -> bool:
        if seen.until_at is not None and not seen.since_at <= at < seen.until_at:
            return False
        return self._watch.unchanged(seen.project, seen.as_of)

    def _drop(self, key: Hashable) -> None:
        if (found := self._items.pop(key, None)) is not None:
            self._taken_bytes -= found[1]
