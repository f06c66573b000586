"""A read, in one hop to a worker thread: ask the database, render, compress."""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from index import ready
from index.ready import Ready
from index.services import services
from storage.database import Transaction

Ask = Callable[[Transaction, datetime], Ready]


async def answered(request: Request, ask: Ask) -> Response:
    """The answer to *request* with what *ask* finds now. Raises what *ask* raises."""
    found = services(request)

    def answer(tx: Transaction) -> Response:
        page = ask(tx, found.now())
        return ready.answer(request.headers, request.method, page, caching=found.caching)

    return await found.database.read(answer)
