"""An application that does nothing but send files, and clients of it on the wire."""

import hashlib
import os
import re
import socket
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from random import Random

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index.border import Border
from index.caching import PUBLIC
from index.files import downloads
from storage.blobs.disk import DiskBlobs
from storage.records import Digest
from tests.kit.keeping import kept

LAST = ("Connection: close",)


class Shelf:
    """Files on a disk, each of a given size, which *app* sends."""

    def __init__(self, folder: Path) -> None:
        self.blobs = DiskBlobs(folder)
        self._kept: dict[int, Digest] = {}
        self.app = Starlette(
            routes=[
                Route("/{way}/{digest}/{size:int}", self._send),
                Route("/page/{size:int}", _page),
            ],
            middleware=[Middleware(Border)],
        )

    def path(self, size_bytes: int, *, way: str = "kernel", promised_bytes: int = 0) -> str:
        """Where there is a file of this size; it may promise more than it has."""
        if size_bytes not in self._kept:
            content = Random(size_bytes).randbytes(size_bytes)
            self._kept[size_bytes] = kept(self.blobs, content).sha256
        return f"/{way}/{self._kept[size_bytes]}/{promised_bytes or size_bytes}"

    async def _send(self, request: Request) -> Response:
        digest = Digest(request.path_params["digest"])
        streamed = request.path_params["way"] == "streamed"
        return downloads.answer(
            request.headers,
            request.method,
            sha256=digest,
            size_bytes=request.path_params["size"],
            read=partial(self.blobs.read, digest) if streamed else _never_read,
            caching=PUBLIC,
            open_file=None if streamed else partial(self.blobs.open, digest),
        )


async def _never_read(_start: int, _stop: int) -> AsyncGenerator[bytes]:
    raise AssertionError("The kernel was to send this.")
    yield b""


async def _page(request: Request) -> Response:
    return Response("+" * int(request.path_params["size"]))


def asked(path: str, *headers: str) -> bytes:
    """A GET as it goes over the wire."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


def answers(raw: bytes) -> list[tuple[str, str]]:
    """The head and the sha256 of the body of each answer; a body cut off is `cut`."""
    found = []
    while raw:
        head, _, raw = raw.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        size_bytes = int(length[1]) if length else 0
        body, raw = raw[:size_bytes], raw[size_bytes:]
        digest = hashlib.sha256(body).hexdigest() if len(body) == size_bytes else "cut"
        lasting = re.sub(rb"\r\n(date|x-request-id): [^\r]*", b"", head)
        found.append((lasting.decode(), digest))
    return found


def leave_rudely(connection: socket.socket) -> None:
    """Close with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def open_descriptors() -> list[str]:
    """What this process has open, but for what it looks with: each descriptor and its kind."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{name}"))
        except FileNotFoundError:
            continue
    return sorted(found)
