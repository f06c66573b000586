"""HTTP/1.1 with the fast lane: what is known is answered when its head has been read."""

import asyncio
from time import perf_counter
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from index import headers
from index.lane import Found, Lane


class LanedProtocol(HttpToolsProtocol):
    """One connection. Whatever the lane has no answer to becomes an ordinary ASGI request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lane: Lane | None = getattr(self.app, "fast_lane", None)
        self._passed = False
        self._servers: tuple[object, bytes] = (None, b"")
        self._idle: asyncio.TimerHandle | None = None
        self._idle_since = 0.0

    def on_message_begin(self) -> None:
        """A request begins; what only an ASGI application needs is made when it is needed."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Answer at once, or begin an ordinary request."""
        if self._lane is not None and self._answered(self._lane):
            self._passed = True
            return
        url, given, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(given)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The whole request is here."""
        if not self._passed:
            super().on_message_complete()
            return
        self._passed = False
        self._idle_since = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._end_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave nothing behind that would wake up later."""
        super().connection_lost(exc)
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _end_if_idle(self) -> None:
        # One timer for many answers, which would take longer to set than to give.
        self._idle = None
        if self.timeout_keep_alive_task is not None or self.transport.is_closing():
            return  # The ordinary way was the last, and has its own.
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0 or self._under_way:
            self._idle = self.loop.call_later(max(left, 1), self._end_if_idle)
        else:
            self.transport.close()

    @property
    def _under_way(self) -> bool:
        """Whether an answer by ASGI is not complete yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def _answered(self, lane: Lane) -> bool:
        began = perf_counter()
        parser = self.parser
        if (
            self._under_way
            or self.flow.write_paused
            or parser.get_http_version() != "1.1"
            or not parser.should_keep_alive()
            or self.transport.is_closing()
        ):
            return False
        try:
            method, path = parser.get_method().decode("ascii"), self.url.decode("ascii")
        except UnicodeDecodeError:
            return False
        found = lane.find(method, path, self.headers)
        if found is None:
            return False
        self._send(found)
        lane.note(found, method, path, perf_counter() - began)
        return True

    def _send(self, found: Found) -> None:
        self.server_state.total_requests += 1
        its = self.server_state.default_headers
        if its is not self._servers[0]:  # Another second, another date.
            self._servers = its, headers.lines(its)
        for piece in found.message(self._servers[1]):
            self.transport.write(piece)
