"""Blobs in memory: as true as the disk's, and gone with the process."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from storage.blobs import CHUNK_BYTES, Hashes
from storage.problems import NotFound
from storage.records import Blob, Digest


class MemoryBlobs:
    """A store for tests and for trying things out."""

    is_remote = False

    def __init__(self) -> None:
        self._owner: str | None = None
        self._kept: dict[Digest, bytes] = {}

    @contextmanager
    def draft(self) -> Iterator["MemoryDraft"]:
        """See Blobs.draft."""
        yield MemoryDraft(self._kept)

    def settle(self) -> None:
        """See Blobs.settle."""

    async def read(self, digest: Digest, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """See Blobs.read."""
        whole = self._whole(digest)[:stop]
        for at in range(start, len(whole), CHUNK_BYTES):
            yield whole[at : at + CHUNK_BYTES]

    def open(self, digest: Digest) -> BinaryIO:
        """See Blobs.open."""
        return BytesIO(self._whole(digest))

    def place(self, _digest: Digest) -> None:
        """See Blobs.place."""

    async def link(self, _digest: Digest, *, seconds: int) -> None:
        """See Blobs.link."""

    def digests(self, *, before: datetime | None = None) -> Iterator[Digest]:
        """See Blobs.digests."""
        yield from list(self._kept)

    def remove(self, *digests: Digest, before: datetime | None = None) -> int:
        """See Blobs.remove."""
        return sum(self._kept.pop(digest, None) is not None for digest in digests)

    def remove_abandoned_drafts(self) -> int:
        """See Blobs.remove_abandoned_drafts. A draft in memory dies with its writer."""
        return 0

    def check_writable(self) -> None:
        """See Blobs.check_writable."""

    def owner(self) -> str | None:
        """See Blobs.owner."""
        return self._owner

    def give_to(self, index_id: str) -> None:
        """See Blobs.give_to."""
        self._owner = index_id

    def _whole(self, digest: Digest) -> bytes:
        try:
            return self._kept[digest]
        except KeyError:
            raise NotFound(f"There is no blob {digest}.") from None


class MemoryDraft:
    """See storage.blobs.Draft."""

    def __init__(self, kept: dict[Digest, bytes]) -> None:
        self._kept = kept
        self._written = BytesIO()
        self._hashes = Hashes()

    def write(self, chunk: bytes | bytearray) -> None:
        """See Draft.write."""
        self._written.write(chunk)
        self._hashes.update(chunk)

    def finish(self) -> Blob:
        """See Draft.finish."""
        return self._hashes.blob()

    def reopen(self) -> BinaryIO:
        """See Draft.reopen."""
        return BytesIO(self._written.getvalue())

    def send(self) -> None:
        """See Draft.send. It is where it has to be."""

    def keep(self) -> None:
        """See Draft.keep."""
        self._kept[self._hashes.blob().sha256] = self._written.getvalue()
