"""RECORD: the list of what is in a wheel, with a digest of each file (PEP 376, PEP 427)."""

import base64
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from index.upload.complaints import quoted
from storage.problems import Invalid

EXEMPT = ("RECORD", "RECORD.jws", "RECORD.p7s")
"""The files of the dist-info folder that RECORD cannot describe: itself and its signatures."""

ALGORITHMS = (
    "sha256",
    "sha384",
    "sha512",
    "sha3_256",
    "sha3_384",
    "sha3_512",
    "blake2b",
    "blake2s",
)
"""PEP 427: "The hash algorithm must be sha256 or better"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What RECORD says of one file."""

    path: str
    algorithm: str
    digest: bytes
    size_bytes: int | None


def parse(content: bytes) -> dict[str, Line]:
    """The lines of RECORD by path, or Invalid if it is not what it has to be."""
    lines: dict[str, Line] = {}
    try:
        for row in csv.reader(io.StringIO(content.decode(), newline="")):
            if not row:
                continue
            line = _line(row)
            if lines.setdefault(line.path, line) != line:
                raise _broken(f"lists {quoted(line.path)} twice, and differently")
    except UnicodeDecodeError as error:
        raise _broken("is not UTF-8") from error
    except csv.Error as error:
        raise _broken("is not comma-separated values") from error
    return lines


def compare(listed: Set[str], present: Set[str]) -> list[str]:
    """A complaint for each file that is only in one of the two (UPLOADS.md 27)."""
    return [
        *(f"RECORD lists {quoted(path)}, which is not there." for path in sorted(listed - present)),
        *(f"RECORD does not list {quoted(path)}." for path in sorted(present - listed)),
    ]


def check(line: Line, pieces: Iterable[bytes]) -> Iterator[str]:
    """A complaint if *pieces* are not the file that *line* describes. They are read in any case."""
    known = line.algorithm in ALGORITHMS
    digest = hashlib.new(line.algorithm if known else ALGORITHMS[0])
    size_bytes = 0
    for piece in pieces:
        digest.update(piece)
        size_bytes += len(piece)
    if not line.algorithm:
        yield f"RECORD has no digest of {quoted(line.path)}."
    elif not known:
        yield f"RECORD has a {quoted(line.algorithm)} digest of {quoted(line.path)}; use sha256."
    elif digest.digest() != line.digest:
        yield f"RECORD has another digest of {quoted(line.path)} than the file."
    elif line.size_bytes not in (None, size_bytes):
        yield f"RECORD has another size of {quoted(line.path)} than the file."


def _line(row: list[str]) -> Line:
    if len(row) != 3:
        raise _broken(f"has a line of {len(row)} values instead of 3, at {quoted(row[0])}")
    path, digest, size = row
    algorithm, _, encoded = digest.partition("=")
    return Line(
        path=path.replace("\\", "/"),  # Some Windows tools wrote these.
        algorithm=algorithm,
        digest=_decoded(encoded, path),
        size_bytes=_size(size, path),
    )


def _decoded(encoded: str, path: str) -> bytes:
    """PEP 427: "urlsafe-base64-nopad encoded"."""
    unpadded = encoded.rstrip("=")
    try:
        return base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), b"-_", validate=True)
    except ValueError as error:
        raise _broken(f"has a digest of {quoted(path)} that is not urlsafe-base64") from error


def _size(text: str, path: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise _broken(f"has a size of {quoted(path)} that is not a number")
    return int(text)


def _broken(why: str) -> Invalid:
    return Invalid(f"RECORD {why}.", hint="Build the wheel again with a current build backend.")
