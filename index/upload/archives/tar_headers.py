"""The headers of a tar: ustar, pax and GNU long names, as far as all readers agree on them."""

import re
import tarfile
from collections.abc import Mapping
from typing import BinaryIO

from index.upload.archives.gzips import broken
from index.upload.complaints import quoted

BLOCK_BYTES = 512
_MAGIC = slice(257, 265)
_USTAR = b"ustar\x0000"
_PREFIX = slice(345, 500)
_RECORD = re.compile(rb"([1-9][0-9]{0,8}) ([^=\n]+)=")
_SPARSE = b"GNU.sparse."


def starts(archive: BinaryIO) -> bool:
    """Whether *archive* begins as a tar does, so that a lenient reader would read it as one."""
    archive.seek(0)
    try:
        tarfile.TarInfo.frombuf(archive.read(BLOCK_BYTES), "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def parse(block: bytes) -> tarfile.TarInfo:
    """The header in *block*, or Invalid if readers would see different things in it."""
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        raise broken("it has a header that is corrupt, or it is no tar") from error
    if block[_MAGIC] != _USTAR and block[_PREFIX].strip(b"\0"):
        raise broken(f"the name of {quoted(header.name)} has two readings")
    if header.size < 0:
        raise broken(f"{quoted(header.name)} has a negative size")
    return header


def parse_pax(content: bytes) -> dict[bytes, bytes]:
    """The records of an extended header, each `length key=value`, or Invalid (UPLOADS.md 25)."""
    records: dict[bytes, bytes] = {}
    at = 0
    while at < len(content):
        begin = _RECORD.match(content, at)
        at += int(begin[1]) if begin else 0
        if begin is None or content[at - 1 : at] != b"\n" or begin[2] in records:
            raise broken("it has an extended header that is corrupt")
        if begin[2].startswith(_SPARSE):
            raise broken("it has a sparse member")
        records[begin[2]] = content[begin.end() : at - 1]
    return records


def check_size(header: tarfile.TarInfo, records: Mapping[bytes, bytes]) -> None:
    """Invalid if the extended header gives the member another size than its own header.

    Readers differ in which of the two they believe, and so in where the next member begins.
    """
    if records.get(b"size", b"%d" % header.size) != b"%d" % header.size:
        raise broken(f"{quoted(header.name)} has two different sizes")
