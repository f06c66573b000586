"""One request to an ASGI application, without a server."""

import asyncio
from typing import Any

import httpx2
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from index.border import Border


def ask(app: ASGIApp, path: str = "/", method: str = "GET", **request: Any) -> httpx2.Response:
    """The answer of *app*. What it raises in spite of its border is raised here too."""

    async def asked() -> httpx2.Response:
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://index") as client:
            client.headers.pop("accept")
            return await client.request(method, path, **request)

    return asyncio.run(asked())


def answering(response: Response) -> ASGIApp:
    """An app behind the border that answers everything in the same way."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await response(scope, receive, send)

    return Border(app)
