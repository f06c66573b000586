"""A store of each kind, and what is in its folder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.blobs import Blobs
from storage.blobs.disk import DiskBlobs
from storage.blobs.memory import MemoryBlobs


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
