"""Zips put together field by field, so that any of them can be a lie."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

STORED, DEFLATED = 0, 8
UTF8 = 0x0800
FULL = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One member. *local* and *central* replace fields in one of its two headers only."""

    name: bytes = b"a.txt"
    content: bytes = b"toast"
    packed: bytes | None = None
    method: int = STORED
    flags: int = 0
    mode: int = 0o100644
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    listed: bool = True
    before: bytes = b""
    after: bytes = b""
    local: dict[str, Any] = field(default_factory=dict)
    central: dict[str, Any] = field(default_factory=dict)

    def bytes_in_archive(self) -> bytes:
        if self.packed is not None:
            return self.packed
        if self.method == DEFLATED:
            packing = zlib.compressobj(wbits=-15)
            return packing.compress(self.content) + packing.flush()
        return self.content

    def said(self, lies: dict[str, Any]) -> dict[str, Any]:
        truth = {
            "needs": 20,
            "flags": self.flags,
            "method": self.method,
            "time": 0,
            "date": 33,
            "crc": zlib.crc32(self.content),
            "packed_bytes": len(self.bytes_in_archive()),
            "size_bytes": len(self.content),
            "name": self.name,
        }
        return truth | lies


def an_odd_zip(
    parts: Sequence[Part],
    *,
    gap: bytes = b"",
    before_end: bytes = b"",
    after: bytes = b"",
    comment: bytes = b"",
    **end: int,
) -> bytes:
    """A zip of *parts*: a correct one, but for what they and the other arguments say.

    *end* replaces fields of the end record: disk, entries_here, entries, directory_bytes, offset.
    """
    body = b""
    directory = b""
    for part in parts:
        body += part.before
        if part.listed:
            directory += _central(part, offset=len(body))
        body += _local(part) + part.bytes_in_archive() + part.after
    body += gap
    listed = sum(part.listed for part in parts)
    told = {
        "disk": 0,
        "first_disk": 0,
        "entries_here": listed,
        "entries": listed,
        "directory_bytes": len(directory),
        "offset": len(body),
    } | end
    order = ("disk", "first_disk", "entries_here", "entries", "directory_bytes", "offset")
    last = struct.pack("<4s4H2LH", b"PK\5\6", *map(told.__getitem__, order), len(comment))
    return body + directory + before_end + last + comment + after


def zip64_end(
    *, more: bytes = b"", gap: bytes = b"", behind: bytes = b"", **lies: int | bytes
) -> bytes:
    """The ZIP64 end record and its locator, as they come before the end of one usual part.

    *lies* replace fields: signature, rest_bytes, disk, first_disk, entries_here, entries,
    directory_bytes, offset, locator_disk, disks.
    """
    told: dict[str, Any] = {
        "signature": b"PK\6\6",
        "rest_bytes": 44 + len(more),
        "disk": 0,
        "first_disk": 0,
        "entries_here": 1,
        "entries": 1,
        "directory_bytes": 51,
        "offset": 40,
        "locator_disk": 0,
        "disks": 1,
    } | lies
    counts = ("entries_here", "entries", "directory_bytes", "offset")
    record = struct.pack(
        "<4sQ2H2L4Q",
        told["signature"],
        told["rest_bytes"],
        45,
        45,
        told["disk"],
        told["first_disk"],
        *map(told.__getitem__, counts),
    )
    where = (told["locator_disk"], 40 + 51 + len(gap), told["disks"])
    return gap + record + more + behind + struct.pack("<4sLQL", b"PK\6\7", *where)


def extra(kind: int, value: bytes) -> bytes:
    """One extra field."""
    return struct.pack("<HH", kind, len(value)) + value


def wide(*values: int) -> bytes:
    """The extra field with ZIP64 sizes."""
    return extra(1, struct.pack(f"<{len(values)}Q", *values))


_ORDER = ("needs", "flags", "method", "time", "date", "crc", "packed_bytes", "size_bytes")


def _local(part: Part) -> bytes:
    said = part.said(part.local)
    name: bytes = said["name"]
    plain = (said[key] for key in _ORDER)
    head = struct.pack("<4s5H3L2H", b"PK\3\4", *plain, len(name), len(part.local_extra))
    return head + name + part.local_extra


def _central(part: Part, offset: int) -> bytes:
    said = {"offset": offset, "disk": 0} | part.said(part.central)
    name: bytes = said["name"]
    plain = (said[key] for key in _ORDER)
    lengths = (len(name), len(part.central_extra), len(part.comment))
    where = (said["disk"], 0, part.mode << 16, said["offset"])
    head = struct.pack("<4sH5H3L5H2L", b"PK\1\2", 0x0314, *plain, *lengths, *where)
    return head + name + part.central_extra + part.comment
