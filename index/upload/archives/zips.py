"""Zips, read in the one way that every reader of zips agrees on."""

import stat
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from index.upload.archives import bombs, paths, tar_headers, zip_headers
from index.upload.archives.zip_headers import Entry, broken
from index.upload.complaints import quoted
from index.upload.policy import MIB, Limits

PIECE_BYTES = MIB
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_DESCRIPTOR = 0x0008
_UTF8 = 0x0800
_DEFLATE_LEVEL = 0x0006
_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file or folder of a zip, whose two headers agree."""

    name: str
    start: int
    packed_bytes: int
    size_bytes: int
    crc: int
    deflated: bool

    @property
    def is_folder(self) -> bool:
        return self.name.endswith("/")


def members(archive: BinaryIO, *, limits: Limits) -> tuple[Member, ...]:
    """Everything in the zip, or Invalid if its framing lets two readers see two things.

    From the first byte to the last there are the members, the directory and the end, without
    gaps; a reader that streams and one that starts from the end find the same
    (UPLOADS.md 22-24, STANDARDS.md U14). Nothing is unpacked; the sizes are as declared.
    """
    size_bytes = archive.seek(0, 2)
    directory = zip_headers.read_end(archive, size_bytes)
    if directory.entries > limits.members:
        raise broken(f"it has more than {limits.members:,} members")
    if tar_headers.starts(archive):
        raise broken("it is a tar archive at the same time")
    entries = list(_entries(archive, directory))
    found = tuple(_tiled(archive, entries, directory.offset))
    _check_names(found, limits)
    bombs.check(sum(member.size_bytes for member in found), size_bytes, limits=limits)
    return found


def pieces(archive: BinaryIO, member: Member) -> Iterator[bytes]:
    """The bytes of *member*, unpacked, at most PIECE_BYTES at once.

    Raises Invalid as soon as there are more than declared, and at the end if there are fewer or
    the checksum is wrong (UPLOADS.md 22, 26).
    """
    crc = 0
    came = 0
    for piece in _inflated(archive, member) if member.deflated else _stored(archive, member):
        came += len(piece)
        if came > member.size_bytes:
            break
        crc = zlib.crc32(piece, crc)
        yield piece
    if came != member.size_bytes:
        raise broken(f"{quoted(member.name)} does not have the size it declares")
    if crc != member.crc:
        raise broken(f"{quoted(member.name)} is corrupt; its checksum is wrong")


def read_member(archive: BinaryIO, member: Member, *, limit_bytes: int) -> bytes:
    """All of *member*, or Invalid if that is more than *limit_bytes*."""
    if member.size_bytes > limit_bytes:
        raise broken(f"{quoted(member.name)} is larger than {limit_bytes:,} bytes")
    return b"".join(pieces(archive, member))


def _entries(archive: BinaryIO, directory: zip_headers.Directory) -> Iterator[Entry]:
    at = directory.offset
    for _ in range(directory.entries):
        entry, at = zip_headers.read_entry(archive, at)
        yield entry
    if at != directory.end:
        raise broken("its directory has more entries than it says")


def _tiled(archive: BinaryIO, entries: Iterable[Entry], end: int) -> Iterator[Member]:
    """The members in the order of their bytes, each beginning where the one before it ends."""
    at = 0
    for entry in sorted(entries, key=lambda each: each.offset):
        if entry.offset != at:
            raise broken("there are bytes before, between or under its members")
        local, start = zip_headers.read_local(archive, at)
        member = _member(entry, start)
        if local != entry.header:
            raise broken(f"the two headers of {quoted(member.name)} disagree")
        at = start + member.packed_bytes
        yield member
    if at != end:
        raise broken("there are bytes between its members and its directory")


def _member(entry: Entry, start: int) -> Member:
    header = entry.header
    name = _name(header)
    if header.flags & _ENCRYPTED:
        raise broken(f"{quoted(name)} is encrypted")
    if header.flags & _DESCRIPTOR:
        raise broken(f"{quoted(name)} has a data descriptor")
    if header.flags & ~(_UTF8 | _DEFLATE_LEVEL):
        raise broken(f"{quoted(name)} has flags that nothing needs")
    if header.method not in (_STORED, _DEFLATED):
        raise broken(f"{quoted(name)} is compressed by another method than deflate")
    if stat.S_IFMT(entry.mode) not in _KINDS:
        raise broken(f"{quoted(name)} is a link or a device, not a file")
    return Member(
        name=name,
        start=start,
        packed_bytes=header.packed_bytes,
        size_bytes=header.size_bytes,
        crc=header.crc,
        deflated=header.method == _DEFLATED,
    )


def _name(header: zip_headers.Header) -> str:
    """The name, in the one encoding that does not depend on the reader."""
    try:
        return header.name.decode("utf-8" if header.flags & _UTF8 else "ascii")
    except UnicodeDecodeError as error:
        raise broken(f"the name {header.name[:40]!r} is not declared and valid UTF-8") from error


def _check_names(found: Iterable[Member], limits: Limits) -> None:
    files, folders = [], []
    for member in found:
        paths.check(member.name, limits=limits)
        if member.is_folder:
            folders.append(member.name.removesuffix("/"))
            if member.size_bytes:
                raise broken(f"the folder {quoted(member.name)} has content")
        else:
            files.append(member.name)
    paths.check_together(files, folders)
    if len(set(folders)) != len(folders):
        raise broken("it has a folder twice")


def _stored(archive: BinaryIO, member: Member) -> Iterator[bytes]:
    for at in range(0, member.packed_bytes, PIECE_BYTES):
        count = min(PIECE_BYTES, member.packed_bytes - at)
        yield zip_headers.read(archive, member.start + at, count)


def _inflated(archive: BinaryIO, member: Member) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _stored(archive, member):
            while packed and not unpacking.eof:
                yield unpacking.decompress(packed, PIECE_BYTES)
                packed = unpacking.unconsumed_tail
            if packed or unpacking.unused_data:
                raise broken(f"{quoted(member.name)} has bytes after its end")
        yield unpacking.flush()  # Less than one match is left when all input has been used up.
    except zlib.error as error:
        raise broken(f"{quoted(member.name)} is corrupt") from error
    if not unpacking.eof:
        raise broken(f"{quoted(member.name)} is cut off")
