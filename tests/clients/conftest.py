"""One server for all clients of a run, with what building needs on it, and who uses it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import clients
from tests.kit.clients import Person
from tests.kit.installed import backends
from tests.kit.live import Server, a_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server") / "data"
    with a_server(folder, trusted_projects_per_day="1000") as server:
        yield server


@pytest.fixture(scope="session")
def token(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token of ann, who has published the build backends."""
    token = server.a_token("ann")
    ann = Person(home=tmp_path_factory.mktemp("ann"), index=server.url, token=token)
    uploaded = clients.twine_upload(ann, *backends())
    assert uploaded.code == 0, uploaded.output
    return token


@pytest.fixture
def ann(server: Server, token: str, tmp_path: Path) -> Person:
    """Somebody who publishes."""
    return Person(home=tmp_path / "ann", index=server.url, token=token)


@pytest.fixture
def anyone(server: Server, token: str, tmp_path: Path) -> Person:
    """Somebody without an account."""
    return Person(home=tmp_path / "anyone", index=server.url)
