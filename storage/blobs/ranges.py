"""An object of a bucket as a file to read and to seek in, fetched range by range."""

import os
from io import BufferedReader, RawIOBase
from typing import Any, BinaryIO

import obstore

from storage.blobs.buckets import Bucket, told

RANGE_BYTES = 1 << 21
"""How much of a blob is asked for at a time: so much of it is in memory for each who reads."""


def opened(bucket: Bucket, path: str, size_bytes: int) -> BinaryIO:
    """The object of that size. Reading it raises Unavailable."""
    return BufferedReader(_Ranges(bucket, path, size_bytes), RANGE_BYTES)


class _Ranges(RawIOBase):
    def __init__(self, bucket: Bucket, path: str, size_bytes: int) -> None:
        self._bucket = bucket
        self._path = path
        self._size_bytes = size_bytes
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size_bytes}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        stop = min(self._at + len(buffer), self._size_bytes)
        if stop <= self._at:
            return 0
        with told():
            got = obstore.get_range(self._bucket, self._path, start=self._at, end=stop)
        buffer[: len(got)] = got
        self._at += len(got)
        return len(got)
