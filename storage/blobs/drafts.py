"""Drafts in a folder: hashed while they are written, and gone with their writer."""

import errno
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

from storage.blobs import Hashes
from storage.problems import Full, Unavailable
from storage.records import Blob

D = TypeVar("D")


class Drafts:
    """A folder of drafts, which several servers of one machine may share."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    @contextmanager
    def draft(self, make: Callable[["DraftFile"], D]) -> Iterator[D]:
        """What *make* makes of the file of a new draft, which is removed when the context ends."""
        with told_when_full():
            opened = self._locked()
        path = Path(opened.name)
        try:
            yield make(DraftFile(path, opened))
        finally:
            path.unlink(missing_ok=True)
            with suppress(OSError):  # What did not fit on the disk does not matter any more.
                opened.close()

    def remove_abandoned(self) -> int:
        """See Blobs.remove_abandoned_drafts."""
        return sum(_remove_if_abandoned(path) for path in list(self._folder.iterdir()))

    def _locked(self) -> BinaryIO:
        # The lock lives as long as the writer: a sweep leaves locked drafts alone. One that
        # came between our open and our lock has unlinked the file; then we take another.
        while True:
            opened = (self._folder / secrets.token_hex(16)).open("xb")
            fcntl.flock(opened, fcntl.LOCK_EX)
            if os.fstat(opened.fileno()).st_nlink:
                return opened
            opened.close()


class DraftFile:
    """The file of a draft."""

    def __init__(self, path: Path, opened: BinaryIO) -> None:
        self.path = path
        self._opened = opened
        self._hashes = Hashes()

    def write(self, chunk: bytes | bytearray) -> None:
        """See Draft.write."""
        with told_when_full():
            self._opened.write(chunk)
        self._hashes.update(chunk)

    def finish(self) -> Blob:
        """Let whoever opens the file read all of it, and say what it is. Raises Full."""
        with told_when_full():
            self._opened.flush()
        return self._hashes.blob()

    def flush_to_disk(self) -> None:
        """Make what is finished durable. Raises Full."""
        with told_when_full():
            os.fsync(self._opened.fileno())

    def blob(self) -> Blob:
        """What was written so far."""
        return self._hashes.blob()

    def reopen(self) -> BinaryIO:
        """See Draft.reopen."""
        return self.path.open("rb")


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


def _remove_if_abandoned(path: Path) -> bool:
    try:
        with path.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    except (BlockingIOError, FileNotFoundError):
        return False
    return True
