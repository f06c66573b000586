"""The answer to a request for a file: streamed in constant memory, and only if it must be."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Send

from index.caching import Caching, already_has
from index.cors import ANY_ORIGIN
from index.files.ranges import requested
from storage.records import Digest

Read = Callable[[int, int], AsyncGenerator[bytes]]
"""The bytes of the file from the first position up to, not including, the second."""

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
) -> Response:
    """The answer to a GET or HEAD with these lower-case *headers*: 200, 206, 304 or 416.

    The bytes are *content*, if it is here already; otherwise they are *read*, which HEAD, 304 and
    416 never do. What *read* raises before its first bytes comes out of the response before
    anything is sent. A `.metadata` file is answered the same way (PEP 658).
    """
    etag = f'"{sha256}"'
    lasting = {"etag": etag, "cache-control": caching.files, **ANY_ORIGIN}
    if caching.vary:
        lasting["vary"] = ", ".join(caching.vary)
    if already_has(headers.get("if-none-match"), etag):
        return Response(status_code=304, headers=lasting)
    part = None
    if method == "GET":  # RFC 9110 14.2: Range means nothing to the other methods.
        part = requested(
            headers.get("range"), headers.get("if-range"), etag=etag, size_bytes=size_bytes
        )
    if part is not None and not part:
        return _out_of_range(size_bytes)
    sent = range(size_bytes) if part is None else part
    described = {**lasting, **_BYTES, "content-length": str(len(sent))}
    if part is not None:
        described["content-range"] = f"bytes {part.start}-{part.stop - 1}/{size_bytes}"
    if method == "HEAD":
        return Response(headers=described)
    status = 200 if part is None else 206
    if content is not None or read is None:
        return Response((content or b"")[sent.start : sent.stop], status, described)
    return _Streamed(read(sent.start, sent.stop), status, described)


def _out_of_range(size_bytes: int) -> Response:
    return PlainTextResponse(
        f"The file has {size_bytes:,} bytes, and none in the range asked for.\n",
        status_code=416,
        headers={"content-range": f"bytes */{size_bytes}", **ANY_ORIGIN},
    )


class _Streamed(StreamingResponse):
    """Bytes as they are read. The first are had before the status is sent, and all are closed."""

    def __init__(
        self, chunks: AsyncGenerator[bytes], status_code: int, headers: Mapping[str, str]
    ) -> None:
        super().__init__(chunks, status_code, headers)
        self._chunks = chunks

    async def stream_response(self, send: Send) -> None:
        """Send it all, or raise what went wrong before the first byte."""
        async with aclosing(self._chunks) as chunks:
            first = await anext(chunks, b"")
            await send(
                {
                    "type": "http.response.start",
                    "status": self.status_code,
                    "headers": self.raw_headers,
                }
            )
            await send({"type": "http.response.body", "body": first, "more_body": True})
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
