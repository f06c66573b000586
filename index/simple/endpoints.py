"""The simple repository API: the list of projects, and the page of each (PEP 503, 691)."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from index import keys, ready
from index.cors import ANY_ORIGIN
from index.names import known_name, only_if_normalized
from index.reading import kept_page
from index.ready import Ready, choose_coding
from index.services import services
from index.simple import render
from index.simple.negotiation import Representation, choose
from storage import visibility
from storage.database import Transaction
from storage.problems import NotFound
from storage.records import Seen


async def list_projects(request: Request) -> Response:
    """`GET /simple/`: every project that the public may see."""
    representation, found = _representation(request), services(request)
    coding = choose_coding(request.headers.get("accept-encoding"))
    page = await found.root.page(representation, coding, now=found.now)
    caching = found.caching_of(keys.INDEX)
    return ready.answer(request.headers, request.method, page, caching=caching)


async def show_project(request: Request) -> Response:
    """`GET /simple/{project}/`: its files; 404 for a name that was never taken (S5)."""
    if moved := only_if_normalized(request):
        return moved
    return await _page(request, _representation(request), files_url="../../packages/")


async def probe_project(request: Request) -> Response:
    """`GET /legacy/+simple/{project}/`: the page that hatch looks at before it uploads (U24)."""
    return await _page(request, Representation.TEXT_HTML, files_url="../../../packages/")


async def add_slash(request: Request) -> Response:
    """An index page without its slash: moved for ever to the one with it (S1, S3)."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.url.path}/{query}", 301, ANY_ORIGIN)


async def _page(request: Request, representation: Representation, *, files_url: str) -> Response:
    name = known_name(request)

    def ask(tx: Transaction, at: datetime) -> tuple[Ready, Seen]:
        listing = visibility.listing(tx, name, at=at)
        if listing is None:
            raise NotFound(f"There is no project {name}.")
        return render.project(listing, representation, files_url=files_url), listing.seen

    key = request.scope["path"], representation
    return await kept_page(request, key, ask, purged_by=keys.of_project(name))


def _representation(request: Request) -> Representation:
    accept = ",".join(request.headers.getlist("accept")) or None
    return choose(accept, format=request.query_params.get("format"))
