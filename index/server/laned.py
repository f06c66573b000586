"""HTTP/1.1 with the fast lane: what is known is answered when its head has been read."""

import asyncio
from time import perf_counter
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from index import headers
from index.lane import Lane, Question

HEADS = 2048
"""How many heads of requests are known by heart."""

LONGEST_HEAD_BYTES = 2048


class LanedProtocol(HttpToolsProtocol):
    """One connection. Whatever the lane has no answer to becomes an ordinary ASGI request."""

    _heads: dict[bytes, Question] = {}  # noqa: RUF012 (what all connections have read)
    """What the parser made of whole requests. The same bytes mean the same, and need no parser."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lane: Lane | None = getattr(self.app, "fast_lane", None)
        self._question: Question | None = None
        self._begun = 0
        self._is_between = True
        self._turn = 0
        self._servers: tuple[object, bytes] = (None, b"")
        self._idle: asyncio.TimerHandle | None = None
        self._idle_since = 0.0

    def data_received(self, data: bytes) -> None:
        """Take what the client sent."""
        if self._lane is None or not self._is_between or self._under_way:
            super().data_received(data)
            return
        if (known := self._heads.get(data)) is not None and self._passes(self._lane, known):
            self._rest()
            return
        self._question, self._begun = None, 0
        super().data_received(data)
        if self._question is not None and self._begun == 1 and self._is_between:
            self._learn(data, self._question)

    def on_message_begin(self) -> None:
        """A request begins; what only an ASGI application needs is made when it is needed."""
        self._is_between = False
        self._begun += 1
        self._question = None
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Answer at once, or begin an ordinary request."""
        lane, question = self._lane, self._asked()
        if lane is not None and question is not None and self._passes(lane, question):
            self._question = question
            return
        url, given, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(given)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is here."""
        self._is_between = True
        if self._question is None:
            super().on_message_complete()
        else:
            self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave nothing behind that would wake up later."""
        super().connection_lost(exc)
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    @property
    def _under_way(self) -> bool:
        """Whether an answer by ASGI is not complete yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def _asked(self) -> Question | None:
        parser, lane = self.parser, self._lane
        if lane is None or parser.get_http_version() != "1.1" or not parser.should_keep_alive():
            return None
        try:
            method, path = parser.get_method().decode("ascii"), self.url.decode("ascii")
        except UnicodeDecodeError:
            return None
        return lane.question(method, path, self.headers)

    def _passes(self, lane: Lane, question: Question) -> bool:
        """Whether the lane had the answer, and it was sent."""
        began = perf_counter()
        if self._under_way or self.flow.write_paused or self.transport.is_closing():
            return False
        found = lane.find_at_once(question, answered=self._turn)
        if found is None:
            return False
        self._turn = lane.turn
        its = self.server_state.default_headers
        if its is not self._servers[0]:  # Another second, another date.
            self._servers = its, headers.lines(its)
        for piece in found.message(self._servers[1]):
            self.transport.write(piece)
        self.server_state.total_requests += 1
        lane.note(found, question, perf_counter() - began)
        return True

    def _learn(self, data: bytes, question: Question) -> None:
        if len(data) > LONGEST_HEAD_BYTES:
            return
        if len(self._heads) >= HEADS:
            self._heads.clear()
        self._heads[data] = question

    def _rest(self) -> None:
        """Wait for the next request, but not for ever."""
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        # One timer for many answers, which would take longer to set than to give.
        self._idle_since = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)

    def _end_if_idle(self) -> None:
        self._idle = None
        if self.timeout_keep_alive_task is not None or self.transport.is_closing():
            return  # The ordinary way was the last, and has its own.
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0 or self._under_way:
            self._idle = self.loop.call_later(max(left, 1), self._end_if_idle)
        else:
            self.transport.close()
