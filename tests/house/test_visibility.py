"""Law 3: every route that serves files or names asks the one visibility query."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.testclient import TestClient

from index.border import Border
from index.guard import Door, Endpoint, Who, reader
from index.routes import DOORS, routes
from index.services import services
from storage.schema import files
from tests.kit.walking import (
    LATER,
    NAMING,
    OTHER,
    PUBLISHED,
    SILENT,
    SOURCE,
    URLS,
    WHEEL,
    Seen,
    leaks,
    secrets_of,
    walked,
)
from tests.kit.world import SITE, Person, World

WAYS = {
    "a file": ([WHEEL], f"file:{WHEEL.filename}"),
    "a release": ([WHEEL, SOURCE], f"release:toasting/{WHEEL.version}"),
    "a project": ([WHEEL, SOURCE, LATER], "project:toasting"),
}
WITHDRAWN = {"a file": WHEEL, "a release": f"toasting/{WHEEL.version}"}


@pytest.fixture
def public(world: World, ann: Person) -> World:
    """Everything is public."""
    for archive in (WHEEL, SOURCE, LATER, OTHER):
        assert ann.uploads(archive).status_code == 200
    return world


def test_every_route_that_anyone_may_ask_is_walked():
    open_doors = {door.path for door in DOORS if door.who in (Who.ANYONE, Who.READER)}
    asked = {door.path for door in DOORS if door.path in open_doors and door.method == "GET"}

    assert set(URLS) == asked


def test_what_is_public_is_shown_by_every_route_but_the_silent(public: World):
    assert _silent(walked(public)) == SILENT | {*PUBLISHED}


@pytest.mark.parametrize("what", WAYS)
def test_no_route_tells_what_is_hidden(public: World, bea: Person, what: str):
    before = walked(public)

    bea.holds(WAYS[what][1], effects=["hide"])

    assert list(faults(walked(public, before=before), what)) == []


@pytest.mark.parametrize("what", WITHDRAWN)
def test_no_route_tells_what_is_withdrawn(public: World, ann: Person, what: str):
    before = walked(public)

    assert ann.withdraws(WITHDRAWN[what]).status_code == 201

    assert list(faults(walked(public, before=before), what)) == []


def test_what_is_refused_is_still_named_and_not_served(public: World, bea: Person):
    bea.holds("project:toasting", effects=["refuse"])

    assert _silent(walked(public)) == SILENT | {*PUBLISHED, "/packages/{sha256}/{filename}"}


def _silent(seen: list[Seen]) -> set[str]:
    secrets = secrets_of([WHEEL, SOURCE, LATER, OTHER], *NAMING)
    return set(URLS) - {each.door for each in seen if leaks(each, secrets)}


def test_a_planted_route_that_is_in_no_table_is_found(world: World):
    planted = reader("GET", "/planted/{project}", list_rows)

    with pytest.raises(AssertionError, match=r"/planted/\{project\} is not in the table"):
        walked(world, doors=(*DOORS, planted))


async def list_rows(request: Request) -> Response:
    """A fault: the rows themselves, whoever may see them."""
    names = await services(request).database.read(
        lambda tx: list(tx.scalars(select(files.c.filename)))
    )
    return PlainTextResponse("\n".join(names))


async def skip_for_head(request: Request) -> Response:
    """A fault: HEAD says that it is there."""
    return PlainTextResponse("", 200 if request.method == "HEAD" else 404)


async def skip_for_range(request: Request) -> Response:
    """A fault: a part is served without a question."""
    return PlainTextResponse("bytes", 206 if "range" in request.headers else 404)


async def skip_for_etag(request: Request) -> Response:
    """A fault: a copy is called good without a question."""
    return PlainTextResponse("", 304 if "if-none-match" in request.headers else 404)


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/simple/{project}/", list_rows),
        ("/simple/", list_rows),
        ("/rss/updates.xml", list_rows),
        ("/packages/{sha256}/{filename}", skip_for_head),
        ("/packages/{sha256}/{filename}", skip_for_range),
        ("/packages/{sha256}/{filename}", skip_for_etag),
        ("/simple/{project}/", skip_for_etag),
    ],
)
def test_a_planted_route_that_does_not_ask_is_found(
    public: World, bea: Person, path: str, endpoint: Endpoint
):
    planted = [reader("GET", path, endpoint) if door.path == path else door for door in DOORS]
    before = walked(public, only=[path])
    bea.holds("project:toasting")

    after = walked(_with_doors(public, planted), planted, before=before, only=[path])

    assert list(faults(after, "a project")) != []


def _with_doors(world: World, doors: list[Door]) -> World:
    app = Starlette(routes=routes(doors), middleware=[Middleware(Border)])
    app.state.services = world.services
    return replace(world, client=TestClient(app, base_url=SITE, follow_redirects=False))


def faults(after: list[Seen], what: str) -> Iterator[str]:
    """Every answer that tells something of what is hidden, or that it was there."""
    hidden = WAYS[what][0]
    names = {"a file": [], "a release": [WHEEL.version], "a project": NAMING}[what]
    for seen in after:
        status = seen.answer.status_code
        told = leaks(seen, secrets_of(hidden, *names), excused=what == "a project")
        if told:
            yield f"{seen.door} tells {told[0][:40]!r}: {seen}"
        if any(archive.sha256 in seen.url for archive in hidden) and status != 404:
            yield f"{seen.door} answers {status} for a file that is hidden: {seen}"
        if status == 304 and seen.had and leaks(seen.had, secrets_of(hidden, *names)):
            yield f"{seen.door} says that the copy is good: {seen}"
