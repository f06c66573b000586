"""Prepared answers: what is asked of something that is kept, and all there is to send for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from starlette.responses import Response

from index import headers
from index.headers import Headers
from storage.records import Admission

_ID = b"*"


class Asked(NamedTuple):
    """What a request says that an answer from memory depends on."""

    accept: bytes | None = None
    accept_encoding: bytes | None = None
    if_none_match: bytes | None = None
    request_id: bytes | None = None

    def as_headers(self) -> dict[str, str]:
        """What the ordinary way reads."""
        named = {"accept-encoding": self.accept_encoding, "if-none-match": self.if_none_match}
        return {name: value.decode("latin-1") for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An answer without what differs each time: the date, the id of the request, the mode."""

    status: int
    route: str
    body: bytes
    first: Headers
    last: Headers
    """The headers before the id of the request and the mode, and those after them."""
    head: bytes = field(repr=False)
    """The status line, up to where the server's own headers stand."""
    before: bytes = field(repr=False)
    """The first headers, as they are sent."""
    after: bytes = field(repr=False)
    """The last headers, and the empty line."""
    counts: int | None = None
    """The file whose downloads this is one of."""


def prepare(response: Response, *, route: str, counts: int | None = None) -> Prepared:
    """All that can be made of an answer beforehand."""
    whole = headers.with_ours(response.raw_headers, _ID, Admission())
    at = whole.index((b"x-request-id", _ID))
    first, last = whole[:at], whole[at + 1 :]
    phrase = HTTPStatus(response.status_code).phrase
    return Prepared(
        status=response.status_code,
        route=route,
        body=bytes(response.body),
        first=first,
        last=last,
        head=f"HTTP/1.1 {response.status_code} {phrase}\r\n".encode(),
        before=headers.lines(first),
        after=headers.lines(last) + b"\r\n",
        counts=counts,
    )


def asked(given: Iterable[tuple[bytes, bytes]]) -> Asked | None:
    """What a request asks for by its lower-case headers; None for anything out of the ordinary."""
    accept = encoding = match = request_id = None
    for name, value in given:
        if name == b"accept":
            if accept is not None:
                return None
            accept = value
        elif name == b"accept-encoding":
            if encoding is not None:
                return None
            encoding = value
        elif name == b"if-none-match":
            if match is not None:
                return None
            match = value
        elif name == b"x-request-id":
            request_id = value if request_id is None else request_id
        elif name in _ODD:
            return None
    return Asked(accept, encoding, match, request_id)


# Bodies, parts, and what wants another protocol: all that goes the ordinary way.
_ODD = frozenset(
    {b"content-length", b"transfer-encoding", b"expect", b"upgrade", b"range", b"if-range"}
)
