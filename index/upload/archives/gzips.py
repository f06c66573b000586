"""Gzip: one member, nothing after it, unpacked no further than the limits."""

import zlib
from typing import BinaryIO

from index.upload.archives import bombs
from index.upload.policy import MIB, Limits
from storage.problems import Invalid

PIECE_BYTES = MIB
_GZIP = 16 + zlib.MAX_WBITS


class Gunzip:
    """The bytes in a gzip file, from the first to the last, held one piece at a time."""

    def __init__(self, archive: BinaryIO, *, limits: Limits) -> None:
        self._archive_bytes = archive.seek(0, 2)
        archive.seek(0)
        self._archive = archive
        self._limits = limits
        self._unpacking = zlib.decompressobj(_GZIP)
        self._unpacked_bytes = 0
        self._piece = b""
        self._at = 0

    def read(self, count: int) -> bytes:
        """The next *count* bytes, fewer only at the end. Callers keep *count* small.

        Raises Invalid if the file is not gzip, is corrupt or cut off, has bytes after its end
        (a second member among them), or is a bomb (UPLOADS.md 22, 26).
        """
        taken = []
        while count and (piece := self.piece(count)):
            taken.append(piece)
            count -= len(piece)
        return b"".join(taken)

    def piece(self, at_most: int) -> bytes:
        """Some of the next bytes, at most that many; none only at the end. Raises as read does."""
        if self._at == len(self._piece):
            self._piece, self._at = self._next(), 0
        piece = self._piece[self._at : self._at + at_most]
        self._at += len(piece)
        return piece

    def _next(self) -> bytes:
        while not self._unpacking.eof:
            packed = self._unpacking.unconsumed_tail or self._archive.read(PIECE_BYTES)
            if not packed:
                raise broken("it is cut off")
            try:
                piece = self._unpacking.decompress(packed, PIECE_BYTES)
            except zlib.error as error:
                raise broken("it is corrupt, or not gzip at all") from error
            self._unpacked_bytes += len(piece)
            bombs.check(self._unpacked_bytes, self._archive_bytes, limits=self._limits)
            if piece:
                return piece
        if self._unpacking.unused_data or self._archive.read(1):
            raise broken("there are bytes after its end")
        return b""


def broken(why: str) -> Invalid:
    """The refusal of a file that is not one clean gzip member."""
    return Invalid(
        f"The .tar.gz archive is not accepted: {why}.",
        hint="Build the sdist again with a current build backend.",
    )
