"""The shelf of the promises about moderation, and a second server on the same files."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from index.app import assemble, compose
from tests.kit.shelf import FILES, everything, seen
from tests.kit.world import SITE, Person, World


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
