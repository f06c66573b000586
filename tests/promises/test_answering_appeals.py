"""An appeal is answered by somebody else, for a day, while there is somebody."""

import pytest

from tests.kit.appealing import appeals, in_case, refusal
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

TOAST = a_wheel("toasting", "1.0")
FILE, PROJECT = f"file:{TOAST.filename}", "project:toasting"


@pytest.fixture
def held(ann: Person, bea: Person) -> int:
    """A moderator holds ann's project: the number of the decision."""
    assert ann.uploads(TOAST).status_code == 200
    return bea.holds(PROJECT, reason="It steals tokens.", private_note="Tip of a friend.")


def test_who_decided_leaves_the_appeal_to_others_for_a_day(
    world: World, held: int, ann: Person, bea: Person, cat: Person
):
    appeals(ann, held)

    for act in ({"act": "dismiss"}, {"act": "hold", "subjects": [FILE]}):
        refused = bea.decides(act.pop("act"), *act.pop("subjects", ()), case=1)
        assert refusal(refused) == (
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
