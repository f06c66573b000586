"""The answer to a request for a file: streamed in constant memory, and only if it must be."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from types import MappingProxyType
from typing import BinaryIO

from anyio import to_thread
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from index.caching import Caching, already_has
from index.cors import ANY_ORIGIN
from index.files.ranges import requested
from storage.records import Digest

Read = Callable[[int, int], AsyncGenerator[bytes]]
"""The bytes of the file from the first position up to, not including, the second."""

Open = Callable[[], BinaryIO]
"""The file itself, with a descriptor; called in a worker thread."""

Link = Callable[[], Awaitable[str]]
"""A URL where whoever has it may fetch the file for a while."""

MESSAGE_BYTES = 1 << 22
"""How much of a file the server is given to send at a time; the log is as exact as that."""

# S39, and no browser shows as a page or picture what an uploader wrote.
_BYTES = {
    "content-type": "application/octet-stream",
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
}


def answer(
    headers: Mapping[str, str],
    method: str,
    *,
    sha256: Digest,
    size_bytes: int,
    caching: Caching,
    read: Read | None = None,
    content: bytes | None = None,
    open_file: Open | None = None,
    offload: Mapping[str, str] = MappingProxyType({}),
    link: Link | None = None,
) -> Response:
    """The answer to a GET or HEAD with these lower-case *headers*: 200, 206, 304 or 416.

    The bytes are *content*, if it is here already. If not, a server that can sends from
    *open_file*, and any other what it *read*s. With *offload*, the headers that tell a proxy where
    the file is, that one sends whole files; with *link*, 302 leads there. HEAD, 304 and 416 need no
    bytes. What keeps the first of them from being had comes out of the response before anything is
    sent. A `.metadata` file is answered the same way (PEP 658).
    """
    lasting = _lasting(etag := f'"{sha256}"', caching)
    if already_has(headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=lasting)
    part = _part(headers, method, etag, size_bytes)
    if part is not None and not part:
        return _out_of_range(size_bytes)
    status, sent = (206, part) if part else (200, range(size_bytes))
    described = {**lasting, **_BYTES, "content-length": str(len(sent))}
    if part is not None:
        described["content-range"] = f"bytes {part.start}-{part.stop - 1}/{size_bytes}"
    if method == "HEAD":
        return Response(headers=described)
    if content is not None or read is None:
        return Response((content or b"")[sent.start : sent.stop], status, described)
    if link is not None:
        return _Redirected(link)
    if part is None and open_file is not None and offload:
        return _Offloaded(open_file, {**described, **offload, "content-length": "0"})
    return _Streamed(status, described, sent, read, open_file)


def _lasting(etag: str, caching: Caching) -> dict[str, str]:
    vary = {"vary": ", ".join(caching.vary)} if caching.vary else {}
    return {
        "etag": etag,
        "cache-control": caching.files,
        **caching.tags,
        **ANY_ORIGIN,
        **vary,
    }


def _part(headers: Mapping[str, str], method: str, etag: str, size_bytes: int) -> range | None:
    if method != "GET":  # RFC 9110 14.2: Range means nothing to the other methods.
        return None
    asked, only_if = headers.get("range"), headers.get("if-range")
    return requested(asked, only_if, etag=etag, size_bytes=size_bytes)


def _out_of_range(size_bytes: int) -> Response:
    return PlainTextResponse(
        f"The file has {size_bytes:,} bytes, and none in the range asked for.\n",
        status_code=416,
        headers={"content-range": f"bytes */{size_bytes}", **ANY_ORIGIN},
    )


class _Streamed(StreamingResponse):
    """Bytes as they are had. The first are had before the status is sent, and all are closed."""

    def __init__(
        self,
        status_code: int,
        headers: Mapping[str, str],
        positions: range,
        read: Read,
        open_file: Open | None,
    ) -> None:
        super().__init__((), status_code, headers)
        self._positions = positions
        self._read = read
        self._open_file = open_file
        self._is_sent_by_server = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it all, or raise what went wrong before the first byte."""
        self._is_sent_by_server = "http.response.zerocopysend" in scope.get("extensions", {})
        await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send it all, in the way that the server can."""
        if self._open_file is not None and self._is_sent_by_server:
            messages = _from_file(self._open_file, self._positions)
        else:
            messages = _as_read(self._read(self._positions.start, self._positions.stop))
        async with aclosing(messages):
            first = await anext(messages, None)
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            if first is not None:
                await send(first)
            async for message in messages:
                await send(message)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _as_read(chunks: AsyncGenerator[bytes]) -> AsyncGenerator[Message]:
    async with aclosing(chunks):
        async for chunk in chunks:
            yield {"type": "http.response.body", "body": chunk, "more_body": True}


async def _from_file(open_file: Open, positions: range) -> AsyncGenerator[Message]:
    with await to_thread.run_sync(open_file) as file:
        for at in range(positions.start, positions.stop, MESSAGE_BYTES):
            yield {
                "type": "http.response.zerocopysend",
                "file": file,
                "offset": at,
                "count": min(MESSAGE_BYTES, positions.stop - at),
                "more_body": True,
            }


class _Offloaded(Response):
    """Headers that a proxy knows how to read; it puts the bytes of the file below them."""

    def __init__(self, open_file: Open, headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        self._open_file = open_file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, if the file is there to be sent."""
        (await to_thread.run_sync(self._open_file)).close()
        await super().__call__(scope, receive, send)


class _Redirected(Response):
    """The way to the bytes, for whoever asks now and for nobody later."""

    def __init__(self, link: Link) -> None:
        super().__init__(status_code=302, headers={"cache-control": "no-store", **ANY_ORIGIN})
        self._link = link

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, if the store gives out a URL."""
        self.headers["location"] = await self._link()
        await super().__call__(scope, receive, send)
