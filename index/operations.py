"""What operators and their machines ask: is it alive, is it ready, what is here."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from index.feeds.endpoints import site_url
from index.services import services


async def welcome(request: Request) -> Response:
    """`GET /`: how to install from here and upload to here."""
    site = site_url(request)
    return PlainTextResponse(
        "Bascule, a Python package index.\n\n"
        f"Install from it:  pip install --index-url {site}simple/ NAME\n"
        f"Upload to it:     twine upload --repository-url {site}legacy/ dist/*\n"
    )


async def is_alive(_request: Request) -> Response:
    """`GET /healthz`: the process answers. It asks nobody else."""
    return PlainTextResponse("ok\n")


async def is_ready(request: Request) -> Response:
    """`GET /readyz`: migrated, and database and blobs can be written; 503 or 507 if not."""
    found = services(request)
    await found.readiness.check(found.database, found.blobs, at=found.now())
    return PlainTextResponse("ready\n")
