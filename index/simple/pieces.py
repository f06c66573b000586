"""A long body in pieces: compressed piece by piece, so that only what changed is made anew."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import zstandard

from index.ready import GZIP_LEVEL, ZSTD_LEVEL, Coding

_RAW = -zlib.MAX_WBITS
_GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # RFC 1952: no time, and an unknown system.
_LAST_BLOCK = b"\x03\x00"  # RFC 1951: a last block with nothing in it.


STRIDE = 64
"""How many pieces of some kilobytes are worth a step outside Python's lock: others get it only if
nobody asks for it for a while."""


# No slots: what `cached_property` made stays in `__dict__`.
@dataclass(frozen=True, kw_only=True)
class Body:
    """Bytes in pieces, and what is made of them in each coding when it is first asked for.

    What takes long lets other threads run meanwhile.
    """

    pieces: Sequence[bytes]
    deflate: Callable[[], Iterable[bytes]]
    """The same pieces, each as `deflated` makes it."""

    def coded(self, coding: Coding) -> bytes:
        """All of it in this coding."""
        match coding:
            case Coding.ZSTD:
                return self._zstd
            case Coding.GZIP:
                return self._gzip
            case Coding.IDENTITY:
                return self._identity

    def strides(self) -> Iterator[bytes]:
        """All of it, many pieces at a time."""
        for start in range(0, len(self.pieces), STRIDE):
            yield b"".join(self.pieces[start : start + STRIDE])

    @cached_property
    def _identity(self) -> bytes:
        return b"".join(self.pieces)

    @cached_property
    def _gzip(self) -> bytes:
        # One member: many clients read no further than the first.
        sum_of_all = reduce(lambda so_far, some: zlib.crc32(some, so_far), self.strides(), 0)
        ends = sum_of_all.to_bytes(4, "little") + (self._size % 2**32).to_bytes(4, "little")
        return b"".join([_GZIP_HEADER, *self.deflate(), _LAST_BLOCK, ends])

    @cached_property
    def _zstd(self) -> bytes:
        # One frame, for the same reason.
        coder = zstandard.ZstdCompressor(level=ZSTD_LEVEL).compressobj(size=self._size)
        return b"".join([*map(coder.compress, self.strides()), coder.flush()])

    @cached_property
    def _size(self) -> int:
        return sum(map(len, self.pieces))


def deflated(piece: bytes) -> bytes:
    """A part of a deflated body that stands between any other such parts (RFC 1951)."""
    coder = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, _RAW)
    return coder.compress(piece) + coder.flush(zlib.Z_FULL_FLUSH)


def around(head: bytes, pieces: Iterable[bytes], tail: bytes, *, between: bytes) -> Iterator[bytes]:
    """The pieces, and what stands before, between and after them."""
    yield head
    for number, piece in enumerate(pieces):
        if number and between:
            yield between
        yield piece
    yield tail
