"""Blobs in memory: as true as the disk's, and gone with the process."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import BinaryIO

from storage.blobs import CHUNK_BYTES, Hashes
from storage.problems import NotFound
from storage.records import Blob, Digest


class MemoryBlobs:
    """A store for tests and for trying things out."""

    def __init__(self) -> None:
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

    def digests(self) -> Iterator[Digest]:
        """See Blobs.digests."""
        yield from list(self._kept)

    def remove(self, digest: Digest) -> None:
        """See Blobs.remove."""
        self._kept.pop(digest, None)

    def remove_abandoned_drafts(self) -> int:
        """See Blobs.remove_abandoned_drafts. A draft in memory dies with its writer."""
        return 0

    def check_writable(self) -> None:
        """See Blobs.check_writable."""

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

    def keep(self) -> None:
        """See Draft.keep."""
        self._kept[self._hashes.blob().sha256] = self._written.getvalue()
