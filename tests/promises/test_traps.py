"""Traps that others fell into, each with a test (MODERATION.md)."""

import pytest

from tests.kit.makers import a_wheel
from tests.kit.shelf import (
    FILE,
    FREE,
    HIDDEN,
    PROJECT,
    RELEASE,
    SOURCE,
    TOAST,
    changes_by,
    everything,
    seen,
    without,
)
from tests.kit.world import Person, World


def test_two_holds_in_one_second_are_two(shelf: Person, bea: Person, cat: Person):
    first = bea.holds(FILE, effects=["hide"])
    second = cat.holds(FILE, effects=["refuse"])

    bea.undoes(first)
    assert everything(shelf) == seen(served=without(FILE, 403))
    cat.undoes(second)
    assert everything(shelf) == seen()


def test_a_hold_and_a_release_in_one_second_happened_in_their_order(shelf: Person, bea: Person):
    bea.holds(FILE)
    bea.releases(FILE)
    assert everything(shelf) == seen()

    bea.holds(FILE)
    assert everything(shelf) == HIDDEN[FILE]


def test_what_was_archived_and_then_quarantined_is_still_archived(
    shelf: Person, ann: Person, bea: Person
):
    ann.says("toasting", "archived", "We toast no more.")
    bea.holds(PROJECT)
    assert everything(shelf)["status"] == {"status": "quarantined"}

    bea.releases(PROJECT)

    assert everything(shelf)["status"] == {"status": "archived", "reason": "We toast no more."}
    assert ann.uploads(a_wheel("toasting", "3.0")).status_code == 403


def test_the_second_of_two_freezes_holds_when_the_first_is_released(
    shelf: Person, ann: Person, bea: Person
):
    bea.holds(PROJECT, effects=["freeze"])
    bea.holds(PROJECT, effects=["freeze"])
    newest, oldest = (hold["id"] for hold in bea.gets("/api/moderation/holds").json()["holds"])

    bea.releases(holds=[newest])
    assert changes_by(ann) == dict.fromkeys(FREE, 403)

    bea.releases(holds=[oldest])
    assert changes_by(ann) == FREE


def test_owners_of_a_released_project_are_free_at_once(shelf: Person, ann: Person, bea: Person):
    bea.holds(PROJECT)
    assert changes_by(ann) == dict.fromkeys(FREE, 403)

    bea.releases(PROJECT)

    assert changes_by(ann) == FREE


def test_a_name_cannot_be_taken_while_it_is_held(
    shelf: Person, ann: Person, bob: Person, bea: Person
):
    hold = bea.holds(PROJECT)

    assert bob.uploads(a_wheel("toasting", "9.0")).status_code == 403
    assert bob.uploads(a_wheel("t0asting", "9.0")).status_code == 400
    bea.undoes(hold)
    assert everything(shelf) == seen()
    assert changes_by(ann) == FREE


@pytest.mark.parametrize("subject", [FILE, RELEASE])
def test_a_file_name_is_not_used_again_while_it_is_held(
    shelf: Person, ann: Person, bea: Person, subject: str
):
    bea.holds(subject)
    other = a_wheel("toasting", "1.0", summary="Other bytes.")

    assert ann.uploads(other).status_code == 400
    bea.releases(subject)
    assert everything(shelf) == seen()


def test_the_suspension_of_one_member_takes_no_project_with_it(
    shelf: Person, ann: Person, bob: Person, bea: Person
):
    ann.asks("PUT", "/api/projects/toasting/members/bob")

    bea.holds("account:ann")

    assert everything(shelf) == seen()
    assert changes_by(bob) == FREE


@pytest.mark.parametrize(("part", "subject"), [(TOAST, FILE), ("toasting/1.0", RELEASE)])
def test_a_release_by_a_moderator_publishes_nothing_that_its_owner_withdrew(
    shelf: Person, ann: Person, bea: Person, part: str, subject: str
):
    ann.withdraws(part)
    assert bea.decides("release", subject).status_code == 409

    bea.holds(subject)
    bea.releases(subject)

    assert everything(shelf) == HIDDEN[subject]
    ann.restores(part)
    assert everything(shelf) == seen()


def test_a_release_by_number_does_not_either(shelf: Person, ann: Person, bea: Person):
    ann.withdraws(TOAST)
    hold = bea.gets("/api/moderation/holds").json()["holds"][0]

    answer = bea.decides("release", holds=[hold["id"]])

    assert (answer.status_code, answer.text) == (
        403,
        f"Hold {hold['id']} is a withdrawal by an owner, or an erasure. "
        "A release does not end it. Undo its decision if it was not the owner's will.",
    )
    assert everything(shelf) == HIDDEN[FILE]
    bea.undoes(hold["decision"])
    assert everything(shelf) == seen()


def test_what_an_owner_restores_stays_held_by_a_moderator(shelf: Person, ann: Person, bea: Person):
    ann.withdraws(TOAST)
    bea.holds(FILE)

    ann.restores(TOAST)

    assert everything(shelf) == HIDDEN[FILE]


def test_a_restored_file_stays_restored_when_an_older_undo_of_its_withdrawal_is_undone(
    shelf: Person, ann: Person, bea: Person
):
    withdrawal = ann.withdraws(TOAST).json()["decision"]
    undo = bea.undoes(withdrawal)
    ann.withdraws(TOAST)
    ann.restores(TOAST)

    bea.undoes(undo)

    assert everything(shelf) == seen()


def test_a_quarantine_shows_no_version_of_which_every_file_was_hidden(
    shelf: Person, ann: Person, bea: Person
):
    ann.withdraws(TOAST)
    ann.withdraws(SOURCE)

    bea.holds(PROJECT)

    assert everything(shelf)["versions"] == ["2.0"]


def test_an_upload_time_is_not_changed_by_a_hold(world: World, shelf: Person, bea: Person):
    before = shelf.gets("/pypi/toasting/json").json()
    world.clock.passes(days=3)
    bea.holds(PROJECT)
    world.clock.passes(days=3)
    bea.releases(PROJECT)

    assert shelf.gets("/pypi/toasting/json").json() | {"last_serial": 0} == before | {
        "last_serial": 0
    }
