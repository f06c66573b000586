"""A cache that others share, before an index: it does what the headers allow."""

from collections.abc import Mapping
from typing import Any

from tests.kit.world import JSON, Person


class Cache:
    """A shared cache before an index: it keeps what it may until it is told to drop it."""

    def __init__(self, anyone: Person) -> None:
        self._anyone = anyone
        self.kept: dict[str, tuple[set[str], tuple[int, bytes]]] = {}

    def gets(self, path: str) -> tuple[int, bytes]:
        """What a client gets from it."""
        if path in self.kept:
            return self.kept[path][1]
        answer = self._anyone.gets(path, headers={"accept": JSON})
        found = answer.status_code, answer.content
        if "s-maxage=600" in answer.headers["cache-control"]:
            self.kept[path] = set(answer.headers["surrogate-key"].split(" ")), found
        return found

    def drops(self, purge: Mapping[str, Any], *, by: str) -> None:
        """Obey a purge, by its keys or by its paths."""
        gone = set(purge["data"][by])
        self.kept = {
            path: (keys, found)
            for path, (keys, found) in self.kept.items()
            if not (purge["data"]["everything"] or gone & (keys if by == "keys" else {path}))
        }
