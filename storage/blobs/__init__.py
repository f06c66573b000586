"""Bytes, named by their sha256. Written once, whole, or not at all."""

import hashlib
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from storage.records import Blob, Digest

CHUNK_BYTES = 1 << 18
"""How much of a blob is in memory at a time when it is read."""


class Draft(Protocol):
    """Bytes on their way in. Nobody sees them before *keep*. Call it from a worker thread."""

    def write(self, chunk: bytes | bytearray) -> None:
        """Add to the draft, hashing on the way. Raises Full."""

    def finish(self) -> Blob:
        """Flush to the disk and say what was written. Raises Full."""

    def reopen(self) -> BinaryIO:
        """The finished draft, to read and to seek in."""

    def keep(self) -> None:
        """Put the finished draft in its place: atomically, and durable once the blobs settle.

        Call it inside the write transaction whose row refers to the blob: sweeping takes
        the same lock, so it never removes what is about to be referred to.
        """


class Blobs(Protocol):
    """One store of blobs. Disk and memory pass the same contract (tests/contracts)."""

    def draft(self) -> AbstractContextManager[Draft]:
        """A new draft; what was not kept is gone when the context ends. Raises Full."""

    def settle(self) -> None:
        """Make durable that everything kept is in its place. Call it before the rows commit.

        Raises Full, Unavailable.
        """

    def read(self, digest: Digest, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """The bytes from *start* up to *stop*, in pieces. Raises NotFound."""

    def open(self, digest: Digest) -> BinaryIO:
        """The whole blob, to read in one's own thread and to close. Raises NotFound."""

    def place(self, digest: Digest) -> Path | None:
        """Where on this machine the blob is, if it is there; None if the store has no files.

        What *open* gives for a blob that has a place has a descriptor that the kernel can send.
        """

    def digests(self) -> Iterator[Digest]:
        """Every blob there is, in any order."""

    def remove(self, digest: Digest) -> None:
        """Remove a blob that no row refers to. Call it in a write transaction, as keep."""

    def remove_abandoned_drafts(self) -> int:
        """Remove the drafts that no living writer holds, and say how many there were."""

    def check_writable(self) -> None:
        """Raises Full or Unavailable if nothing could be stored now."""


BESIDE_FROM_BYTES = 1 << 18
"""From here on the digests of a piece are worked out side by side, each in its thread."""

_BESIDE = ThreadPoolExecutor(2, thread_name_prefix="digests")


class Hashes:
    """The three digests of an upload, worked out in one pass."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self._sha256 = hashlib.sha256()
        # md5 is what old clients compare with; nothing here relies on it.
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._blake2b_256 = hashlib.blake2b(digest_size=32)

    def update(self, chunk: bytes | bytearray) -> None:
        """Take the next bytes in."""
        self.size_bytes += len(chunk)
        if len(chunk) < BESIDE_FROM_BYTES:
            self._md5.update(chunk)
            self._blake2b_256.update(chunk)
            self._sha256.update(chunk)
            return
        others = [_BESIDE.submit(each.update, chunk) for each in (self._md5, self._blake2b_256)]
        self._sha256.update(chunk)
        for other in others:
            other.result()

    def blob(self) -> Blob:
        """What the bytes so far are."""
        return Blob(
            sha256=Digest(self._sha256.hexdigest()),
            md5=self._md5.hexdigest(),
            blake2b_256=self._blake2b_256.hexdigest(),
            size_bytes=self.size_bytes,
        )
