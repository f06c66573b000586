"""A release ends holds: those it names, or every hold on its subjects."""

import pytest

from tests.kit.shelf import FILE, HIDDEN, PROJECT, RELEASE, TOAST, everything, seen, without
from tests.kit.world import Person, World


def test_a_release_ends_every_hold_on_its_subject_whoever_made_it(
    shelf: Person, bea: Person, cat: Person
):
    bea.holds(FILE)
    cat.holds(FILE, effects=["refuse"])
    cat.holds(RELEASE, effects=["refuse"])

    bea.releases(FILE)

    assert everything(shelf) == seen(served=without(RELEASE, 403))


def test_a_release_of_some_holds_leaves_the_others(shelf: Person, bea: Person):
    bea.holds(FILE, effects=["hide"])
    bea.holds(FILE, effects=["refuse"])
    newest, oldest = (hold["id"] for hold in bea.gets("/api/moderation/holds").json()["holds"])

    bea.releases(holds=[oldest])
    assert everything(shelf) == seen(served=without(FILE, 403))

    bea.releases(holds=[newest])
    assert everything(shelf) == seen()


def test_a_release_of_a_subject_and_a_hold_leaves_the_other_holds_of_that_hold_s_subject(
    shelf: Person, bea: Person
):
    bea.holds(RELEASE)
    bea.holds(FILE, effects=["refuse"])
    bea.holds(FILE, effects=["hide"])
    newest = bea.gets("/api/moderation/holds").json()["holds"][0]["id"]

    bea.releases(RELEASE, holds=[newest])

    assert everything(shelf) == seen(served=without(FILE, 403))


def test_a_release_ends_one_decision_s_hold_and_not_its_others(shelf: Person, bea: Person):
    bea.holds(FILE, "release:toasting/2.0")

    bea.releases("release:toasting/2.0")

    assert everything(shelf) == HIDDEN[FILE]


def test_any_moderator_releases_and_undoes_what_another_held(
    shelf: Person, bea: Person, cat: Person
):
    bea.holds(FILE)
    second = bea.holds(PROJECT)

    cat.releases(FILE)
    cat.undoes(second)

    assert everything(shelf) == seen()


@pytest.mark.parametrize("subject", [FILE, RELEASE, PROJECT, "account:ann"])
def test_what_is_not_held_cannot_be_released(
    world: World, shelf: Person, bea: Person, subject: str
):
    bea.holds(f"file:{TOAST.filename}" if subject != FILE else RELEASE)
    before = world.journal

    answer = bea.decides("release", subject)

    assert (answer.status_code, answer.text) == (
        409,
        f"Not held: {subject}. Leave it out, or look again.",
    )
    assert world.journal == before


def test_what_was_released_cannot_be_released_again(world: World, shelf: Person, bea: Person):
    bea.holds(FILE)
    hold = bea.gets("/api/moderation/holds").json()["holds"][0]["id"]
    bea.releases(FILE)
    before = world.journal

    assert bea.decides("release", FILE).status_code == 409
    assert bea.decides("release", holds=[hold]).status_code == 409
    assert world.journal == before


def test_a_release_in_which_one_subject_is_not_held_does_nothing(
    world: World, shelf: Person, bea: Person
):
    bea.holds(FILE)
    before = world.journal

    assert bea.decides("release", FILE, RELEASE).status_code == 409
    assert (world.journal, everything(shelf)) == (before, HIDDEN[FILE])


@pytest.mark.parametrize("number", [4711, 2**63 - 1])
def test_a_hold_that_does_not_exist_cannot_be_released(shelf: Person, bea: Person, number: int):
    answer = bea.decides("release", holds=[number])

    assert (answer.status_code, answer.text) == (404, f"There is no hold {number}.")


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_what_cannot_be_the_number_of_a_hold_is_told_so(shelf: Person, bea: Person, number: int):
    assert bea.decides("release", holds=[number]).status_code == 422


def test_a_release_names_something(shelf: Person, bea: Person):
    assert bea.decides("release").status_code == 400


@pytest.mark.parametrize(
    "more", [{"effects": ["hide"]}, {"for": "1h"}, {"until": "2027-01-01T00:00:00Z"}]
)
def test_a_release_has_no_effects_and_no_end(shelf: Person, bea: Person, more: dict[str, object]):
    bea.holds(FILE)

    assert bea.decides("release", FILE, **more).status_code == 422
    assert everything(shelf) == HIDDEN[FILE]
