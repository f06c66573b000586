"""Blobs, written and read whole."""

import asyncio

from storage.blobs import Blobs
from storage.records import Blob, Digest


def kept(blobs: Blobs, content: bytes, *, piece_bytes: int = 1 << 20) -> Blob:
    """Write a blob, piece by piece, and keep it."""
    with blobs.draft() as draft:
        for at in range(0, len(content), piece_bytes):
            draft.write(content[at : at + piece_bytes])
        blob = draft.finish()
        draft.send()
        draft.keep()
    return blob


def read(blobs: Blobs, digest: Digest, start: int, stop: int) -> list[bytes]:
    """The pieces that come."""

    async def pieces() -> list[bytes]:
        return [piece async for piece in blobs.read(digest, start, stop)]

    return asyncio.run(pieces())
