"""The world and its people: ann and bob upload, bea and cat moderate, anyone is a stranger."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from storage.records import Role, Scope
from tests.kit.objects import ObjectStore, an_object_store
from tests.kit.placed import migrated
from tests.kit.postgres import Postgres, a_postgres
from tests.kit.world import Person, World, a_world

hypothesis_settings.register_profile("deep", max_examples=5_000)
"""For ``pytest --hypothesis-profile=deep``: tests of properties that look for long."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--every-database`: see tests/promises/conftest.py."""
    parser.addoption("--every-database", action="store_true", help="all promises on PostgreSQL")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database that every world begins with a copy of."""
    return migrated(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    """A real S3 server, one for all processes of the run."""
    its_own = tmp_path_factory.getbasetemp()
    shared = its_own.parent if "PYTEST_XDIST_WORKER" in os.environ else its_own
    with an_object_store(shared) as running:
        yield running


@pytest.fixture
def objects(object_server: ObjectStore) -> ObjectStore:
    """An empty place on it."""
    return object_server.a_place()


@pytest.fixture
def settings() -> dict[str, object]:
    """How the world's index is set; a module or a test overrides it."""
    return {}


@pytest.fixture
def database_url() -> str:
    """Where the world's rows are: in the folder. The promises hold on PostgreSQL, too."""
    return ""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of these tests alone."""
    with a_postgres() as running:
        yield running


@pytest.fixture
def world(
    tmp_path: Path, template: Path, settings: dict[str, object], database_url: str
) -> Iterator[World]:
    """A running index. At the end nothing may be left that no row refers to."""
    chosen = {**settings, "database_url": database_url}
    with a_world(tmp_path / "data", template, **chosen) as running:
        yield running
        assert running.sweep() == (0, 0)


@pytest.fixture
def ann(world: World) -> Person:
    """An uploader."""
    return world.somebody("ann")


@pytest.fixture
def bob(world: World) -> Person:
    """Another uploader."""
    return world.somebody("bob")


@pytest.fixture
def bea(world: World) -> Person:
    """A moderator."""
    return world.somebody("bea", role=Role.MODERATOR, scope=Scope.MODERATE)


@pytest.fixture
def cat(world: World) -> Person:
    """Another moderator."""
    return world.somebody("cat", role=Role.MODERATOR, scope=Scope.MODERATE)


@pytest.fixture
def eve(world: World) -> Person:
    """An admin."""
    return world.somebody("eve", role=Role.ADMIN, scope=Scope.MODERATE)


@pytest.fixture
def anyone(world: World) -> Person:
    """A stranger."""
    return world.anyone
