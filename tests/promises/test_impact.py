"""The impact card: what a decision would reach is told before it is made, and nothing is done."""

from typing import Any

import pytest

from tests.kit.makers import a_wheel, an_sdist
from tests.kit.world import Person, World

WHEEL, SDIST = a_wheel("toasting", "1.0"), an_sdist("toasting", "1.0")
NOTHING = {"total": 0, "refused": 0, "waiting": 0}


@pytest.fixture
def settings() -> dict[str, object]:
    """Anyone may sign up."""
    return {"signup": "open"}


def test_a_card_tells_files_age_downloads_members_and_earlier_verdicts(
    world: World, ann: Person, bob: Person, bea: Person
):
    ann.uploads(WHEEL)
    ann.uploads(SDIST)
    ann.asks("PUT", "/api/projects/toasting/members/bob")
    for _ in range(3):
        world.anyone.downloads(WHEEL)
    world.anyone.downloads(SDIST, headers={"range": "bytes=0-3"})
    world.anyone.downloads(WHEEL, ".metadata")
    world.anyone.asks("HEAD", f"/packages/{SDIST.sha256}/{SDIST.filename}")
    world.services.downloads.note(world.services.database)
    hold = bea.holds("project:toasting", reason="Looks odd.")
    bea.undoes(hold)
    world.clock.passes(days=30)
    before = world.journal

    card = _card(bea, "hold", "project:toasting")

    assert card == {
        "files": 2,
        "projects": ["toasting"],
        "established": 1,
        "oldest": "2026-11-25T12:00:00Z",
        "newest": "2026-11-25T12:00:00Z",
        "downloads": 3,
        "members": ["ann", "bob"],
        "members_count": 2,
        "verdicts": [
            _verdict(hold + 1, "undo", "A mistake.", effective=True),
            _verdict(hold, "hold", "Looks odd.", effective=False),
        ],
    }
    assert world.journal == before


def test_downloads_of_many_days_add_up_for_thirty_of_them(world: World, ann: Person, bea: Person):
    ann.uploads(WHEEL)
    for _ in range(40):
        world.anyone.downloads(WHEEL)
        world.services.downloads.note(world.services.database)
        world.anyone.downloads(WHEEL)
        world.clock.passes(days=1)
    world.services.downloads.note(world.services.database)

    assert _card(bea, "hold", "project:toasting")["downloads"] == 2 * 30


def test_the_card_of_an_undo_tells_what_it_takes_back(world: World, ann: Person, bea: Person):
    ann.uploads(WHEEL)
    first, second = bea.holds("project:toasting"), bea.holds(f"file:{WHEEL.filename}")

    one = bea.asks(
        "POST", f"/api/moderation/decisions/{first}/undo?dry_run=1", json={"reason": "?"}
    ).json()
    both = bea.asks("POST", "/api/moderation/undo?dry_run=1", json={"by": "bea", "reason": "?"})

    assert (one["undoes"], one["impact"]["files"]) == ([first], 1)
    assert both.json()["undoes"] == [first, second]
    assert world.anyone.sees("toasting") == []


def test_the_card_of_a_mode_tells_what_it_would_have_done_with_last_week(
    world: World, ann: Person, bea: Person
):
    world.clock.passes(days=-8)
    old = world.somebody("old", new=True)
    old.uploads(a_wheel("ancient", "1.0"))
    world.clock.passes(days=8)
    for name in ("dan", "fay"):
        body = {"name": name, "password": "a long password"}
        assert world.anyone.asks("POST", "/api/accounts", json=body).status_code == 201
    dan = world.somebody("hal", new=True)
    for archive in (WHEEL, SDIST, a_wheel("toasting", "2.0")):
        dan.uploads(archive)
    ann.uploads(a_wheel("jam", "1.0"))
    old.uploads(a_wheel("ancient", "2.0"))

    def told(mode: str) -> dict[str, Any]:
        body = {"act": "mode", "mode": mode, "reason": "?"}
        answer = bea.asks("POST", "/api/moderation/decisions?dry_run=1", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()["last_7_days"]
        return found

    assert told("careful") == {
        "sign_ups": {"total": 2, "refused": 0, "waiting": 0},
        "uploads": {"total": 3, "refused": 0, "waiting": 0},
        "new_projects": {"total": 2, "refused": 0, "waiting": 1},
    }
    assert told("review")["uploads"] == {"total": 3, "refused": 0, "waiting": 2}
    assert told("updates") == {
        "sign_ups": {"total": 2, "refused": 2, "waiting": 0},
        "uploads": {"total": 3, "refused": 2, "waiting": 0},
        "new_projects": {"total": 2, "refused": 2, "waiting": 0},
    }
    assert world.anyone.gets("/api/admission").json()["mode"] == "open"
    world.clock.passes(days=8)
    assert told("read-only") == dict.fromkeys(("sign_ups", "uploads", "new_projects"), NOTHING)


def _card(person: Person, act: str, *subjects: str) -> dict[str, Any]:
    body = {"act": act, "subjects": subjects, "reason": "Would this be wise?"}
    answer = person.asks("POST", "/api/moderation/decisions?dry_run=1", json=body)
    assert answer.status_code == 200, answer.text
    card: dict[str, Any] = answer.json()["impact"]
    return card


def _verdict(decision: int, act: str, reason: str, *, effective: bool) -> dict[str, Any]:
    return {
        "decision": decision,
        "act": act,
        "by": "account:bea",
        "at": "2026-11-25T12:00:00Z",
        "reason": reason,
        "effective": effective,
    }
