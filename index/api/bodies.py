"""JSON in and out of the API: bodies of a known shape and size, read strictly."""

import asyncio
import re
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from storage.problems import Invalid, TooLarge, TooSlow, Unprocessable

T = TypeVar("T")

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")

BODY_BYTES = 1 << 20
"""How large a body may be, unless a route says otherwise."""

BODY_SECONDS = 30
"""How long a body may take: the head of a request has a limit of its own, and so has an upload."""


NUMBER_DIGITS = 18
"""Of a number in an address: Python reads it, and it fits into a row."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A JSON object whose every field is known."""


async def read(request: Request, shape: type[T], *, limit_bytes: int = BODY_BYTES) -> T:
    """The body as *shape*. Raises Invalid for no JSON, Unprocessable for another shape."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _whole(request, limit_bytes)
    except TimeoutError as error:
        raise TooSlow(f"The body did not arrive within {BODY_SECONDS} seconds.") from error
    try:
        found = msgspec.json.decode(body or b"{}", type=shape)
    except msgspec.ValidationError as error:
        raise Unprocessable(f"The body does not fit: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("The body is not valid JSON.") from error
    except RecursionError as error:
        raise Invalid("The body is nested too deeply.") from error
    _check_no_nul(body)
    return found


async def _whole(request: Request, limit_bytes: int) -> bytearray:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise TooLarge(f"The body may have at most {limit_bytes:,} bytes.")
    return body


def answer(content: Any, *, status: int = 200) -> Response:
    """*content* as JSON. It is about one caller, so no cache keeps it."""
    return Response(
        msgspec.json.encode(content),
        status,
        {"content-type": "application/json", "cache-control": "no-store"},
    )


def number(request: Request, key: str) -> int | None:
    """The number that the query has for *key*, if any. Raises Unprocessable for other text."""
    text = request.query_params.get(key)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise Unprocessable(f"{key} is a number.")
    return int(text)


def _check_no_nul(body: bytearray) -> None:
    # Databases do not take it, and no name or sentence needs it.
    if b"\\u0000" in body and _NUL.search(body):
        raise Unprocessable("The body has a NUL character in it.")
