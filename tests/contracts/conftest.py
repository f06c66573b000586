"""A store of each kind, what is in its folder, and a database of each kind."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.blobs import Blobs
from storage.blobs.disk import DiskBlobs
from storage.blobs.memory import MemoryBlobs
from storage.database import Database
from tests.kit.postgres import Postgres


@pytest.fixture(params=["disk", "memory", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """An empty store of each kind."""
    kinds: dict[str, Callable[[], Blobs]] = {
        "disk": lambda: DiskBlobs(tmp_path),
        "memory": MemoryBlobs,
        "bucket": lambda: request.getfixturevalue("objects").blobs(tmp_path),
    }
    return kinds[request.param]()


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], list[str]]:
    """The names of the files in the folder of a store on disk; of one elsewhere none."""
    return lambda: sorted(path.name for path in tmp_path.rglob("*") if path.is_file())


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database without a table is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/toast.sqlite"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.bare() as url:
        yield url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A table for toast."""
    database = Database(url)
    database.write_now(lambda tx: tx.exec_driver_sql("CREATE TABLE toast (slice INTEGER)"))
    yield database
    database.close()
