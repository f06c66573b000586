"""Law 4: one look at the database serves many requests, but never one that was sent after it."""

import socket
from collections.abc import Callable
from contextlib import closing
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.app import assemble, compose
from tests.kit.makers import a_wheel
from tests.kit.wire import connected, listening
from tests.kit.world import Person, World

TOAST = a_wheel("toasting", "1.0")
PAGE = b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\n\r\n"


class Meanwhile:
    """The index. While it answers a page by ASGI, and before anything else, something happens."""

    def __init__(self, app: Any, happens: Callable[[], None]) -> None:
        self.fast_lane = app.fast_lane
        self._app: ASGIApp = app
        self._happens = happens

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["path"] != "/meanwhile":
            await self._app(scope, receive, send)
            return

        async def say(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._happens()
            await send(message)

        await self._app({**scope, "path": "/simple/toasting/"}, receive, say)


def test_an_answer_by_asgi_does_not_look_for_requests_that_come_later(
    world: World, ann: Person, bea: Person
):
    ann.uploads(TOAST)
    with closing(socket.socket()) as later:

        def happens() -> None:
            bea.holds(f"file:{TOAST.filename}")
            later.sendall(PAGE)

        services = compose(world.services.settings)
        app = Meanwhile(assemble(services), happens)
        with closing(services.database), listening(app) as port:
            later.connect(("127.0.0.1", port))
            for _ in range(3):  # Then the page is kept, and its request is known.
                assert TOAST.filename in _page(later, PAGE)
            with connected(port) as first:
                assert TOAST.filename in _page(
                    first, PAGE.replace(b"simple/toasting/", b"meanwhile")
                )
            assert TOAST.filename not in _page(later, b"")


def _page(connection: socket.socket, request: bytes) -> str:
    connection.sendall(request)
    head, _, body = connection.recv(1 << 16).partition(b"\r\n\r\n")
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len"))
    while len(body) < int(length.split(b":")[1]):
        body += connection.recv(1 << 16)
    return body.decode()
