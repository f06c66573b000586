"""What a refusal looks like: its status, its two representations, its reason phrase."""

import errno
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import cast

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from index import ratelimits
from index.cors import ANY_ORIGIN
from index.weights import weights
from moderation.limits import UsedUp
from storage.problems import Busy, Full, Problem, TooMany, Unauthenticated, Unavailable

STATUS: Mapping[str, int] = {
    "invalid": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not-found": 404,
    "not-acceptable": 406,
    "too-slow": 408,
    "conflict": 409,
    "gone": 410,
    "too-large": 413,
    "unprocessable": 422,
    "too-many": 429,
    "busy": 429,
    "unavailable": 503,
    "full": 507,
}

REASON_LENGTH = 400
"""The longest reason phrase. Proxies keep the whole head of an answer in 4 KiB."""

UNAVAILABLE_RETRY_SECONDS = 5

# S54: pip and uv look for credentials only when they are asked for them in this way.
_CHALLENGE = 'Basic realm="Bascule", charset="UTF-8"'


class Interrupted(Exception):
    """An answer that had begun cannot be finished. It has been logged; only cut the connection."""


def response(problem: Problem, request: Request) -> Response:
    """The answer to *request* that says what went wrong and what to do."""
    headers: dict[str, str] = {}
    if isinstance(problem, Unauthenticated):
        headers["www-authenticate"] = _CHALLENGE
    # Whole seconds: one client fails on a date (STANDARDS.md 0, finding 9).
    if isinstance(problem, TooMany):
        headers["retry-after"] = str(max(1, int(problem.retry_after_seconds)))
    if isinstance(problem, UsedUp):
        headers |= ratelimits.headers(problem.usage)
    if isinstance(problem, Unavailable):
        headers["retry-after"] = str(UNAVAILABLE_RETRY_SECONDS)
    return _Refusal(
        request,
        status=STATUS[problem.code],
        code=problem.code,
        message=problem.message,
        hint=problem.hint,
        headers=headers,
    )


def not_routed(request: Request, error: Exception) -> Response:
    """The answer to what the router refused: no such address, or not with this method."""
    refused = cast(HTTPException, error)
    headers = dict(refused.headers or {})
    message, hint = f"{refused.detail.rstrip('.')}.", None
    if refused.status_code == 404:
        message = "There is nothing at this address."
    if refused.status_code == 405:
        # The router keeps methods in a set; an answer should not differ from one day to the next.
        headers["Allow"] = allowed = ", ".join(sorted(headers["Allow"].split(", ")))
        message, hint = f"This address does not take {request.method}.", f"It takes {allowed}."
    code = HTTPStatus(refused.status_code).phrase.lower().replace(" ", "-")
    return _Refusal(
        request,
        status=refused.status_code,
        code=code,
        message=message,
        hint=hint,
        headers=headers,
    )


def unexpected(request: Request, request_id: str) -> Response:
    """The answer after a bug of ours: nothing of it is told, only where it stands in the log."""
    return _Refusal(
        request,
        status=500,
        code="internal",
        message="The index failed to answer this; the fault is not yours.",
        hint=f"Whoever runs it finds the cause in its log under {request_id}.",
    )


def told(error: Exception) -> Problem | None:
    """The Problem that *error* is or stands for, or None if it is a bug."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Full("The disk of the index is full: nothing was stored, and nothing was lost.")
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        # Not 503: twine would send the file four times more, and at once (STANDARDS.md 0).
        return Busy("The index is busy: it has no file left to open.", retry_after_seconds=2)
    return None


def in_a_line(problem: Problem) -> str:
    """What happened and what to do, for a terminal or a log."""
    return " ".join(_one_line(text) for text in (problem.message, problem.hint) if text)


class _Refusal(Response):
    """One sentence, or two: as JSON or as one plain line, and in the reason phrase (U20, U21).

    The reason phrase goes as `reason` in the start message. Our server writes it; others do not
    know the word and leave it out.
    """

    def __init__(
        self,
        request: Request,
        *,
        status: int,
        code: str,
        message: str,
        hint: str | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        said = {"message": _one_line(message)} | ({"hint": _one_line(hint)} if hint else {})
        line = " ".join(said.values())
        accept = weights(",".join(request.headers.getlist("accept")))
        # An error must not outlive its cause in any cache: a hold ends when it ends.
        sent = {"cache-control": "no-store", "vary": "Accept", **ANY_ORIGIN, **headers}
        if _prefers_json(accept):
            shown = f"{status} {line}" if _shows_the_code(request, accept) else code
            # U20: exactly this type; with a charset, uv would not look inside.
            body, kind = msgspec.json.encode({"code": shown} | said), "application/json"
        else:
            body, kind = line.encode(), "text/plain; charset=utf-8"
        super().__init__(body, status, {"content-type": kind, **sent})
        self.reason = reason_phrase(line)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["reason"] = self.reason
            await send(message)

        await super().__call__(scope, receive, say)


def reason_phrase(line: str) -> bytes:
    """*line* as RFC 9112 4 lets it stand after the status: latin-1, one line, and not too long."""
    phrase = _one_line(line).encode("latin-1", "replace")
    return phrase if len(phrase) <= REASON_LENGTH else phrase[: REASON_LENGTH - 3] + b"..."


def _prefers_json(accept: Mapping[str, float]) -> bool:
    """JSON has to be named, and nothing that text would fit may be wanted more."""
    text = max(accept.get(name, 0.0) for name in ("text/plain", "text/html", "text/*", "*/*"))
    return 0.0 < accept.get("application/json", 0.0) >= text


def _shows_the_code(request: Request, accept: Mapping[str, float]) -> bool:
    # uv shows the person who uploads `code` and nothing else of the JSON, and takes text as well
    # (measured with uv 0.13.9). So there the status and the sentence stand in it, as U20 has it;
    # a program that accepts JSON alone gets the plain code.
    return request.url.path.startswith("/legacy") and "text/plain" in accept


def _one_line(text: str) -> str:
    """*text* without line breaks, control characters and lone surrogates."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
