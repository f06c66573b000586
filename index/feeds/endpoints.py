"""Other views of the same facts: legacy JSON, RSS and the feed of changes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from packaging.utils import NormalizedName
from packaging.version import Version
from starlette.requests import Request
from starlette.responses import Response

from index.feeds import changes, legacy, rss
from index.names import known_name, only_if_normalized
from index.reading import answered
from index.ready import Ready
from index.services import services
from storage import changes as stored_changes
from storage import described, journal, projects, visibility
from storage.database import Transaction
from storage.problems import Invalid, NotFound
from storage.records import Release

ITEMS_OF_PROJECT = 100
"""How many releases the feed of one project has."""

_SERIAL_DIGITS = 18


async def show_project(request: Request) -> Response:
    """`GET /pypi/{project}/json`: legacy JSON of the version it is known by (S56)."""
    return await _legacy(request, None)


async def show_version(request: Request) -> Response:
    """`GET /pypi/{project}/{version}/json`: legacy JSON of one version (S56)."""
    return await _legacy(request, request.path_params["version"])


async def newest_projects(request: Request) -> Response:
    """`GET /rss/packages.xml` (S59)."""
    return await _rss(
        request,
        lambda tx, at: described.newest_projects(tx, at=at, limit=rss.ITEMS),
        lambda newest: rss.projects(newest, site_url=site_url(request)),
    )


async def newest_releases(request: Request) -> Response:
    """`GET /rss/updates.xml` (S59)."""
    return await _rss(
        request,
        lambda tx, at: described.newest_releases(tx, at=at, limit=rss.ITEMS),
        lambda newest: rss.updates(newest, site_url=site_url(request)),
    )


async def releases_of_project(request: Request) -> Response:
    """`GET /rss/project/{project}/releases.xml` (S59)."""
    name = known_name(request)

    def ask(tx: Transaction, at: datetime) -> Sequence[Release]:
        newest = described.newest_releases(tx, at=at, limit=ITEMS_OF_PROJECT, project=name)
        if not newest:
            raise NotFound(f"There is no project {name}, or none with files.")
        return newest

    return await _rss(
        request, ask, lambda newest: rss.releases(name, newest, site_url=site_url(request))
    )


async def list_changes(request: Request) -> Response:
    """`GET /changes?since=SERIAL`: what happened to projects after that serial."""
    text = request.query_params.get("since", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= _SERIAL_DIGITS):
        raise Invalid(f"{text[:50]!r} is not a serial.", hint="Ask with since= and a number.")
    since = int(text)

    def ask(tx: Transaction, at: datetime) -> Ready:
        found, reached = stored_changes.since(
            tx, since, at=at, entries_at_once=changes.ENTRIES_AT_ONCE
        )
        more = reached is not None
        last_serial = journal.last_serial(tx) if reached is None else reached
        return _json(changes.changes(found, since=since, last_serial=last_serial, more=more))

    return await answered(request, ask)


def site_url(request: Request) -> str:
    """Where people reach the index, with a slash at the end."""
    return f"{services(request).settings.public_url or request.base_url}".rstrip("/") + "/"


async def _legacy(request: Request, version: str | None) -> Response:
    if moved := only_if_normalized(request):
        return moved
    name, site = known_name(request), site_url(request)
    return await answered(request, lambda tx, at: _document(tx, name, version, site, at))


def _document(
    tx: Transaction, name: NormalizedName, version: str | None, site: str, at: datetime
) -> Ready:
    what = f"release {version[:100]} of {name}" if version else f"project {name}"
    missing = NotFound(f"There is no {what}, or none with files.")
    listing = visibility.listing(tx, name, at=at)
    project = projects.by_name(tx, name)
    files = visibility.files_of(tx, name, at=at)
    if listing is None or project is None or not files:
        raise missing
    wanted = version if version is not None else legacy.newest(files)
    release = described.release(tx, name, wanted, at=at) if _is_version(wanted) else None
    if release is None:
        raise missing
    shown = legacy.project if version is None else legacy.version
    owners = [member.name for member in projects.members_of(tx, project.id)]
    urls = {"site_url": site, "files_url": f"{site}packages/"}
    content = shown(listing, files, release, owners=owners, **urls)
    return _json(content, serial=listing.serial)


def _is_version(text: str | None) -> bool:
    try:
        return text is not None and bool(str(Version(text)))
    except ValueError:
        return False


async def _rss(
    request: Request,
    ask: Callable[[Transaction, datetime], Sequence[Release]],
    render: Callable[[Sequence[Release]], bytes],
) -> Response:
    return await answered(
        request,
        lambda tx, at: Ready(content=render(ask(tx, at)), content_type=rss.CONTENT_TYPE),
    )


def _json(content: dict[str, Any], *, serial: int | None = None) -> Ready:
    encoded = msgspec.json.encode(content)
    return Ready(content=encoded, content_type="application/json", serial=serial)
