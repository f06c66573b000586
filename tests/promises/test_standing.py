"""How an account stands, as it is told itself and as moderators see it."""

from typing import Any

import pytest

from tests.kit.makers import a_wheel
from tests.kit.world import Person, World


@pytest.fixture
def dan(world: World) -> Person:
    """An uploader that is new here."""
    return world.somebody("dan", new=True)


def test_an_account_learns_how_it_stands_and_what_it_lacks(world: World, dan: Person, bea: Person):
    assert _standing(dan) == (
        "new",
        [
            {"what": "account-age", "until": "2026-12-02T12:00:00Z"},
            {"what": "public-file", "until": None},
        ],
    )

    world.clock.passes(days=6)
    dan.uploads(a_wheel("toasting"))
    public = {"what": "public-file", "until": "2026-12-04T12:00:00Z"}
    assert _standing(dan)[1][1:] == [public]
    world.clock.passes(days=1)
    assert _standing(dan) == ("new", [public])
    world.clock.passes(days=2)
    assert _standing(dan) == ("trusted", [])

    hold = bea.holds("project:toasting")
    assert _standing(dan) == ("new", [{"what": "public-file", "until": None}])
    bea.undoes(hold)
    assert _standing(dan) == ("trusted", [])


def _standing(person: Person) -> tuple[str, list[dict[str, str | None]]]:
    me = person.gets("/api/me").json()
    return me["standing"], me["missing"]


def test_moderators_see_how_an_account_stands(world: World, dan: Person, bea: Person):
    dan.uploads(a_wheel("toasting"))
    end, numbers = "2026-12-01T00:00:00Z", {"files_per_day": 7}
    decided = [
        answer.json()["decision"]["id"]
        for answer in (
            bea.decides("limits", "account:dan", limits=numbers, until=end),
            bea.decides("vouch", "account:dan", reason="I know him."),
            bea.decides("hold", "account:dan"),
        )
    ]

    seen = bea.gets("/api/moderation/accounts/DAN").json()

    day = "2026-11-26T12:00:00Z"
    assert seen == {
        "account": _account("dan"),
        "standing": "trusted",
        "missing": [],
        "limits": {
            "projects_per_day": _used(20, 1, day),
            "files_per_day": _used(7, 1, day),
            "files_per_10_minutes": _used(None, 1, None),
        },
        "overrides": [_override(numbers, decided[0], end)],
        "vouches": [_vouch(decided[1], "I know him.")],
        "holds": bea.gets("/api/moderation/holds").json()["holds"],
        "projects": ["toasting"],
        "counts": {"files": 1, "holds": 1, "decisions": 3},
    }
    assert [each["decision"] for each in seen["holds"]] == decided[2:]
    assert bea.gets("/api/moderation/accounts/nobody").status_code == 404


def _account(name: str) -> dict[str, Any]:
    made = "2026-11-25T12:00:00Z"
    return {"name": name, "email": None, "role": "uploader", "created_at": made}


def _used(limit: int | None, used: int, free_at: str | None) -> dict[str, Any]:
    remaining = None if limit is None else limit - used
    return {"limit": limit, "used": used, "remaining": remaining, "free_at": free_at}


def _override(numbers: dict[str, int], decision: int, until: str) -> dict[str, Any]:
    usual = dict.fromkeys(("projects_per_day", "files_per_day", "files_per_10_minutes"))
    return {**usual, **numbers, "until": until, "reason": "Because.", "decision": decision}


def _vouch(decision: int, reason: str) -> dict[str, Any]:
    at = "2026-11-25T12:00:00Z"
    return {"decision": decision, "by": "account:bea", "at": at, "reason": reason}
