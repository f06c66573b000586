"""Tars in gzip, read once from front to back, in the way that every reader of tars agrees on."""

import tarfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from index.upload.archives import links, paths, tar_headers, zip_headers
from index.upload.archives.gzips import PIECE_BYTES, Gunzip, broken
from index.upload.archives.tar_headers import BLOCK_BYTES
from index.upload.complaints import quoted
from index.upload.policy import Limits

_MEMBERS = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE)
_PAX, _PAX_FOR_ALL = tarfile.XHDTYPE, tarfile.XGLTYPE
_GNU = {tarfile.GNUTYPE_LONGNAME: b"path", tarfile.GNUTYPE_LONGLINK: b"linkpath"}
_BINDING = frozenset([b"path", b"linkpath", b"size"])
_SAID = {
    tarfile.GNUTYPE_SPARSE: "a sparse file",
    tarfile.CHRTYPE: "a device",
    tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a FIFO",
}

Extended = dict[bytes, dict[bytes, bytes]]
"""The records of the headers that extend the next one, by the type of those headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tar:
    """What was in a tar: paths, the one file that was wanted, and how those noted begin."""

    files: frozenset[str]
    """Files and links."""
    folders: frozenset[str]
    content: bytes | None
    noted: Mapping[str, bytes]


def read(
    archive: BinaryIO,
    *,
    wanted: Callable[[str], bool],
    wanted_bytes: int,
    noted: Callable[[str], bool],
    limits: Limits,
) -> Tar:
    """Everything in the .tar.gz, the regular file that is *wanted*, how those *noted* begin.

    Raises Invalid if it is corrupt, not a tar, a zip as well, a bomb, has members that lead out of
    it or that readers disagree about, or if the wanted file has more than *wanted_bytes*
    (UPLOADS.md 22, 24-26; STANDARDS.md U14).
    """
    if zip_headers.is_zip(archive):
        raise broken("it is a zip archive at the same time")
    stream, content = Gunzip(archive, limits=limits), None
    files: list[str] = []
    folders, linkable = set[str](), set[str]()
    begun: dict[str, bytes] = {}
    for header in _members(stream, limits):
        if header.isdir():
            folders.add(header.name)
            continue
        files.append(header.name)
        if header.issym():
            links.check_symlink(header.name, header.linkname, limits=limits)
            continue
        if header.islnk():
            links.check_hard_link(header.name, header.linkname, linkable)
        linkable.add(header.name)
        if header.isreg() and wanted(header.name):
            content = _content(stream, header, limit_bytes=wanted_bytes)
        elif header.isreg() and len(begun) < limits.noted and noted(header.name):
            begun[header.name] = _beginning(stream, header, limits.noted_bytes)
        else:
            _skip(stream, header.size)
    paths.check_together(files, folders)
    return Tar(files=frozenset(files), folders=frozenset(folders), content=content, noted=begun)


def _members(stream: Gunzip, limits: Limits) -> Iterator[tarfile.TarInfo]:
    """Each member, its name and link name whole and checked; the caller reads its content."""
    extended: Extended = {}
    extended_bytes = 0
    count = 0
    while header := _header(stream):
        if (count := count + 1) > limits.members:
            raise broken(f"it has more than {limits.members:,} members")
        if header.type in (_PAX, _PAX_FOR_ALL, *_GNU):
            if (extended_bytes := extended_bytes + header.size) > limits.tar_header_bytes:
                raise broken(f"it has more than {limits.tar_header_bytes:,} bytes of headers")
            _extend(extended, header, _content(stream, header, limit_bytes=header.size))
            continue
        if header.type not in _MEMBERS:
            raise broken(f"{quoted(header.name)} is {_SAID.get(header.type, 'of unknown type')}")
        if header.size and not header.isreg():
            raise broken(f"{quoted(header.name)} is no file and has content")
        _complete(header, extended)
        if header.name not in ("", "."):
            paths.check(header.name, limits=limits)
            yield header
        elif not header.isdir():
            raise broken("it has a member without a name")
        extended = {}
    if extended:
        raise broken("it has an extended header for no member")
    while piece := stream.piece(PIECE_BYTES):
        if piece.strip(b"\0"):
            raise broken("there are bytes after the end of the tar")


def _header(stream: Gunzip) -> tarfile.TarInfo | None:
    """The next header, or None at the block of zeros that ends the tar."""
    block = stream.read(BLOCK_BYTES)
    if len(block) < BLOCK_BYTES:
        raise broken("the tar in it is cut off")
    return tar_headers.parse(block) if block.strip(b"\0") else None


def _extend(extended: Extended, header: tarfile.TarInfo, content: bytes) -> None:
    if header.type in _GNU:
        records = {_GNU[header.type]: content.partition(b"\0")[0]}
    else:
        records = tar_headers.parse_pax(content)
    if header.type == _PAX_FOR_ALL:
        if records.keys() & _BINDING:
            raise broken("it has an extended header that renames every member")
    elif header.type in extended:
        raise broken("it has two extended headers for one member")
    else:
        extended[header.type] = records


def _complete(header: tarfile.TarInfo, extended: Extended) -> None:
    """Give *header* the name and the link name that the *extended* headers have for it."""
    said: dict[bytes, bytes] = {}
    for records in extended.values():
        if records.keys() & said.keys() & _BINDING:
            raise broken(f"{quoted(header.name)} has two long names")
        said |= records
    tar_headers.check_size(header, said)
    name = _text(said.get(b"path", header.name.encode(errors="surrogateescape")))
    target = _text(said.get(b"linkpath", header.linkname.encode(errors="surrogateescape")))
    if header.isreg() and name.endswith("/"):
        raise broken(f"{quoted(name)} is a file with the name of a folder")
    header.name = _plain(name)
    header.linkname = _plain(target)


def _text(name: bytes) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError as error:
        raise broken(f"the name {name[:40]!r} is not UTF-8") from error


def _plain(name: str) -> str:
    """*name* without what says nothing: `./` in front and the slash behind."""
    return name.removeprefix("./").rstrip("/")


def _content(stream: Gunzip, header: tarfile.TarInfo, *, limit_bytes: int) -> bytes:
    """All of a member. If it is cut off, so is the header that has to come after it."""
    if header.size > limit_bytes:
        raise broken(f"{quoted(header.name)} is larger than {limit_bytes:,} bytes")
    content = stream.read(header.size)
    stream.read(-header.size % BLOCK_BYTES)
    return content


def _beginning(stream: Gunzip, header: tarfile.TarInfo, most_bytes: int) -> bytes:
    """How a member begins; the rest of it is passed over."""
    content = stream.read(min(header.size, most_bytes))
    rest = header.size - len(content)
    _skip(stream, rest, padding_bytes=-header.size % BLOCK_BYTES)
    return content


def _skip(stream: Gunzip, count: int, *, padding_bytes: int | None = None) -> None:
    """Pass over *count* bytes, and over the rest of the block that they end in."""
    rest = count + (-count % BLOCK_BYTES if padding_bytes is None else padding_bytes)
    while rest:
        piece = stream.piece(rest)
        if not piece:
            raise broken("the tar in it is cut off")
        rest -= len(piece)
