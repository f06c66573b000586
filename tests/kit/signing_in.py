"""People with a name and a password, from wherever they come."""

import base64
from dataclasses import replace
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from tests.kit.world import SITE, World

PASSWORD = "correct horse battery"


def signs_up(world: World, name: str = "new", password: str = PASSWORD, **more: Any) -> Response:
    """Somebody who wants an account."""
    body = {"name": name, "password": password, **more}
    return world.anyone.asks("POST", "/api/accounts", json=body)


def logs_in(world: World, name: str = "eva", password: str = PASSWORD, **headers: str) -> Response:
    """Somebody with a name and a password."""
    both = base64.b64encode(f"{name}:{password}".encode()).decode()
    return world.anyone.gets("/api/me", headers={"authorization": f"Basic {both}", **headers})


def at(world: World, address: str) -> World:
    """The same world, asked from there."""
    app = world.client.app
    client = TestClient(app, base_url=SITE, client=(address, 50_000), follow_redirects=False)
    return replace(world, client=client)
