"""Where every request comes in and every answer goes out: named, timed, counted, logged once."""

from collections.abc import Callable
from time import perf_counter

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index import errors, logs, metrics
from index.errors import Interrupted
from index.headers import with_ours
from index.lane import Lane
from storage.problems import NotFound, Problem
from storage.records import Admission

log = structlog.get_logger()

_CLIENT_LEFT = 499
"""What the log and the metrics call an answer that nobody waited for."""


class Border:
    """The outermost ASGI layer of ours.

    A Problem raised anywhere inside becomes its answer; anything else is logged with its
    traceback and becomes a 500 that tells nothing. Whoever learns who is asking puts the name
    into `request.state.account`, and the log line has it.
    """

    def __init__(
        self,
        app: ASGIApp,
        admission: Callable[[], Admission] = Admission,
        *,
        lane: Lane | None = None,
        before_asgi: bool = True,
    ) -> None:
        self.fast_lane = lane if before_asgi else None
        """What our own server asks before it comes here."""
        self._lane = lane
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in and its answer out. Raises Interrupted if the answer broke off."""
        if scope["type"] != "http":
            await _start_and_stop(self._app, scope, receive, send)
            return
        began = perf_counter()
        if self._lane is not None and await _passed(self._lane, scope, send, began):
            return
        scope.setdefault("state", {})
        request = Request(scope)
        request_id = logs.request_id(request.headers.get("x-request-id"))
        answer = _Answer(send, request_id, scope["method"], self._admission)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                if "\0" in scope["path"]:  # PostgreSQL has no text with one to look for.
                    raise NotFound("There is nothing at this address.")
                await self._app(scope, receive, answer.send)
            except ClientDisconnect:
                pass
            except Exception as error:
                await _refuse(error, request, receive, answer)
            finally:
                _note(request, answer, perf_counter() - began)


async def _passed(lane: Lane, scope: Scope, send: Send, began: float) -> bool:
    """Whether the fast lane had the answer, and it was sent."""
    if scope["query_string"]:
        return False
    question = lane.question(scope["method"], scope["path"], scope["headers"])
    found = lane.find(question) if question is not None else None
    if question is None or found is None:
        return False
    await send(
        {
            "type": "http.response.start",
            "status": found.prepared.status,
            "headers": found.headers,
        }
    )
    await send({"type": "http.response.body", "body": found.body})
    lane.note(found, question, perf_counter() - began)
    return True


async def _refuse(error: Exception, request: Request, receive: Receive, answer: "_Answer") -> None:
    problem = errors.told(error)
    if problem is None:
        log.exception("Failed to answer.")
        refusal = errors.unexpected(request, answer.request_id)
    else:
        answer.because = problem.message
        refusal = errors.response(problem, request)
        if refusal.status_code >= 500 or answer.status is not None:
            log.error(problem.message)
    if answer.status is not None:
        raise Interrupted from error
    await refusal(request.scope, receive, answer.send)


def _note(request: Request, answer: "_Answer", seconds: float) -> None:
    """Count the request, and write its line. No header, no query and no body is in it."""
    status = answer.status or _CLIENT_LEFT
    route = getattr(request.scope.get("route"), "path", "none")
    metrics.answered(route, status, seconds)
    path = request.scope["path"][: logs.PATH_LENGTH]
    extra = {"account": request.scope["state"].get("account"), "because": answer.because}
    log.info(
        f"{request.method} {path} {status}",
        method=request.method,
        path=path,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        bytes=answer.size_bytes,
        **{key: value for key, value in extra.items() if value is not None},
    )


class _Answer:
    """What has been sent so far, and the headers that every answer gets."""

    def __init__(
        self, send: Send, request_id: str, method: str, admission: Callable[[], Admission]
    ) -> None:
        self.request_id = request_id
        self.status: int | None = None
        self.size_bytes = 0
        self.because: str | None = None
        self._send = send
        self._admission = admission
        self._bodiless = method == "HEAD"
        self._complete = False

    async def send(self, message: Message) -> None:
        """Pass *message* on to the server."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = with_ours(
                message.get("headers", ()), self.request_id.encode(), self._admission()
            )
        elif message["type"] in ("http.response.body", "http.response.zerocopysend"):
            if self._complete:
                return
            if self._bodiless:
                # RFC 9110 9.3.2: the headers of a GET, and no content.
                message = {"type": "http.response.body"}
            self._complete = not message.get("more_body", False)
            self.size_bytes += message.get("count", len(message.get("body", b"")))
        await self._send(message)


async def _start_and_stop(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Let the app start and stop; a Problem that keeps it from starting is told in a sentence."""

    async def say(message: Message) -> None:
        # Starlette puts a traceback here, and then raises what it is about.
        if message["type"] != "lifespan.startup.failed":
            await send(message)

    try:
        await app(scope, receive, say)
    except Problem as problem:
        await send({"type": "lifespan.startup.failed", "message": errors.in_a_line(problem)})
