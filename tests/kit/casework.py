"""What reporters and moderators do with cases, through the public door."""

from collections.abc import Sequence
from typing import Any

from httpx2 import Response

from tests.kit.world import Person, World

QUEUE = "/api/moderation/queue"


def a_report(subject: str = "project:toasting", **more: Any) -> dict[str, Any]:
    """The body of a report on one subject."""
    return {"subject": subject, "kind": "malware", "summary": "It steals tokens.", **more}


def reports(person: Person, subject: str = "project:toasting", **more: Any) -> int:
    """Report something; the number of its case."""
    answer = tries_to_report(person, subject, **more)
    assert answer.status_code == 202, answer.text
    case: int = answer.json()["report"]["case"]
    return case


def tries_to_report(person: Person, subject: str = "project:toasting", **more: Any) -> Response:
    """POST a report on one subject."""
    return person.asks("POST", "/api/reports", json=a_report(subject, **more))


def outcomes(person: Person) -> list[tuple[str, str | None]]:
    """How the person's own reports stand, the newest first, and why."""
    mine = person.gets("/api/reports").json()["reports"]
    return [(report["status"], report["reason"]) for report in mine]


def queue(person: Person, **asked: int) -> list[int]:
    """The cases in the queue, in its order."""
    return [line["id"] for line in lines(person, **asked)]


def lines(person: Person, **asked: int) -> list[dict[str, Any]]:
    """The lines of the queue."""
    answer = person.asks("GET", QUEUE, params=asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["cases"]
    return found


def case(person: Person, number: int) -> dict[str, Any]:
    """All about one case."""
    answer = person.gets(f"/api/moderation/cases/{number}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def claims(person: Person, number: int, **how: bool) -> Response:
    """PUT a claim."""
    return person.asks("PUT", f"/api/moderation/cases/{number}/claim", json=how)


def gives_back(person: Person, number: int) -> Response:
    """DELETE a claim."""
    return person.asks("DELETE", f"/api/moderation/cases/{number}/claim")


def dismisses(person: Person, number: int, **more: Any) -> int:
    """Dismiss a case; the number of the decision."""
    answer = person.decides("dismiss", case=number, **more)
    assert answer.status_code == 201, answer.text
    decision: int = answer.json()["decision"]["id"]
    return decision


def some_reporters(world: World, number: int) -> Sequence[Person]:
    """So many people who may report."""
    return [world.somebody(f"reporter{each}") for each in range(number)]
