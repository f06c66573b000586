"""The fast lane: what is kept and known answers without a router, a thread or a query.

It serves the very answers that the ordinary way made, so the two cannot disagree; whatever is in
the least unusual it leaves to that. `index/server/` asks it before ASGI, and the Border asks it
under any other server.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from index import headers, logs
from index.files.counting import Downloads
from index.headers import Headers
from index.kept import Shelf
from index.prepared import Asked, Prepared, asked
from index.reads import Reads
from index.simple.listing import PreparedRoot
from index.simple.negotiation import representation_of
from storage.records import Admission
from storage.watching import Watch

_ROOT = "/simple/"
_KEPT = (_ROOT, "/packages/")


APART_BYTES = 64 * 1024
"""A longer body is sent as it is kept, without being copied."""


class Found(NamedTuple):
    """An answer that can be sent at once."""

    prepared: Prepared
    request_id: str
    admission: Admission
    has_body: bool

    @property
    def headers(self) -> Headers:
        """All that is said of it."""
        return headers.with_ours(self.prepared.headers, self.request_id.encode(), self.admission)

    @property
    def body(self) -> bytes:
        """What is sent after the headers."""
        return self.prepared.body if self.has_body else b""

    def message(self, servers: bytes) -> tuple[bytes, ...]:
        """All of it as HTTP/1.1, with these lines of the *server's* own: in one piece, or in two
        where putting them together would take longer than sending them apart."""
        its = self.prepared
        mode = headers.lines(headers.mode(self.admission)) if self.admission.decision else b""
        named = b"x-request-id: %b\r\n" % self.request_id.encode()
        head = (its.head, servers, its.before, named, mode, its.after)
        body = self.body
        if len(body) > APART_BYTES:
            return b"".join(head), body
        return (b"".join((*head, body)),)


class Lane:
    """Finds the answers to plain reads of what is on the shelf."""

    def __init__(
        self,
        shelf: Shelf,
        watch: Watch,
        root: PreparedRoot,
        downloads: Downloads,
        reads: Reads,
        now: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._watch = watch
        self._list = root
        self._downloads = downloads
        self._reads = reads
        self._now = now

    def find(self, method: str, path: str, given: Iterable[tuple[bytes, bytes]]) -> Found | None:
        """The answer to a request without a query and a body; None: ask the ordinary way."""
        if method not in ("GET", "HEAD"):
            return None
        wanted = asked(given)
        if wanted is None:
            return None
        at = self._now()
        if not path.startswith(_KEPT) or not self._watch.look(at=at):
            return None
        prepared = self._prepared(path, wanted, at)
        if prepared is None:
            return None
        if prepared.counts is not None and method == "GET":
            self._downloads.count(prepared.counts, at.date())
        given_id = wanted.request_id
        return Found(
            prepared,
            logs.request_id(given_id.decode("latin-1") if given_id else None),
            self._watch.known_admission(at=at),
            method == "GET",
        )

    def _prepared(self, path: str, wanted: Asked, at: datetime) -> Prepared | None:
        if path == _ROOT:
            return self._list.prepared(wanted, at=at)
        is_page = path.startswith(_ROOT)
        key: Any = (path, representation_of(wanted.accept)) if is_page else path
        item = self._shelf.get(key, at=at)
        return item.prepared(wanted) if item is not None else None

    def note(self, found: Found, method: str, path: str, seconds: float) -> None:
        """Count the request, and write its line."""
        self._reads.note(found.prepared, method, path, found.request_id, seconds)
