"""A small app behind the real border and server: one address for each thing an app may do."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from index import errors, metrics
from index.border import Border
from index.environment import from_environment
from index.server import serve
from index.settings import Settings
from storage.problems import Invalid, TooLarge, Unavailable

LARGE = b"large " * 4_000_000
SECRET = "bascule_" + "s" * 43


async def show_worker(_request: Request) -> Response:
    """Who answers."""
    return PlainTextResponse(str(os.getpid()))


async def show_headers(request: Request) -> Response:
    """What the app sees of the head, once all has come."""
    await request.body()
    return JSONResponse(dict(request.headers))


async def refuse_at_once(_request: Request) -> Response:
    """Refuses before it has read anything."""
    raise TooLarge("Files may be at most 100 bytes.", hint="Send a smaller one.")


async def refuse_with_body(request: Request) -> Response:
    """Refuses, and says what the body says."""
    raise Invalid((await request.body()).decode())


async def answer_slowly(request: Request) -> Response:
    """Answers after a while."""
    await asyncio.sleep(float(request.path_params["seconds"]))
    return PlainTextResponse("slept")


async def answer_much(_request: Request) -> Response:
    """Answers more than any buffer holds."""
    return PlainTextResponse(LARGE)


async def break_off(_request: Request) -> Response:
    """Begins an answer and fails."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError(f"The other half is lost, and so is {SECRET}.")

    return StreamingResponse(pieces(), headers={"content-length": "8"})


async def fail(_request: Request) -> Response:
    """Has a bug."""
    raise RuntimeError(f"Never show this: {SECRET}.")


async def fill_the_disk(_request: Request) -> Response:
    """Finds no room."""
    raise OSError(28, "No space left on device", "/srv/blobs/drafts/1")


ROUTES = [
    Route("/worker", show_worker),
    Route("/headers", show_headers, methods=["GET", "POST"]),
    Route("/refuse", refuse_at_once, methods=["POST"]),
    Route("/legacy/", refuse_at_once, methods=["POST"]),
    Route("/say", refuse_with_body, methods=["POST"]),
    Route("/slow/{seconds}", answer_slowly),
    Route("/much", answer_much),
    Route("/broken", break_off),
    Route("/bug", fail),
    Route("/full", fill_the_disk),
    Route("/metrics", metrics.show),
]


def create(_settings: Settings) -> Starlette:
    """The app."""
    return Starlette(
        routes=ROUTES,
        middleware=[Middleware(Border)],
        exception_handlers={HTTPException: errors.not_routed},
    )


def create_nothing(_settings: Settings) -> Starlette:
    """An app that cannot be made."""
    raise Unavailable("The database is newer than this program.", hint="Install a newer Bascule.")


if __name__ == "__main__":
    made = {"create": create, "create_nothing": create_nothing}[sys.argv[1]]
    sys.exit(serve(from_environment(os.environ, overrides={}), made))
