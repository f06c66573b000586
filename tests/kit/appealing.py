"""Appeals, as whoever a decision concerns sends them."""

from typing import Any

from httpx2 import Response

from tests.kit.world import Person


def appeals(
    who: Person, decision: int | str, message: str = "It does not.", **how: Any
) -> Response:
    """POST an appeal."""
    body = {"message": message}
    return who.asks("POST", f"/api/decisions/{decision}/appeal", json=body, **how)
