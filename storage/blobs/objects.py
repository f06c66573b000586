"""Blobs in a bucket: drafted on this machine, sent before the transaction, kept within it."""

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import obstore
from obstore.exceptions import BaseError

from storage.blobs import CHUNK_BYTES, OWNER
from storage.blobs.buckets import BRISK, PATIENT, Access, Bucket, bucket, told
from storage.blobs.drafts import DraftFile, Drafts
from storage.blobs.ranges import RANGE_BYTES, opened
from storage.problems import NotFound, Unavailable
from storage.records import Blob, Digest

PART_BYTES = 1 << 23
"""What is larger goes up in parts of this size."""

PARTS_AT_A_TIME = 2
"""How many parts of one draft are on their way, and in memory."""

MOST_PARTS = 10_000
"""No store takes more parts for one object: the parts of a huge draft are larger for it."""

_PLACES = "sha256"
_PLACE = re.compile(rf"{_PLACES}/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})")
_PROBE = "writable"
_KIND = {"Content-Type": "application/octet-stream"}


class ObjectBlobs:
    """A bucket, or a part of one, which the servers of any number of machines may share."""

    is_remote = True

    def __init__(self, url: str, access: Access, *, drafts: Path) -> None:
        """Nothing is asked of the bucket yet. Drafts are in a folder. Raises Invalid."""
        self._bucket = bucket(url, access, PATIENT)
        self._brisk = bucket(url, access, BRISK)
        self._drafts = Drafts(drafts)

    def draft(self) -> AbstractContextManager["ObjectDraft"]:
        """See Blobs.draft."""
        return self._drafts.draft(self._draft)

    def settle(self) -> None:
        """See Blobs.settle. What a store has taken is durable."""

    async def read(self, digest: Digest, start: int, stop: int) -> AsyncGenerator[bytes, None]:
        """See Blobs.read."""
        while start < stop:
            asked = min(RANGE_BYTES, stop - start)
            got = memoryview(await self._range(digest, start, start + asked))
            for at in range(0, len(got), CHUNK_BYTES):
                yield bytes(got[at : at + CHUNK_BYTES])
            start = start + asked if len(got) == asked else stop

    def open(self, digest: Digest) -> BinaryIO:
        """See Blobs.open."""
        with told():
            size_bytes = _size(self._brisk, digest)
        if size_bytes is None:
            raise NotFound(f"There is no blob {digest}.")
        return opened(self._bucket, _path(digest), size_bytes)

    def place(self, _digest: Digest) -> None:
        """See Blobs.place."""

    async def link(self, digest: Digest, *, seconds: int) -> str:
        """See Blobs.link."""
        with told():
            lasts = timedelta(seconds=seconds)
            return await obstore.sign_async(self._brisk, "GET", _path(digest), lasts)

    def digests(self, *, before: datetime | None = None) -> Iterator[Digest]:
        """See Blobs.digests."""
        with told():
            for page in obstore.list(self._bucket, _PLACES):
                for found in page:
                    place = _PLACE.fullmatch(found["path"])  # Else it is none of ours.
                    if place and (before is None or found["last_modified"] < before):
                        yield Digest(place[2])

    def remove(self, *digests: Digest, before: datetime | None = None) -> int:
        """See Blobs.remove."""
        with told():
            if before is not None:
                digests = tuple(each for each in digests if self._is_from(each, before))
            if not digests:
                return 0
            try:
                obstore.delete(self._brisk, [_path(digest) for digest in digests])
            except FileNotFoundError:  # As some stores say of what has gone already.
                for digest in digests:
                    with suppress(FileNotFoundError):
                        obstore.delete(self._brisk, _path(digest))
        return len(digests)

    def remove_abandoned_drafts(self) -> int:
        """See Blobs.remove_abandoned_drafts."""
        return self._drafts.remove_abandoned()

    def check_writable(self) -> None:
        """See Blobs.check_writable."""
        with told():
            obstore.put(self._brisk, _PROBE, b"?")

    def owner(self) -> str | None:
        """See Blobs.owner."""
        with told():
            try:
                noted = obstore.get(self._brisk, OWNER).bytes()
            except FileNotFoundError:
                return None
        return bytes(noted).decode("ascii", "replace").strip()

    def give_to(self, index_id: str) -> None:
        """See Blobs.give_to."""
        with told():
            obstore.put(self._brisk, OWNER, index_id.encode("ascii"))

    def _draft(self, file: DraftFile) -> "ObjectDraft":
        return ObjectDraft(file, self._bucket, self._brisk)

    async def _range(self, digest: Digest, start: int, stop: int) -> obstore.Bytes | bytes:
        with told():
            try:
                return await obstore.get_range_async(
                    self._bucket, _path(digest), start=start, end=stop
                )
            except FileNotFoundError as error:
                raise NotFound(f"There is no blob {digest}.") from error
            except BaseError:
                # What begins behind the end is an error there, and no bytes here.
                if start < (await obstore.head_async(self._brisk, _path(digest)))["size"]:
                    raise
                return b""

    def _is_from(self, digest: Digest, before: datetime) -> bool:
        try:
            return obstore.head(self._brisk, _path(digest))["last_modified"] < before
        except FileNotFoundError:
            return False


class ObjectDraft:
    """See storage.blobs.Draft."""

    def __init__(self, file: DraftFile, to: Bucket, brisk: Bucket) -> None:
        self._file = file
        self._bucket = to
        self._brisk = brisk
        self._sent: Blob | None = None
        self._was_there = False

    def write(self, chunk: bytes | bytearray) -> None:
        """See Draft.write."""
        self._file.write(chunk)

    def finish(self) -> Blob:
        """See Draft.finish. It need not outlive this machine, so that nothing is flushed."""
        return self._file.finish()

    def reopen(self) -> BinaryIO:
        """See Draft.reopen."""
        return self._file.reopen()

    def send(self) -> None:
        """See Draft.send. What is there already is not sent again."""
        blob = self._file.blob()
        with told():
            self._was_there = _size(self._brisk, blob.sha256) == blob.size_bytes
            if not self._was_there:
                obstore.put(
                    self._bucket,
                    _path(blob.sha256),
                    self._file.path,
                    attributes=_KIND,
                    chunk_size=max(PART_BYTES, -(-blob.size_bytes // MOST_PARTS)),
                    max_concurrency=PARTS_AT_A_TIME,
                )
        self._sent = blob

    def keep(self) -> None:
        """See Draft.keep."""
        blob = self._file.blob()
        if self._sent != blob:
            self.send()
        # A sweep spares what was sent a moment ago (sweeping.SPARED). What was there before may
        # have been swept since, but not while this transaction lasts.
        elif self._was_there:
            with told():
                if _size(self._brisk, blob.sha256) != blob.size_bytes:
                    raise Unavailable(
                        "The same bytes, left by another upload, were just swept away.",
                        hint="Send the file again.",
                    )


def _path(digest: Digest) -> str:
    return f"{_PLACES}/{digest[:2]}/{digest}"


def _size(where: Bucket, digest: Digest) -> int | None:
    try:
        return obstore.head(where, _path(digest))["size"]
    except FileNotFoundError:
        return None
