"""Every route of the API is described, and nothing else is."""

from collections.abc import Collection

from index.openapi.document import OPERATIONS
from index.routes import DOORS

API = {(door.method, door.path) for door in DOORS if door.path.startswith("/api")}


def test_every_route_of_the_api_has_an_operation_and_every_operation_a_route():
    assert faults(OPERATIONS) == []


def test_a_planted_fault_is_found():
    kept = set(OPERATIONS) - {("GET", "/api/me")} | {("GET", "/api/you")}

    assert faults(kept) == ["GET /api/me has no operation", "GET /api/you has no route"]


def faults(operations: Collection[tuple[str, str]]) -> list[str]:
    """What is only a route, or only an operation."""
    return sorted(
        [f"{method} {path} has no operation" for method, path in API - set(operations)]
        + [f"{method} {path} has no route" for method, path in set(operations) - API]
    )
