"""Files to a socket by the kernel alone: the ASGI extension `http.response.zerocopysend`."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from anyio import to_thread
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from storage.problems import Unavailable

MESSAGE = "http.response.zerocopysend"

PIECE_BYTES = 1 << 19
"""How much of a file goes out before others have their turn. Twice as much is no faster."""


_EXTENSIONS: dict[str, dict[str, object]] = {MESSAGE: {}}


def announce(protocol: HttpToolsProtocol, scope: Scope) -> None:
    """Tell the application, in the *scope* of its request, that it may send files in this way."""
    # What TLS encrypts has to pass through this process, and only Linux tells what is in memory.
    if protocol.scheme == "http" and sys.platform == "linux":
        scope["extensions"] = _EXTENSIONS


async def send(protocol: HttpToolsProtocol, cycle: RequestResponseCycle, message: Message) -> None:
    """Send *count* bytes of *file* from *offset*; all three have to be in *message*.

    Whoever opened the file closes it. Raises ClientDisconnect if the client has left, and
    Unavailable if the file ends before.
    """
    file: int = message["file"].fileno()
    at, stop = message["offset"], message["offset"] + message["count"]
    if cycle.chunked_encoding is not False or stop - at > cycle.expected_content_length:
        raise RuntimeError("A file needs a Content-Length that it does not exceed.")
    if not protocol.transport.is_closing():
        await _flushed(protocol)
    if not protocol.transport.is_closing():
        with _socket(protocol) as socket:
            await _send(protocol, socket, file, range(at, stop))
    if protocol.transport.is_closing():
        # The connection itself tells only the newest request on it.
        cycle.disconnected = True
        raise ClientDisconnect
    cycle.expected_content_length -= stop - at
    more_body = message.get("more_body", False)
    await cycle.send({"type": "http.response.body", "body": b"", "more_body": more_body})


async def _flushed(protocol: HttpToolsProtocol) -> None:
    """Wait until the transport has written what it was given before, such as the head."""
    if protocol.transport.get_write_buffer_size():
        protocol.transport.set_write_buffer_limits(high=0)
        await protocol.flow.drain()
        protocol.transport.set_write_buffer_limits()


@contextmanager
def _socket(protocol: HttpToolsProtocol) -> Iterator[int]:
    # Event loops let nobody wait for the descriptor of a transport; and this one cannot become
    # that of another connection while we use it.
    socket = os.dup(protocol.transport.get_extra_info("socket").fileno())
    try:
        yield socket
    finally:
        protocol.loop.remove_writer(socket)
        os.close(socket)


async def _send(protocol: HttpToolsProtocol, socket: int, file: int, left: range) -> None:
    """Send the bytes at the positions *left*, or as many as the client stays for."""
    while left and not protocol.transport.is_closing():
        piece = left[:PIECE_BYTES]
        if not _is_in_memory(file, piece):
            await to_thread.run_sync(os.pread, file, len(piece), piece.start)
        try:
            sent = os.sendfile(socket, file, piece.start, len(piece))
        except BlockingIOError:
            await _writable(protocol, socket)
            continue
        except (ConnectionError, TimeoutError):
            protocol.transport.abort()
            return
        if not sent:
            raise Unavailable("The bytes of a file on the index end before they should.")
        left = left[sent:]
        await asyncio.sleep(0)


def _is_in_memory(file: int, piece: range) -> bool:
    """Whether the last byte of the piece can be had without waiting for a disk."""
    try:
        os.preadv(file, [bytearray(1)], piece[-1], os.RWF_NOWAIT)
    except BlockingIOError:
        return False
    except OSError:  # The file system cannot tell.
        return True
    return True


async def _writable(protocol: HttpToolsProtocol, socket: int) -> None:
    """Wait for the client, as long as for one that a transport writes to."""
    protocol.pause_writing()
    protocol.loop.add_writer(socket, protocol.resume_writing)
    await protocol.flow.drain()
    protocol.loop.remove_writer(socket)
