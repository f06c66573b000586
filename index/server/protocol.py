"""HTTP/1.1 on one connection: uvicorn's, with our reason phrases and limits that have names."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from index.errors import Interrupted
from index.server import zerocopy
from index.server.laned import LanedProtocol

HEAD_SECONDS = 20
"""A client that has not sent the head of a request by then is cut."""

HEAD_BYTES = 64 * 1024
"""A client that has sent more than this without a whole head is turned away."""

LINGER_SECONDS = 60
LINGER_BYTES = 1 << 30
"""How much is still taken, unread, from a client that was answered before it had sent all."""

STALL_SECONDS = 120
"""A client that has taken nothing of its answer for so long is cut."""


class IndexProtocol(LanedProtocol):
    """One connection, with limits on what uvicorn leaves open, and answers that say why."""

    head_seconds: float = HEAD_SECONDS
    head_bytes = HEAD_BYTES
    linger_seconds: float = LINGER_SECONDS
    linger_bytes = LINGER_BYTES
    stall_seconds: float = STALL_SECONDS

    _timer: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None
    _headless_bytes = 0
    _moved = False
    _lingered_bytes: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head, but not for ever."""
        super().connection_made(transport)
        self._start_timer(self.head_seconds, self._head_is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave nothing behind that would wake up later."""
        super().connection_lost(exc)
        self._stop_timer()
        self.resume_writing()

    def data_received(self, data: bytes) -> None:
        """Take what the client sent: up to *head_bytes* that are neither a head nor a body."""
        if self._lingered_bytes is not None:
            self._lingered_bytes += len(data)
            if self._lingered_bytes > self.linger_bytes:
                self.transport.close()
            return
        self._moved = False
        super().data_received(data)
        self._headless_bytes = 0 if self._moved else self._headless_bytes + len(data)
        if self._headless_bytes > self.head_bytes:
            self._turn_away(431, "The head of the request is too large.")
        elif self._headless_bytes and self._timer is None and not self._under_way:
            self._start_timer(self.head_seconds, self._head_is_late)

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._moved = True
        self._stop_timer()
        super().on_headers_complete()
        # RFC 9110 6.5.1: what follows a chunked body must not be taken for part of the head.
        self.headers = []

    def _rest(self) -> None:
        self._moved = True
        if self._timer is not None:
            self._stop_timer()
        super()._rest()

    def on_body(self, body: bytes) -> None:
        """Hand some of a body on."""
        self._moved = True
        super().on_body(body)

    def pause_writing(self) -> None:
        """Wait for the client to take its answer, but not for ever."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.stall_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client has caught up."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def send_400_response(self, msg: str) -> None:
        """Turn away what is not HTTP."""
        self._turn_away(400, "This is not a request in HTTP/1.1.")

    def linger(self) -> None:
        """Close in such a way that a client still sending can read its answer (RFC 9112 9.6).

        Closing at once would reset the connection, and the answer would be lost.
        """
        self._lingered_bytes = 0
        self._start_timer(self.linger_seconds, self.transport.close)
        if not self.transport.is_closing():
            self.transport.write_eof()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        zerocopy.announce(self, cast(Scope, cycle.scope))
        super()._start_asgi_task(cycle, partial(_answer, self, cycle, app))

    def _start_timer(self, seconds: float, then: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, then)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _head_is_late(self) -> None:
        if self._headless_bytes:
            self._turn_away(408, "The head of the request did not arrive in time.")
        # Whoever is this slow is not waited for once more.
        self.transport.close()

    def _turn_away(self, status: int, sentence: str) -> None:
        """Answer what never became a request, and close."""
        if self._under_way:
            # There is an answer before this one, and nothing may be written into it.
            self.transport.close()
            return
        head = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(sentence)).encode()),
            (b"connection", b"close"),
            *self.server_state.default_headers,
        ]
        lines = [b"HTTP/1.1 %d %s" % (status, sentence.encode())]
        lines += [b"%s: %s" % each for each in head]
        self.transport.write(b"\r\n".join([*lines, b"", sentence.encode()]))
        self.linger()


async def _answer(
    protocol: IndexProtocol,
    cycle: RequestResponseCycle,
    app: ASGIApp,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Run *app* for one request."""
    wire = cycle.transport = _Wire(protocol, cycle)

    async def say(message: Message) -> None:
        if message["type"] == "http.response.start":
            wire.reason = message.get("reason")
            # RFC 9112 9.3: who does not read the whole body has to close after the answer.
            cycle.keep_alive = cycle.keep_alive and not cycle.more_body
        if message["type"] == zerocopy.MESSAGE:
            wire.let_go()
            await zerocopy.send(protocol, cycle, message)
        else:
            await send(message)

    try:
        await app(scope, receive, say)
    except Interrupted:
        cycle.disconnected = True
        protocol.transport.abort()


class _Wire(asyncio.Transport):
    """What one answer is written to: its head goes out with the first bytes of its body."""

    def __init__(self, protocol: IndexProtocol, cycle: RequestResponseCycle) -> None:
        super().__init__()
        self.reason: bytes | None = None
        """What stands in the place of uvicorn's phrase."""
        self._protocol = protocol
        self._cycle = cycle
        self._is_head = True
        self._head: bytes | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write, but keep a head for as long as some of a body of a known length is to come."""
        if self._head is not None:
            head, self._head = self._head, None
            self._protocol.transport.writelines([head, data])
            return
        if self.reason is not None:
            status_line, rest = bytes(data).split(b"\r\n", 1)
            data = status_line[: len(b"HTTP/1.1 400 ")] + self.reason + b"\r\n" + rest
            self.reason = None
        its = self._cycle
        if self._is_head and its.expected_content_length and its.scope["method"] != "HEAD":
            self._head = bytes(data)
        else:
            self._protocol.transport.write(data)
        self._is_head = False

    def let_go(self) -> None:
        """Write the head now: the body comes another way."""
        if self._head is not None:
            head, self._head = self._head, None
            self._protocol.transport.write(head)

    def is_closing(self) -> bool:
        """Whether nothing more will be read."""
        return self._protocol.transport.is_closing()

    def close(self) -> None:
        """Close once the client has had its answer."""
        if self._cycle.more_body:
            self._protocol.linger()
        else:
            self._protocol.transport.close()
