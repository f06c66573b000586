"""A decision is what was asked for, once, by somebody who may still decide."""

import pytest

from storage.records import Role, Scope
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

TOAST = a_wheel("toasting")
CRUMPET = a_wheel("crumpets")


@pytest.fixture
def eve(world: World) -> Person:
    """An admin."""
    return world.somebody("eve", role=Role.ADMIN, scope=Scope.MODERATE)


def test_a_key_makes_a_decision_once(ann: Person, bea: Person):
    ann.uploads(TOAST)
    asked = {"reason": "Spam.", "key": "mail-17"}

    first = bea.decides("hold", "project:toasting", **asked)
    again = bea.decides("hold", "project:toasting", **asked)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()


@pytest.mark.parametrize("other", [{"reason": "Ham."}, {"note": "n"}, {"effects": ["refuse"]}])
def test_a_key_is_for_one_request(ann: Person, bea: Person, other: dict[str, object]):
    ann.uploads(TOAST)
    bea.decides("hold", "project:toasting", reason="Spam.", key="mail-17")

    answer = bea.decides(
        "hold", "project:toasting", **{"reason": "Spam.", "key": "mail-17"} | other
    )

    assert answer.status_code == 409


def test_a_key_with_other_subjects_holds_nothing_in_silence(ann: Person, bea: Person):
    ann.uploads(TOAST)
    ann.uploads(CRUMPET)
    bea.decides("hold", "project:toasting", reason="Spam.", key="mail-17")

    answer = bea.decides("hold", "project:crumpets", reason="Spam.", key="mail-17")

    assert answer.status_code == 409


def test_a_key_of_a_decision_that_was_undone_says_so(ann: Person, bea: Person):
    ann.uploads(TOAST)
    asked = {"reason": "Spam.", "key": "mail-17"}
    decision = bea.decides("hold", "project:toasting", **asked).json()["decision"]["id"]
    bea.undoes(decision)

    answer = bea.decides("hold", "project:toasting", **asked)

    assert answer.status_code == 409
    assert "has been undone since." in answer.text


@pytest.mark.parametrize("whose", [{"by": ""}, {"by": " "}, {"since": ""}, {"by": "", "since": ""}])
def test_nobodys_name_does_not_undo_everybodys_decisions(
    ann: Person, bea: Person, anyone: Person, whose: dict[str, str]
):
    ann.uploads(TOAST)
    bea.holds("project:toasting")

    answer = bea.asks("POST", "/api/moderation/undo", json={"reason": "Oops.", **whose})

    assert answer.status_code in (400, 422)
    assert anyone.sees("toasting") == []


def test_a_moderator_suspends_no_admin(bea: Person, eve: Person):
    token = eve.gets("/api/me").json()["token"]["id"]

    assert bea.decides("hold", "account:eve").status_code == 403
    assert bea.decides("hold", f"token:{token}").status_code == 403
    assert eve.decides("hold", "account:bea").status_code == 201
