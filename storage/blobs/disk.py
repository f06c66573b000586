"""Blobs in a folder: draft, flush, rename, flush the folder."""

import errno
import fcntl
import os
import re
import secrets
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import anyio

from storage.blobs import CHUNK_BYTES, Hashes
from storage.problems import Full, NotFound, Unavailable
from storage.records import Blob, Digest

_PLACE = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}")


class DiskBlobs:
    """A folder of blobs, which several servers of one machine may share."""

    def __init__(self, folder: Path) -> None:
        self._drafts = folder / "drafts"
        self._places = folder / "sha256"
        self._drafts.mkdir(parents=True, exist_ok=True)
        self._places.mkdir(exist_ok=True)
        self._unsettled: set[Path] = set()

    @contextmanager
    def draft(self) -> Iterator["DiskDraft"]:
        """See Blobs.draft."""
        with told_when_full():
            opened = self._locked_draft()
        path = Path(opened.name)
        try:
            yield DiskDraft(path, opened, self._places, self._unsettled)
        finally:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # What did not fit on the disk does not matter any more.
                opened.close()

    def settle(self) -> None:
        """See Blobs.settle."""
        # The first flush takes all of them along, where the file system keeps a journal.
        with told_when_full():
            for folder in sorted(self._unsettled):
                _flush_folder(folder)
        self._unsettled.clear()

    async def read(self, digest: Digest, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """See Blobs.read."""
        try:
            opened = await anyio.open_file(self.place(digest), "rb", buffering=0)
        except FileNotFoundError as error:
            raise NotFound(f"There is no blob {digest}.") from error
        async with opened:
            await opened.seek(start)
            while start < stop and (chunk := await opened.read(min(CHUNK_BYTES, stop - start))):
                start += len(chunk)
                yield chunk

    def open(self, digest: Digest) -> BinaryIO:
        """See Blobs.open."""
        try:
            return self.place(digest).open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"There is no blob {digest}.") from error

    def place(self, digest: Digest) -> Path:
        """See Blobs.place."""
        return self._places / digest[:2] / digest

    def digests(self) -> Iterator[Digest]:
        """See Blobs.digests."""
        for folder in sorted(filter(Path.is_dir, self._places.iterdir())):
            for place in sorted(folder.iterdir()):
                if _PLACE.fullmatch(f"{folder.name}/{place.name}"):  # Else it is none of ours.
                    yield Digest(place.name)

    def remove(self, digest: Digest) -> None:
        """See Blobs.remove."""
        self.place(digest).unlink(missing_ok=True)

    def remove_abandoned_drafts(self) -> int:
        """See Blobs.remove_abandoned_drafts."""
        return sum(_remove_if_abandoned(path) for path in list(self._drafts.iterdir()))

    def check_writable(self) -> None:
        """See Blobs.check_writable."""
        with self.draft() as draft:
            draft.write(b"?")
            draft.finish()

    def _locked_draft(self) -> BinaryIO:
        # The lock lives as long as the writer: a sweep leaves locked drafts alone. One that
        # came between our open and our lock has unlinked the file; then we take another.
        while True:
            opened = (self._drafts / secrets.token_hex(16)).open("xb")
            fcntl.flock(opened, fcntl.LOCK_EX)
            if os.fstat(opened.fileno()).st_nlink:
                return opened
            opened.close()


class DiskDraft:
    """See storage.blobs.Draft."""

    def __init__(self, path: Path, opened: BinaryIO, places: Path, unsettled: set[Path]) -> None:
        self._path = path
        self._opened = opened
        self._places = places
        self._unsettled = unsettled
        self._hashes = Hashes()

    def write(self, chunk: bytes | bytearray) -> None:
        """See Draft.write."""
        with told_when_full():
            self._opened.write(chunk)
        self._hashes.update(chunk)

    def finish(self) -> Blob:
        """See Draft.finish."""
        with told_when_full():
            self._opened.flush()
            os.fsync(self._opened.fileno())
        return self._hashes.blob()

    def reopen(self) -> BinaryIO:
        """See Draft.reopen."""
        return self._path.open("rb")

    def keep(self) -> None:
        """See Draft.keep."""
        digest = self._hashes.blob().sha256
        folder = self._places / digest[:2]
        with told_when_full():
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)
                self._unsettled.add(self._places)
            # Atomic: a reader sees all of the blob or none of it.
            self._path.replace(folder / digest)
        self._unsettled.add(folder)


@contextmanager
def told_when_full() -> Iterator[None]:
    """A disk that is full or away, as the Problem it is."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise Full(
                "The disk of the index is full: nothing was stored, and nothing was lost.",
                hint="Try again when its operator has made room.",
            ) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO):
            raise Unavailable("The disk of the index cannot be written at the moment.") from error
        raise


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_abandoned(path: Path) -> bool:
    try:
        with path.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    return True
