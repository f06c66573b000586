"""Which refusals an operation may answer with, and how they are described."""

from collections.abc import Mapping
from typing import Any

from index.guard import Door, Who
from index.openapi.operation import Operation

MEANINGS: Mapping[int, tuple[str, str]] = {
    400: ("Invalid", "What was sent cannot be: a sentence says what, and what can."),
    401: ("Unauthenticated", "The credentials are missing, wrong, over or revoked."),
    403: ("Forbidden", "Whoever asks may not do this, or not now."),
    404: ("NotFound", "What the request names does not exist, or is not for whoever asks."),
    406: ("NotAcceptable", "The request accepts nothing in which the answer could come."),
    408: ("TooSlow", "The body did not arrive in time."),
    409: ("Conflict", "It does not fit what is already so."),
    413: ("TooLarge", "The body is too large."),
    422: ("Unprocessable", "The body or the query is not of the shape described here."),
    429: ("TooMany", "Too much was asked in too short a time, or the index is busy."),
    500: ("Internal", "A fault of the index; its log has the cause."),
    503: ("Unavailable", "The index cannot answer this now."),
    507: ("Full", "The disk of the index is full."),
}
"""The name and the meaning of each status."""


def of(door: Door, operation: Operation) -> list[int]:
    """Every status, in order, with which this door refuses.

    Besides its own: any may be busy or out of order; a guarded one asks who is there; one with
    names in its path may find nothing; a body may be wrong, large or slow; a write may find the
    disk full.
    """
    found = {429, 500, 503, *operation.refuses}
    if door.who is not Who.ANYONE:
        found.add(401)
    if door.who in (Who.UPLOADER, Who.MODERATOR, Who.ADMIN):
        found.add(403)
    if "{" in door.path:
        found.add(404)
    if operation.query:
        found.add(422)
    if operation.body is not None:
        found |= {400, 408, 413, 422}
    if door.method != "GET":
        found.add(507)
    return sorted(found)


def components() -> dict[str, Any]:
    """A response for each status: JSON to those who accept it, and else one line of text."""
    return {name: _response(status, meaning) for status, (name, meaning) in MEANINGS.items()}


def _response(status: int, meaning: str) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": meaning,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}},
            "text/plain": {"schema": {"type": "string"}},
        },
    }
    if status == 401:
        described["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    if status in (429, 503):
        seconds = {"type": "integer", "minimum": 1}
        described["headers"] = {"Retry-After": {"schema": seconds, "description": "In seconds."}}
    return described
