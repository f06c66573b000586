"""The headers of a zip, field by field (APPNOTE 6.3.10), read where they have to be."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from index.upload.complaints import quoted
from storage.problems import Invalid

LOCAL = b"PK\x03\x04"
CENTRAL = b"PK\x01\x02"
END = b"PK\x05\x06"
END64 = b"PK\x06\x06"
LOCATOR64 = b"PK\x06\x07"

FULL16 = 0xFFFF
FULL32 = 0xFFFFFFFF
_ZIP64 = 0x0001
_UNICODE_PATH = 0x7075

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4sH5H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What both headers of one member say of it; they have to be equal."""

    name: bytes
    needs: int
    flags: int
    method: int
    modified: tuple[int, int]
    crc: int
    packed_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the central directory."""

    header: Header
    offset: int
    mode: int
    """The Unix mode of the member, 0 where none is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Where the central directory is and how many entries it has."""

    offset: int
    entries: int
    end: int


def broken(why: str) -> Invalid:
    """The refusal of a zip whose framing is not the one strict form (UPLOADS.md 22, 23)."""
    return Invalid(
        f"The zip archive is not accepted: {why}.",
        hint="Build the wheel again with a current build backend.",
    )


def is_zip(archive: BinaryIO) -> bool:
    """Whether a lenient reader would find a zip in *archive*, whatever comes before and after."""
    size_bytes = archive.seek(0, 2)
    begin = max(0, size_bytes - _END.size - FULL16)
    tail = read(archive, begin, size_bytes - begin)
    at = tail.find(END)
    while 0 <= at <= len(tail) - _END.size:
        directory_bytes = _END.unpack_from(tail, at)[5]
        before = begin + at - directory_bytes
        if not directory_bytes or (before >= 0 and read(archive, before, 4) == CENTRAL):
            return True
        if tail[max(0, at - _LOCATOR64.size) : at].startswith(LOCATOR64):
            return True
        at = tail.find(END, at + 1)
    return False


def read_end(archive: BinaryIO, size_bytes: int) -> Directory:
    """The directory that the end of the archive tells of. There is nothing after it."""
    at = size_bytes - _END.size
    tail = read(archive, max(0, at - FULL16), size_bytes - max(0, at - FULL16))
    if END not in tail:
        raise broken("it has no end; it is not a zip, or it is cut off")
    if tail.rfind(END) != len(tail) - _END.size:
        raise broken("it has a comment, or bytes after its end")
    fields = _END.unpack(tail[-_END.size :])
    _, disk, first_disk, here, entries, directory_bytes, offset, comment_bytes = fields
    if comment_bytes:
        raise broken("it has a comment")
    locator_at = at - _LOCATOR64.size
    if locator_at >= 0 and read(archive, locator_at, 4) == LOCATOR64:
        return _read_end64(archive, locator_at, (here, entries, directory_bytes, offset))
    if disk or first_disk or here != entries:
        raise broken("it is in several parts")
    if offset + directory_bytes != at:
        raise broken("there is something between its directory and its end")
    return Directory(offset=offset, entries=entries, end=at)


def _read_end64(archive: BinaryIO, locator_at: int, small: tuple[int, int, int, int]) -> Directory:
    _, disk, at, disks = _LOCATOR64.unpack(read(archive, locator_at, _LOCATOR64.size))
    if disk or disks != 1:
        raise broken("it is in several parts")
    if at + _END64.size != locator_at:
        raise broken("its ZIP64 end has extensible data, or is not where it should be")
    fields = _END64.unpack(read(archive, at, _END64.size))
    signature, rest_bytes, _, _, disk, first_disk, *large = fields
    if signature != END64 or rest_bytes != _END64.size - 12:
        raise broken("its ZIP64 end has extensible data, or is not where it should be")
    here, entries, directory_bytes, offset = large
    if disk or first_disk or here != entries:
        raise broken("it is in several parts")
    fulls = (FULL16, FULL16, FULL32, FULL32)
    if any(a not in (b, full) for a, b, full in zip(small, large, fulls, strict=True)):
        raise broken("its two ends disagree")
    if offset + directory_bytes != at:
        raise broken("there is something between its directory and its end")
    return Directory(offset=offset, entries=entries, end=at)


def read_entry(archive: BinaryIO, at: int) -> tuple[Entry, int]:
    """The entry of the central directory at *at*, and where the next one begins."""
    fields = _CENTRAL.unpack(read(archive, at, _CENTRAL.size))
    signature, _, *plain, packed, size, name_bytes, extra_bytes, comment_bytes = fields[:13]
    disk, _, attributes, offset = fields[13:]
    if signature != CENTRAL:
        raise broken("its directory is not whole")
    variable = read(archive, at + _CENTRAL.size, name_bytes + extra_bytes)
    name, extra = variable[:name_bytes], variable[name_bytes:]
    if comment_bytes:
        raise broken(f"{_shown(name)} has a comment")
    if disk:
        raise broken("it is in several parts")
    wide = _zip64(name, extra)
    expected = [each for each in (size, packed, offset) if each == FULL32]
    if len(wide) != len(expected):
        raise broken(f"the ZIP64 sizes of {_shown(name)} are not those it needs")
    size, packed, offset = (wide.pop(0) if e == FULL32 else e for e in (size, packed, offset))
    header = _header(name, plain, packed, size)
    entry = Entry(header=header, offset=offset, mode=attributes >> 16)
    return entry, at + _CENTRAL.size + name_bytes + extra_bytes


def read_local(archive: BinaryIO, at: int) -> tuple[Header, int]:
    """The local header at *at*, and where the bytes of its member begin."""
    fields = _LOCAL.unpack(read(archive, at, _LOCAL.size))
    signature, *plain, packed, size, name_bytes, extra_bytes = fields
    if signature != LOCAL:
        raise broken("a member is not where the directory says")
    variable = read(archive, at + _LOCAL.size, name_bytes + extra_bytes)
    name, extra = variable[:name_bytes], variable[name_bytes:]
    wide = _zip64(name, extra)
    # "This entry in the Local header MUST include BOTH original and compressed file size fields."
    if len(wide) not in (0, 2) or (not wide and FULL32 in (size, packed)):
        raise broken(f"the ZIP64 sizes of {_shown(name)} are not those it needs")
    for narrow, full in zip((size, packed), wide, strict=False):
        if narrow not in (full, FULL32):
            raise broken(f"the two sizes of {_shown(name)} disagree")
    if wide:
        size, packed = wide
    header = _header(name, plain, packed, size)
    return header, at + _LOCAL.size + name_bytes + extra_bytes


def _header(name: bytes, plain: Sequence[int], packed_bytes: int, size_bytes: int) -> Header:
    needs, flags, method, time, date, crc = plain
    return Header(
        name=name,
        needs=needs,
        flags=flags,
        method=method,
        modified=(date, time),
        crc=crc,
        packed_bytes=packed_bytes,
        size_bytes=size_bytes,
    )


def _zip64(name: bytes, extra: bytes) -> list[int]:
    """The 64-bit sizes among the extra fields, after a look at the others."""
    wide: list[int] | None = None
    while extra:
        if len(extra) < 4:
            raise broken(f"the extra fields of {_shown(name)} are not whole")
        kind, length = struct.unpack_from("<HH", extra)
        value, extra = extra[4 : 4 + length], extra[4 + length :]
        if len(value) != length:
            raise broken(f"the extra fields of {_shown(name)} are not whole")
        if kind == _UNICODE_PATH and value[5:] != name:
            raise broken(f"{_shown(name)} has a second name")
        if kind == _ZIP64:
            if wide is not None or length % 8:
                raise broken(f"the ZIP64 sizes of {_shown(name)} are not those it needs")
            wide = list(struct.unpack(f"<{length // 8}Q", value))
    return wide or []


def read(archive: BinaryIO, at: int, count: int) -> bytes:
    """Exactly *count* bytes from *at*, or Invalid if there are fewer."""
    archive.seek(at)
    content = archive.read(count)
    if len(content) != count:
        raise broken("it is cut off")
    return content


def _shown(name: bytes) -> str:
    return quoted(name.decode(errors="replace"))
