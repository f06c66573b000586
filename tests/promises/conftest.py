"""The shelf of the promises about moderation, and a second server on the same files."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from index.app import assemble, compose
from tests.kit.objects import ObjectStore
from tests.kit.places import Place
from tests.kit.postgres import Postgres
from tests.kit.receiving import Hook, Post, a_hook, a_post
from tests.kit.shelf import FILES, everything, seen
from tests.kit.told import OTHER, TOAST, passes, set_email
from tests.kit.world import SITE, Person, World

ON_BOTH = {
    "claims",
    "concurrency",
    "copies_elsewhere",
    "deciding",
    "dismissing",
    "erasing_payloads",
    "expiring",
    "flushing_together",
    "holding",
    "jobs_on_nodes",
    "limits",
    "moving",
    "moving_files",
    "one_look",
    "queue",
    "reads_from_memory",
    "releasing",
    "the_journal",
    "the_root_list",
    "undoing",
    "waiting",
    "watching",
}
"""The promises about rows: what is decided, counted, undone, remembered, and by many at once."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Keep the promises about rows on both databases, and with `--every-database` all others.

    All others take eight minutes more, and what they promise is the work of the same functions.
    """
    if "database_url" not in metafunc.fixturenames:
        return
    kinds = ["sqlite", "postgresql"]
    alone = [each for each in kinds if metafunc.definition.get_closest_marker(f"on_{each}")]
    is_about_rows = metafunc.module.__name__.rpartition("test_")[2] in ON_BOTH
    if not alone and not is_about_rows and not metafunc.config.getoption("every_database"):
        alone = ["sqlite"]
    metafunc.parametrize("database_url", alone or kinds, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the world's rows are: what is promised is promised on both."""
    if request.param == "sqlite":
        yield ""
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as name:
        yield server.url(name)


@pytest.fixture
def shelf(ann: Person, anyone: Person) -> Person:
    """Two releases are public."""
    for archive in FILES:
        assert ann.uploads(archive).status_code == 200
    assert everything(anyone) == seen()
    return anyone


@pytest.fixture
def other(world: World) -> Iterator[World]:
    """The same index, behind another server on the same files."""
    services = replace(compose(world.services.settings), now=world.clock)
    with TestClient(assemble(services), base_url=SITE, follow_redirects=False) as client:
        yield replace(world, services=services, client=client)


@pytest.fixture
def place(postgres: Postgres, objects: ObjectStore) -> Iterator[Place]:
    """Where an index may move to."""
    with postgres.database() as name:
        yield Place(postgres.url(name), objects.settings)


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server."""
    with a_post() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Who is told by webhooks."""
    with a_hook() as running:
        yield running


@pytest.fixture
def told(world: World, ann: Person, bob: Person, bea: Person, post: Post, hook: Hook) -> None:
    """Ann and bob can be written to and have a project each; what was to be told so far is."""
    assert bea.account is not None
    for person in (ann, bob):
        set_email(world, person)
    ann.uploads(TOAST)
    bob.uploads(OTHER)
    passes(world, minutes=1)
    post.mails.clear()
    hook.came.clear()
