"""Appeals, as whoever a decision concerns makes them and as both sides see how they stand."""

from typing import Any

from httpx2 import Response

from tests.kit.world import Person


def appeals(
    who: Person, decision: int | str, message: str = "It does not.", **how: Any
) -> Response:
    """POST an appeal."""
    body = {"message": message}
    return who.asks("POST", f"/api/decisions/{decision}/appeal", json=body, **how)


def status(who: Person) -> str:
    """How the appeal stands, as its account sees it."""
    (told,) = who.gets("/api/me").json()["statements"]
    return told["appeal"]["status"]


def in_case(bea: Person, case: int = 1) -> tuple[bool, str]:
    """Whether the case is open, and how its one appeal stands, as moderators see it."""
    seen = bea.gets(f"/api/moderation/cases/{case}").json()
    queued = [each["id"] for each in bea.gets("/api/moderation/queue").json()["cases"]]
    assert (case in queued) == seen["open"]
    (appeal,) = seen["appeals"]
    return seen["open"], appeal["status"]


def refusal(answer: Response) -> tuple[int, str]:
    """The status and the sentences of a refusal."""
    return answer.status_code, answer.text
