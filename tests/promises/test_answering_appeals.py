"""An appeal is answered by decisions, by somebody else first, and undoing them opens it again."""

import pytest

from tests.kit.appealing import appeals
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

TOAST = a_wheel("toasting", "1.0")
FILE, PROJECT = f"file:{TOAST.filename}", "project:toasting"


@pytest.fixture
def held(ann: Person, bea: Person) -> int:
    """A moderator holds ann's project: the number of the decision."""
    assert ann.uploads(TOAST).status_code == 200
    return bea.holds(PROJECT)


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


def test_undo_redo_dismiss_and_its_undo_leave_an_appeal_as_decisions_say(
    held: int, ann: Person, bea: Person, cat: Person
):
    appeals(ann, held)
    assert (status(ann), in_case(bea)) == ("open", (True, "open"))

    undone = bea.undoes(held)
    assert ann.gets("/api/me").json()["statements"] == []
    assert in_case(bea) == (False, "overturned")

    cat.undoes(undone)
    assert (status(ann), in_case(bea)) == ("open", (True, "open"))

    dismissed = cat.decides("dismiss", reason="The hold is right.", case=1)
    assert dismissed.status_code == 201
    assert (status(ann), in_case(bea)) == ("upheld", (False, "upheld"))

    cat.undoes(dismissed.json()["decision"]["id"])
    assert (status(ann), in_case(bea)) == ("open", (True, "open"))


def test_an_undo_that_answers_an_appeal_stands_in_the_history_of_its_case(
    held: int, ann: Person, bea: Person
):
    appeals(ann, held)
    before = bea.gets("/api/moderation/cases/1").json()["version"]

    bea.undoes(held)

    seen = bea.gets("/api/moderation/cases/1").json()
    assert seen["version"] == before + 1
    assert [entry["act"] for entry in seen["history"]] == ["undo", "appeal"]


def test_who_decided_leaves_the_appeal_to_others_for_a_day(
    world: World, held: int, ann: Person, bea: Person, cat: Person
):
    appeals(ann, held)

    for act in ({"act": "dismiss"}, {"act": "hold", "subjects": [FILE]}):
        refused = bea.decides(act.pop("act"), *act.pop("subjects", ()), case=1)
        assert (refused.status_code, refused.text) == (
            409,
            f"Case 1 has an appeal against decision {held}, which is your own: cat can settle it, "
            "and you from 2026-11-26 12:00:00 UTC on. "
            f"You can undo decision {held} at any time.",
        )

    world.clock.passes(hours=24)
    assert bea.decides("dismiss", case=1).status_code == 201


def test_who_is_alone_settles_the_appeal_against_themselves(held: int, ann: Person, bea: Person):
    appeals(ann, held)

    assert bea.decides("dismiss", case=1).status_code == 201


def test_a_suspended_colleague_is_nobody_to_wait_for(
    held: int, ann: Person, bea: Person, cat: Person
):
    appeals(ann, held)
    bea.holds("account:cat")

    assert bea.decides("dismiss", case=1).status_code == 201


def test_another_moderator_settles_it_at_once(held: int, ann: Person, bea: Person, cat: Person):
    appeals(ann, held)

    assert cat.decides("dismiss", case=1).status_code == 201


def test_who_decided_undoes_it_at_once(held: int, ann: Person, bea: Person, cat: Person):
    appeals(ann, held)

    bea.undoes(held)

    assert in_case(cat) == (False, "overturned")


def test_a_release_overturns_it_too_and_its_undo_opens_it_again(
    held: int, ann: Person, bea: Person, cat: Person
):
    appeals(ann, held)

    release = cat.releases(PROJECT, case=1)
    assert in_case(cat) == (False, "overturned")
    undo = cat.undoes(release)
    assert in_case(cat) == (True, "open")
    cat.undoes(undo)
    assert in_case(cat) == (False, "overturned")
