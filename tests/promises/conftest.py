"""The shelf of the promises about moderation."""

import pytest

from tests.kit.shelf import FILES, everything, seen
from tests.kit.world import Person


@pytest.fixture
def shelf(ann: Person, anyone: Person) -> Person:
    """Two releases are public."""
    for archive in FILES:
        assert ann.uploads(archive).status_code == 200
    assert everything(anyone) == seen()
    return anyone
