"""The fast lane: what is kept and known answers without a router, a thread or a query.

It serves the very answers that the ordinary way made, so the two cannot disagree; whatever is in
the least unusual it leaves to that. `index/server/` asks it before ASGI, and the Border asks it
under any other server.
"""

import asyncio
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import NamedTuple

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
        its, named = self.prepared, (b"x-request-id", self.request_id.encode())
        return [*its.first, named, *headers.mode(self.admission), *its.last]

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


class Question(NamedTuple):
    """A plain read: nothing but these parts of a request bears on its answer."""

    method: str
    path: str
    key: Hashable
    asked: Asked


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
        self.turn = 0
        """Which turn of the loop it is, of those in which `find` has looked."""
        self._is_fresh = False
        self._shelf = shelf
        self._watch = watch
        self._list = root
        self._downloads = downloads
        self._reads = reads
        self._now = now

    def question(
        self, method: str, path: str, given: Iterable[tuple[bytes, bytes]]
    ) -> Question | None:
        """What a request without a query and a body asks; None: it is for the ordinary way."""
        if method not in ("GET", "HEAD") or not path.startswith(_KEPT):
            return None
        wanted = asked(given)
        if wanted is None:
            return None
        is_page = path.startswith(_ROOT)
        key = (path, representation_of(wanted.accept)) if is_page else path
        return Question(method, path, key, wanted)

    def find(self, question: Question) -> Found | None:
        """The answer; None: ask the ordinary way."""
        at = self._now()
        return self._found(question, at) if self._watch.look(at=at) else None

    def find_at_once(self, question: Question, *, answered: int) -> Found | None:
        """The same, for whoever is called by a transport because the question has just come.

        One look serves all who were called in the same turn of the loop: their questions had
        come before it. Not those who were *answered* in that turn already; they may have heard
        of something since, and have asked again.
        """
        at = self._now()
        if self._is_fresh and answered != self.turn:
            return self._found(question, at)
        if not self._watch.look(at=at):
            return None
        if not self._is_fresh:
            self._is_fresh = True
            self.turn += 1
            # Before the loop next asks who has sent something. A task that is called by the loop
            # itself could not say so: what it calls soon may come after that.
            asyncio.get_running_loop().call_soon(self._end_turn)
        return self._found(question, at)

    def note(self, found: Found, question: Question, seconds: float) -> None:
        """Count the request, and write its line."""
        method, path, *_ = question
        self._reads.note(found.prepared, method, path, found.request_id, seconds)

    def _found(self, question: Question, at: datetime) -> Found | None:
        wanted = question.asked
        if question.path == _ROOT:
            prepared = self._list.prepared(wanted, at=at)
        else:
            item = self._shelf.get(question.key, at=at)
            prepared = item.prepared(wanted) if item is not None else None
        if prepared is None:
            return None
        is_get = question.method == "GET"
        if prepared.counts is not None and is_get:
            self._downloads.count(prepared.counts, at.date())
        given = wanted.request_id
        named = logs.request_id(given.decode("latin-1") if given else None)
        return Found(prepared, named, self._watch.known_admission(at=at), is_get)

    def _end_turn(self) -> None:
        self._is_fresh = False
