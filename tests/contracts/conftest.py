"""What is in the folder of a store."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], list[str]]:
    """The names of the files in the folder of a store on disk; of one in memory none."""
    return lambda: sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
