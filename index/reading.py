"""A read, in one hop to a worker thread at most: ask the database, render, compress, keep."""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from index import ready
from index.caching import Caching
from index.kept import Item
from index.prepared import Asked, Prepared, prepare
from index.ready import Coding, Ready
from index.services import Services, services
from storage.database import Transaction
from storage.records import Seen

T = TypeVar("T")
Fetch = Callable[[Transaction, datetime], T]
Ask = Fetch[Ready]
AskPage = Fetch[tuple[Ready, Seen]]
Kept = TypeVar("Kept", bound=Item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of one project, as it is kept."""

    ready: Ready
    seen: Seen
    route: str
    caching: Caching
    answers: dict[tuple[Coding, bool], Prepared] = field(default_factory=dict, repr=False)

    @property
    def size_bytes(self) -> int:
        """How much memory it takes, by and large."""
        return self.ready.size_bytes + 4096

    def prepared(self, asked: Asked) -> Prepared | None:
        """The answer, unless it has to be compressed first or there is no such coding."""
        coding = ready.known_coding(asked.accept_encoding)
        if coding is None or not self.ready.has(coding):
            return None
        has = ready.has_already(self.ready, coding, asked.if_none_match)
        if (found := self.answers.get((coding, has))) is None:
            response = ready.answer(asked.as_headers(), "GET", self.ready, caching=self.caching)
            found = self.answers[coding, has] = prepare(response, route=self.route)
        return found


async def answered(request: Request, ask: Ask) -> Response:
    """The answer to *request* with what *ask* finds now. Raises what *ask* raises."""
    found = services(request)

    def answer(tx: Transaction) -> Response:
        page = ask(tx, found.now())
        return ready.answer(request.headers, request.method, page, caching=found.caching)

    return await found.database.read(answer)


async def kept_page(request: Request, key: Hashable, ask: AskPage, *, purged_by: str) -> Response:
    """The same with a page that is kept, if it is there and still true.

    *purged_by* is the key by which shared caches drop it when it changes.
    """
    found, headers = services(request), request.headers
    coding = ready.choose_coding(headers.get("accept-encoding"))
    route: str = request.scope["route"].path

    def fetch(tx: Transaction, at: datetime) -> Page:
        page, seen = ask(tx, at)
        page.body(coding)
        return Page(ready=page, seen=seen, route=route, caching=found.caching_of(purged_by))

    page = await kept(found, key, fetch)
    if not page.ready.has(coding):
        await to_thread.run_sync(page.ready.body, coding)
        found.shelf.put(key, page)
    return ready.answer(headers, request.method, page.ready, caching=page.caching)


async def kept(found: Services, key: Hashable, fetch: Fetch[Kept]) -> Kept:
    """What is kept under that key, or else what *fetch* finds, which is kept then.

    Of those who ask at the same time one fetches, and the others take it if it is still true
    when they get it. Raises what *fetch* raises.
    """
    shelf = found.shelf
    while True:
        at = found.now()
        if found.watch.look(at=at) and (item := shelf.get(key, at=at)) is not None:
            return cast(Kept, item)  # What is under a key is what was fetched for it.
        pending = shelf.filling.get(key)
        if pending is None:
            return await _filled(found, key, fetch)
        if not await asyncio.shield(pending):
            # There may be nothing to have: nobody waits for the others in turn then.
            return await found.database.read(fetch, at)


async def _filled(found: Services, key: Hashable, fetch: Fetch[Kept]) -> Kept:
    done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    found.shelf.filling[key] = done
    had = False
    try:
        item = await found.database.read(fetch, found.now())
        found.shelf.put(key, item)
        had = True
        return item
    finally:
        del found.shelf.filling[key]
        done.set_result(had)
