"""Tars put together block by block, so that any of them can be a lie."""

import gzip
import tarfile
from typing import Any

BLOCK = 512


def an_entry(
    name: str, kind: bytes = tarfile.REGTYPE, content: bytes = b"", **fields: Any
) -> bytes:
    """One member as it stands in a tar: a ustar header and its content."""
    header = tarfile.TarInfo(name)
    header.type = kind
    header.size = len(content)
    for key, value in fields.items():
        setattr(header, key, value)
    return header.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % BLOCK)


def a_pax(kind: bytes = tarfile.XHDTYPE, **records: str) -> bytes:
    """An extended header with these records."""
    return an_entry("pax", kind, b"".join(map(a_record, records, records.values())))


def a_record(key: str, value: str) -> bytes:
    rest = f" {key}={value}\n".encode()
    length = len(rest) + 1
    while length != len(str(length)) + len(rest):
        length += 1
    return str(length).encode() + rest


def zipped(*entries: bytes, end: bytes = bytes(2 * BLOCK)) -> bytes:
    """A .tar.gz of *entries*."""
    return gzip.compress(b"".join(entries) + end, mtime=0)
