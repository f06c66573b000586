"""The description of the API, to whoever asks for it."""

from collections.abc import Callable, Sequence
from functools import cache

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from index import ready
from index.guard import Door, Endpoint
from index.openapi.document import described
from index.ready import Ready
from index.services import services


def describing(doors: Callable[[], Sequence[Door]]) -> Endpoint:
    """The endpoint that describes these *doors*, of which it is one."""

    @cache
    def document() -> Ready:
        content = msgspec.json.format(msgspec.json.encode(described(doors())))
        return Ready(content=content, content_type="application/json")

    async def show_openapi(request: Request) -> Response:
        """`GET /openapi.json`: every route of the API, in OpenAPI 3.1."""
        return ready.answer(
            request.headers, request.method, document(), caching=services(request).caching
        )

    return show_openapi
