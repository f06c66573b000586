"""A hold puts a subject under effects, from the decision on, everywhere, until it ends."""

import pytest

from storage.records import Scope
from storage.schema import METADATA
from tests.kit.makers import a_wheel
from tests.kit.shelf import (
    FILE,
    FREE,
    FROZEN,
    HIDDEN,
    PROJECT,
    RELEASE,
    SOURCE,
    THESE,
    TOAST,
    changes_by,
    everything,
    seen,
    without,
)
from tests.kit.world import Person, World


@pytest.mark.parametrize("subject", THESE)
def test_what_is_hidden_is_neither_listed_nor_served(shelf: Person, bea: Person, subject: str):
    bea.holds(subject, effects=["hide"])

    assert everything(shelf) == HIDDEN[subject]


@pytest.mark.parametrize("subject", THESE)
def test_what_is_refused_is_listed_and_answers_why(shelf: Person, bea: Person, subject: str):
    bea.holds(subject, effects=["refuse"], reason="It steals cookies")

    assert everything(shelf) == seen(served=without(subject, 403))
    assert shelf.downloads(TOAST).text == (
        f"{TOAST.filename} is held, and not given out: It steals cookies. "
        "If that is wrong, ask the moderators of this index."
    )


@pytest.mark.parametrize("subject", THESE)
def test_what_is_frozen_stays_public_and_does_not_change(
    shelf: Person, ann: Person, bea: Person, subject: str
):
    bea.holds(subject, effects=["freeze"])

    assert everything(shelf) == seen()
    assert changes_by(ann) == FREE | FROZEN[subject]


@pytest.mark.parametrize(("subject", "effects"), [(FILE, "hide"), (RELEASE, "hide")])
def test_a_hold_that_names_no_effect_hides(
    shelf: Person, ann: Person, bea: Person, subject: str, effects: str
):
    bea.holds(subject)

    assert everything(shelf) == HIDDEN[subject]
    assert changes_by(ann) == FREE


def test_a_hold_on_a_project_hides_and_freezes_it(shelf: Person, ann: Person, bea: Person):
    bea.holds(PROJECT, reason="Look at this", **{"for": "2h"})

    assert everything(shelf) == HIDDEN[PROJECT]
    assert changes_by(ann) == FREE | FROZEN[PROJECT]
    assert ann.yanks(TOAST).text == (
        "The project toasting is quarantined until 2026-11-25 14:00 UTC: Look at this. "
        "If that is wrong, ask the moderators of this index."
    )


def test_every_spelling_of_a_release_is_frozen_with_it(shelf: Person, ann: Person, bea: Person):
    bea.holds(RELEASE, effects=["freeze"])

    assert ann.uploads(a_wheel("toasting", "1.0.0", build="7")).status_code == 403


@pytest.mark.parametrize(
    ("subject", "effects"),
    [
        *((subject, ["suspend"]) for subject in THESE),
        *(("account:ann", [effect]) for effect in ("hide", "refuse", "freeze")),
        ("account:ann", ["suspend", "hide"]),
        ("token:0123456789ab", ["freeze"]),
    ],
)
def test_an_effect_that_means_nothing_on_a_subject_is_refused(
    world: World, shelf: Person, ann: Person, bea: Person, subject: str, effects: list[str]
):
    ann.with_token(Scope.UPLOAD, token_id="0123456789ab")
    before = world.journal

    assert bea.decides("hold", subject, effects=effects).status_code == 400
    assert world.journal == before


def test_several_subjects_are_held_in_one_decision_each_in_its_own_way(
    shelf: Person, ann: Person, bea: Person
):
    decision = bea.holds(FILE, "release:toasting/2.0", "account:ann")

    assert everything(shelf)["files"] == [SOURCE.filename]
    assert changes_by(ann) == dict.fromkeys(FREE, 403)
    bea.undoes(decision)
    assert everything(shelf) == seen()
    assert changes_by(ann) == FREE


def test_several_holds_on_one_subject_add_up(shelf: Person, bea: Person, cat: Person):
    first = bea.holds(FILE, effects=["refuse"])
    second = cat.holds(FILE, effects=["hide"])
    assert everything(shelf) == HIDDEN[FILE]

    cat.undoes(second)
    assert everything(shelf) == seen(served=without(FILE, 403))

    bea.undoes(first)
    assert everything(shelf) == seen()


def test_holds_on_a_file_its_release_and_its_project_add_up(shelf: Person, bea: Person):
    for subject in THESE:
        bea.holds(subject, effects=["hide"])

    bea.releases(PROJECT)
    assert everything(shelf) == HIDDEN[RELEASE]
    bea.releases(RELEASE)
    assert everything(shelf) == HIDDEN[FILE]
    bea.releases(FILE)
    assert everything(shelf) == seen()


def test_what_is_uploaded_later_is_under_the_hold_of_its_project(
    world: World, shelf: Person, ann: Person, bea: Person
):
    hold = bea.holds(PROJECT, effects=["refuse"])
    fourth = a_wheel("toasting", "4.0")
    assert ann.uploads(fourth).status_code == 200

    assert shelf.downloads(fourth).status_code == 403
    bea.undoes(hold)
    assert shelf.downloads(fourth).status_code == 200


def test_a_decision_writes_no_row_but_its_own(
    world: World, shelf: Person, ann: Person, bea: Person
):
    written = {"decisions", "decision_subjects", "undoes", "holds", "hold_ends"}
    written |= {"entries", "payloads", "entry_projects", "messages"}
    rest = [table for table in METADATA.sorted_tables if table.name not in written]
    bea.gets("/api/me")
    before = world.rows(*rest)

    decision = bea.holds(FILE, RELEASE, PROJECT, "account:ann")
    bea.releases(RELEASE)
    bea.undoes(decision)

    assert world.rows(*rest) == before
    assert sum(map(len, before.values())) > 10


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_decision_without_a_reason_is_refused(
    world: World, shelf: Person, bea: Person, reason: str
):
    before = world.journal

    assert bea.decides("hold", FILE, reason=reason).status_code == 400
    assert (world.journal, everything(shelf)) == (before, seen())


def test_a_rehearsal_tells_the_impact_and_does_nothing(world: World, shelf: Person, bea: Person):
    before = world.journal

    answer = bea.asks(
        "POST",
        "/api/moderation/decisions?dry_run=1",
        json={"act": "hold", "subjects": [RELEASE], "reason": "What if?"},
    )

    said = answer.json()
    assert (answer.status_code, said["dry_run"], said["affected"], said["impact"]["files"]) == (
        200,
        True,
        {"files": 2, "projects": ["toasting"]},
        2,
    )
    assert (world.journal, everything(shelf)) == (before, seen())
