"""Blobs in a folder: draft, flush, rename, flush the folder."""

import os
import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import anyio

from storage.blobs import CHUNK_BYTES, OWNER
from storage.blobs.drafts import DraftFile, Drafts, told_when_full
from storage.problems import NotFound, Unavailable
from storage.records import Blob, Digest

LEFT = "moved"
"""What lies beside blobs that were moved elsewhere: none is kept here any more."""

_PLACE = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}")


class DiskBlobs:
    """A folder of blobs, which several servers of one machine may share."""

    is_remote = False

    def __init__(self, folder: Path) -> None:
        self._drafts = Drafts(folder / "drafts")
        self._places = folder / "sha256"
        self._owner = folder / OWNER
        self._left = folder / LEFT
        self._places.mkdir(exist_ok=True)
        self._unsettled: set[Path] = set()

    def draft(self) -> AbstractContextManager["DiskDraft"]:
        """See Blobs.draft."""
        return self._drafts.draft(self._draft)

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

    async def link(self, digest: Digest, *, seconds: int) -> None:
        """See Blobs.link."""

    def digests(self, *, before: datetime | None = None) -> Iterator[Digest]:
        """See Blobs.digests."""
        for folder in sorted(filter(Path.is_dir, self._places.iterdir())):
            for place in sorted(folder.iterdir()):
                if _PLACE.fullmatch(f"{folder.name}/{place.name}"):  # Else it is none of ours.
                    yield Digest(place.name)

    def remove(self, *digests: Digest, before: datetime | None = None) -> int:
        """See Blobs.remove."""
        removed = 0
        for digest in digests:
            with suppress(FileNotFoundError):
                self.place(digest).unlink()
                removed += 1
        return removed

    def remove_abandoned_drafts(self) -> int:
        """See Blobs.remove_abandoned_drafts."""
        return self._drafts.remove_abandoned()

    def check_writable(self) -> None:
        """See Blobs.check_writable."""
        with self.draft() as draft:
            draft.write(b"?")
            draft.finish()
            draft.send()

    def owner(self) -> str | None:
        """See Blobs.owner."""
        try:
            with told_when_full():
                return self._owner.read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None

    def give_to(self, index_id: str) -> None:
        """See Blobs.give_to."""
        with told_when_full():
            whole = self._owner.with_name(f"{OWNER}.new")
            whole.write_text(index_id, encoding="ascii")
            whole.replace(self._owner)

    def leave(self) -> None:
        """Keep nothing here any more. What is here can be read as before."""
        with told_when_full():
            self._left.touch()
            _flush_folder(self._left.parent)

    def stay(self) -> None:
        """Keep blobs here again."""
        with told_when_full():
            self._left.unlink(missing_ok=True)

    def _draft(self, file: DraftFile) -> "DiskDraft":
        return DiskDraft(file, self._places, self._unsettled, left=self._left)


class DiskDraft:
    """See storage.blobs.Draft."""

    def __init__(self, file: DraftFile, places: Path, unsettled: set[Path], *, left: Path) -> None:
        self._file = file
        self._left = left
        self._places = places
        self._unsettled = unsettled
        self._is_durable = False

    def write(self, chunk: bytes | bytearray) -> None:
        """See Draft.write."""
        self._file.write(chunk)

    def finish(self) -> Blob:
        """See Draft.finish."""
        return self._file.finish()

    def reopen(self) -> BinaryIO:
        """See Draft.reopen."""
        return self._file.reopen()

    def send(self) -> None:
        """See Draft.send. Its place is near, but what comes there has to be durable before."""
        self._file.flush_to_disk()
        self._is_durable = True

    def keep(self) -> None:
        """See Draft.keep. Raises Unavailable where the blobs were moved, too."""
        if self._left.exists():
            raise Unavailable(
                "The files of the index have moved to another place: none is kept here any more.",
                hint="Start it with the settings that bascule migrate told; if the move is called "
                "off, run bascule migrate --stay.",
            )
        if not self._is_durable:
            self.send()
        digest = self._file.blob().sha256
        folder = self._places / digest[:2]
        with told_when_full():
            if not folder.is_dir():
                folder.mkdir(exist_ok=True)
                self._unsettled.add(self._places)
            # Atomic: a reader sees all of the blob or none of it.
            self._file.path.replace(folder / digest)
        self._unsettled.add(folder)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
