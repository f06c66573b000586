"""Ready bytes: one representation, made once per change, in every coding that clients take."""

import gzip
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

import zstandard
from starlette.responses import Response

from index.caching import Caching, already_has
from index.cors import ANY_ORIGIN
from index.weights import weights
from storage.problems import NotAcceptable

# Measured on a page of 10,000 files: a higher level costs several times the time and saves
# nothing, because most of a page is digests.
GZIP_LEVEL = 6
ZSTD_LEVEL = 1


class Coding(StrEnum):
    """The content codings, the best for a client that takes several first (S51)."""

    ZSTD = "zstd"
    GZIP = "gzip"
    IDENTITY = "identity"


class Served(Protocol):
    """One representation of a resource, whatever it is made of."""

    @property
    def content_type(self) -> str:
        """The Content-Type."""

    @property
    def vary(self) -> tuple[str, ...]:
        """The headers of a request that it depends on."""

    @property
    def serial(self) -> int | None:
        """That of its last change, if it has one."""

    def body(self, coding: Coding) -> bytes:
        """The bytes in this coding."""

    def etag(self, coding: Coding) -> str:
        """The strong validator of those bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One representation of a resource: its bytes and what must be said of them.

    Two with equal bytes and type are the same version. A coding is compressed when it is first
    asked for, and kept; the results are the same each time (no clock, no chance).
    """

    content: bytes
    content_type: str
    vary: tuple[str, ...] = ("Accept-Encoding",)
    serial: int | None = None
    _digest: str = field(init=False, repr=False)
    _bodies: dict[Coding, bytes] = field(default_factory=dict, init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_digest", digest([self.content], self.content_type))

    def has(self, coding: Coding) -> bool:
        """Whether the bytes are there in this coding, so that asking for them costs nothing."""
        return coding is Coding.IDENTITY or coding in self._bodies

    def body(self, coding: Coding) -> bytes:
        """The bytes in this coding."""
        if coding is Coding.IDENTITY:
            return self.content
        found = self._bodies.get(coding)
        return found if found is not None else self._bodies.setdefault(coding, self._in(coding))

    @property
    def size_bytes(self) -> int:
        """How much memory the bytes take, in every coding that was asked for."""
        return len(self.content) + sum(map(len, [*self._bodies.values()]))

    def etag(self, coding: Coding) -> str:
        """The strong validator of these bytes in this coding and under this type (S48)."""
        return f'"{self._digest}-{coding}"'

    def _in(self, coding: Coding) -> bytes:
        if coding is Coding.GZIP:
            return gzip.compress(self.content, GZIP_LEVEL, mtime=0)
        return zstandard.compress(self.content, ZSTD_LEVEL)


def digest(pieces: Iterable[bytes], content_type: str) -> str:
    """What a content, in pieces, and its type are told from others by.

    With the type: HTML has one text under two types, and they are two representations.
    """
    found = hashlib.sha256(content_type.encode() + b"\n")
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()[:32]


def answer(headers: Mapping[str, str], method: str, ready: Served, *, caching: Caching) -> Response:
    """The answer to a GET or HEAD with these lower-case *headers*: 200, or 304 without a body.

    May compress, so call it where that may take a while. Raises NotAcceptable if Accept-Encoding
    rules out every coding.
    """
    coding = choose_coding(headers.get("accept-encoding"))
    # S47: exactly these, and never a Content-Type, go with a 304. pip merges the headers of a 304
    # into what it kept, and uv asks anew unless it sees the same strong tag.
    lasting = {
        "etag": ready.etag(coding),
        "cache-control": caching.pages,
        "vary": ", ".join(ready.vary + caching.vary),
        **caching.tags,
        **ANY_ORIGIN,
    }
    if ready.serial is not None:
        lasting["x-pypi-last-serial"] = str(ready.serial)
    if already_has(headers.get("if-none-match"), ready.etag(coding)):
        return Response(status_code=304, headers=lasting)
    body = ready.body(coding)
    described = {
        **lasting,
        "content-type": ready.content_type,
        "content-length": str(len(body)),
        "x-content-type-options": "nosniff",
    }
    if coding is not Coding.IDENTITY:
        described["content-encoding"] = coding.value
    return Response(b"" if method == "HEAD" else body, headers=described)


def has_already(ready: Served, coding: Coding, if_none_match: bytes | None) -> bool:
    """Whether the client has exactly these bytes in this coding."""
    if if_none_match is None:
        return False
    return already_has(if_none_match.decode("latin-1"), ready.etag(coding))


@lru_cache(maxsize=1024)
def known_coding(accept_encoding: bytes | None) -> Coding | None:
    """As choose_coding, and None if none is left."""
    try:
        return choose_coding(accept_encoding.decode("latin-1") if accept_encoding else None)
    except NotAcceptable:
        return None


def choose_coding(accept_encoding: str | None) -> Coding:
    """The coding to answer in (RFC 9110 12.5.3): the highest weight, then the order of Coding.

    Raises NotAcceptable if none is left.
    """
    asked = weights(accept_encoding or "")
    # A wildcard may bring gzip, which all know; zstd has to be named. Identity is acceptable
    # unless it is ruled out, but nobody's first wish.
    anything = asked.get("*")
    wanted = {
        Coding.ZSTD: asked.get("zstd", 0.0),
        Coding.GZIP: asked.get("gzip", asked.get("x-gzip", anything or 0.0)),
        Coding.IDENTITY: asked.get("identity", 0.0001 if anything is None else anything),
    }
    best = max(wanted, key=wanted.__getitem__)
    if not wanted[best]:
        raise NotAcceptable(
            "The request accepts none of the codings there are. "
            "This answer comes as zstd, gzip or identity.",
            hint="Name one of these in Accept-Encoding, or send no Accept-Encoding at all.",
        )
    return best
