"""Bytes, named by their sha256. Written once, whole, or not at all."""

import hashlib
from collections.abc import AsyncGenerator, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from storage.records import Blob, Digest

CHUNK_BYTES = 1 << 18
"""How much of a blob comes at a time when it is read."""

OWNER = "index-id"
"""What lies beside blobs, and says which index they belong to."""


class Draft(Protocol):
    """Bytes on their way in. No row refers to them before *keep*. Call it from a worker thread."""

    def write(self, chunk: bytes | bytearray) -> None:
        """Add to the draft, hashing on the way. Raises Full."""

    def finish(self) -> Blob:
        """Let the draft be reopened and sent, and say what was written. Raises Full."""

    def reopen(self) -> BinaryIO:
        """The finished draft, to read and to seek in."""

    def send(self) -> None:
        """Take the finished draft to the disk, or to a store elsewhere, as long as that may last.

        Call it before the write transaction, so that nobody else waits meanwhile; *keep* does it
        if nobody did. Raises Full, Unavailable.
        """

    def keep(self) -> None:
        """Put the finished draft in its place: atomically, and durable once the blobs settle.

        Call it inside the write transaction whose row refers to the blob: sweeping takes
        the same lock, so it never removes what is about to be referred to. Raises Full,
        Unavailable.
        """


class Blobs(Protocol):
    """One store of blobs. Disk, memory and buckets pass the same contract (tests/contracts)."""

    @property
    def is_remote(self) -> bool:
        """Whether each question takes a while: more than one asks for within a transaction."""

    def draft(self) -> AbstractContextManager[Draft]:
        """A new draft; what was not kept is gone when the context ends, but for what was sent.

        What was sent and not kept is for a sweep. Raises Full.
        """

    def settle(self) -> None:
        """Make durable that everything kept is in its place. Call it before the rows commit.

        Raises Full, Unavailable.
        """

    def read(self, digest: Digest, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """The bytes from *start* up to *stop*, in pieces. Raises NotFound, Unavailable."""

    def open(self, digest: Digest) -> BinaryIO:
        """The whole blob, to read and to seek in, in one's own thread, and to close.

        Raises NotFound, Unavailable; reading it raises Unavailable.
        """

    def place(self, digest: Digest) -> Path | None:
        """Where on this machine the blob is, if it is there; None if the store has no files.

        What *open* gives for a blob that has a place has a descriptor that the kernel can send.
        """

    async def link(self, digest: Digest, *, seconds: int) -> str | None:
        """A URL where whoever has it may fetch the blob for so long; None if there are none.

        It is told whether or not there is such a blob. Raises Unavailable.
        """

    def digests(self, *, before: datetime | None = None) -> Iterator[Digest]:
        """Every blob there is, in any order. Raises Unavailable.

        With *before*, without those that an upload may have sent since then, and not kept yet.
        """

    def remove(self, *digests: Digest, before: datetime | None = None) -> int:
        """Remove blobs that no row refers to, and say how many. Call it in a transaction, as keep.

        With *before*, those are spared that *digests* leaves out. Raises Unavailable.
        """

    def remove_abandoned_drafts(self) -> int:
        """Remove the drafts that no living writer holds, and say how many there were."""

    def check_writable(self) -> None:
        """Raises Full or Unavailable if nothing could be stored now."""

    def owner(self) -> str | None:
        """The id of the index that the blobs belong to, if it was noted. Raises Unavailable."""

    def give_to(self, index_id: str) -> None:
        """Note whose blobs these are. Raises Full, Unavailable."""


_SENDING = ThreadPoolExecutor(16, thread_name_prefix="drafts")


def send(*drafts: Draft) -> None:
    """Send finished drafts, all at the same time: that takes as long as for one of them.

    Raises Full, Unavailable.
    """
    first, *others = drafts
    sending = [_SENDING.submit(each.send) for each in others]
    try:
        first.send()
    finally:
        wait(sending)
    for each in sending:
        each.result()


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
