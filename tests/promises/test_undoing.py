"""An undo takes a decision back exactly, and can be undone itself."""

from itertools import permutations
from typing import Any

import pytest

from tests.kit.makers import a_wheel
from tests.kit.shelf import FILE, HIDDEN, PROJECT, RELEASE, TOAST, everything, seen, without
from tests.kit.world import JSON, Person, World

ACCEPTED = (JSON, "text/html", "application/vnd.pypi.simple.v1+html")


@pytest.mark.parametrize("subject", [FILE, RELEASE, PROJECT])
def test_an_undo_brings_back_the_same_bytes(shelf: Person, bea: Person, subject: str):
    before = _bytes(shelf)
    decision = bea.holds(subject)
    assert everything(shelf) == HIDDEN[subject]

    bea.undoes(decision)

    assert _bytes(shelf) == before


def test_an_undo_of_a_release_holds_again(shelf: Person, bea: Person):
    bea.holds(FILE)
    release = bea.releases(FILE)

    bea.undoes(release)

    assert everything(shelf) == HIDDEN[FILE]


def test_an_undo_of_an_undo_makes_the_decision_effective_again(
    shelf: Person, bea: Person, cat: Person
):
    hold = bea.holds(FILE)
    undo = cat.undoes(hold)

    redo = bea.undoes(undo)
    assert everything(shelf) == HIDDEN[FILE]

    cat.undoes(redo)
    assert everything(shelf) == seen()


def test_what_is_undone_says_by_whom_and_when(
    world: World, shelf: Person, bea: Person, cat: Person
):
    hold = bea.holds(FILE)
    world.clock.passes(minutes=5, seconds=7)
    undo = cat.undoes(hold)
    world.clock.passes(minutes=5)
    before = world.journal

    answer = bea.wants_undone(hold)

    assert (answer.status_code, answer.text) == (
        409,
        f"Decision {hold} was undone by account:cat at 2026-11-25 12:05:07 UTC (decision {undo}). "
        f"To make it effective again, undo decision {undo}.",
    )
    assert world.journal == before


def test_what_was_redone_can_be_undone_again(shelf: Person, bea: Person):
    hold = bea.holds(FILE)
    bea.undoes(bea.undoes(hold))

    bea.undoes(hold)

    assert everything(shelf) == seen()


def test_undoing_the_first_release_of_two_leaves_nothing_held(shelf: Person, bea: Person):
    """MODERATION.md: "hold, release, hold, release, then undo the first release"."""
    bea.holds(FILE)
    first = bea.releases(FILE)
    bea.holds(FILE)
    bea.releases(FILE)

    bea.undoes(first)

    assert everything(shelf) == seen()


def test_a_release_ends_what_was_undone_before_it_too(shelf: Person, bea: Person, cat: Person):
    undo = bea.undoes(bea.holds(FILE))
    bea.holds(FILE)
    bea.releases(FILE)

    cat.undoes(undo)

    assert everything(shelf) == seen()


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_decisions_are_undone_in_any_order(
    shelf: Person, bea: Person, cat: Person, order: tuple[int, ...]
):
    made = [
        bea.holds(PROJECT),
        cat.holds(FILE, effects=["refuse"], **{"for": "3h"}),
        bea.releases(PROJECT),
    ]
    assert everything(shelf) == seen(served=without(FILE, 403))

    for each in order:
        cat.undoes(made[each])

    assert everything(shelf) == seen()


def test_an_undo_leaves_what_owners_did_meanwhile(shelf: Person, ann: Person, bea: Person):
    hold = bea.holds(RELEASE)
    ann.yanks(TOAST, "It burns.")
    ann.uploads(a_wheel("toasting", "3.0"))
    ann.says("toasting", "deprecated", "Use bread.")

    bea.undoes(hold)

    page = shelf.gets("/simple/toasting/", headers={"accept": JSON}).json()
    assert page["files"][0]["yanked"] == "It burns."
    assert page["versions"] == ["1.0", "2.0", "3.0"]
    assert page["project-status"] == {"status": "deprecated", "reason": "Use bread."}


def test_all_that_somebody_decided_is_undone_at_once(shelf: Person, bea: Person, cat: Person):
    cat.holds(RELEASE, effects=["refuse"])
    made = [bea.holds(PROJECT), bea.holds(FILE), bea.releases(RELEASE), bea.holds(RELEASE)]

    answer = cat.undoes_all(by="bea")

    assert (answer.status_code, answer.json()["decision"]["undoes"]) == (201, made)
    assert everything(shelf) == seen(served=without(RELEASE, 403))


def test_what_is_undone_at_once_is_redone_at_once(shelf: Person, bea: Person, cat: Person):
    bea.holds(FILE)
    bea.holds("release:toasting/2.0")
    undo = cat.undoes_all(by="bea").json()["decision"]["id"]
    assert everything(shelf) == seen()

    bea.undoes(undo)

    assert everything(shelf)["files"] == ["toasting-1.0.tar.gz"]


@pytest.mark.parametrize(
    ("window", "undone"),
    [
        ({"by": "bea"}, {0, 2}),
        ({"by": "BEA", "since": "2026-11-25T13:00:01Z"}, {2}),
        ({"since": "2026-11-25T14:00:00Z"}, {1, 2}),
        ({"since": "2026-11-25T14:00:00Z", "until": "2026-11-25T14:59:59.999999Z"}, {1}),
        ({"since": "2026-11-25T13:00:00Z", "until": "2026-11-25T14:00:00+00:00"}, {0, 1}),
        ({"by": "bea", "until": "2026-11-25T14:00:00Z"}, {0}),
    ],
    ids=str,
)
def test_only_what_was_decided_by_them_and_then_is_undone(
    world: World, shelf: Person, bea: Person, cat: Person, window: dict[str, str], undone: set[int]
):
    world.clock.passes(hours=1)
    made = [bea.holds(FILE)]
    world.clock.passes(hours=1)
    made.append(cat.holds(RELEASE))
    world.clock.passes(hours=1)
    made.append(bea.holds(PROJECT))
    world.clock.passes(hours=1)

    answer = bea.undoes_all(**window)

    assert answer.json()["decision"]["undoes"] == [made[each] for each in sorted(undone)]


def test_an_undo_by_a_person_takes_their_undoes_back_too(shelf: Person, bea: Person, cat: Person):
    hold = cat.holds(FILE)
    bea.undoes(hold)
    bea.undoes(bea.holds(RELEASE))

    cat.undoes_all(by="bea")

    assert everything(shelf) == HIDDEN[FILE]


def test_what_another_undid_before_stays_undone_when_that_undo_is_undone(
    shelf: Person, bea: Person, cat: Person
):
    undo = cat.undoes(bea.holds(FILE))
    bea.holds(RELEASE)
    cat.undoes_all(by="bea")

    bea.undoes(undo)

    assert everything(shelf) == seen()


def test_where_nothing_is_left_to_undo_nothing_is_done(world: World, shelf: Person, bea: Person):
    bea.holds(FILE)
    bea.undoes_all(by="bea", until="2026-11-25T12:00:00Z")
    before = world.journal

    for window in ({"by": "cat"}, {"by": "nobody"}, {"since": "2027-01-01T00:00:00Z"}):
        answer = bea.undoes_all(**window)
        assert (answer.status_code, answer.text) == (
            409,
            "Nothing that was decided then is left to undo.",
        )
    assert world.journal == before


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("decisions/4711/undo", {"reason": "Why not?"}, 404),
        (f"decisions/{2**63}/undo", {"reason": "Why not?"}, 404),
        (f"decisions/{10**40}/undo", {"reason": "Why not?"}, 404),
        ("decisions/-1/undo", {"reason": "Why not?"}, 404),
        ("decisions/1/undo", {"reason": " "}, 400),
        ("decisions/1/undo", {}, 422),
        ("undo", {"reason": "Why not?"}, 422),
        ("undo", {"reason": "Why not?", "until": "2027-01-01T00:00:00Z"}, 422),
        ("undo", {"reason": "Why not?", "by": "bea", "since": "yesterday"}, 400),
    ],
    ids=str,
)
def test_an_undo_of_nothing_is_refused(
    world: World, bea: Person, path: str, body: dict[str, Any], status: int
):
    before = world.journal

    assert bea.asks("POST", f"/api/moderation/{path}", json=body).status_code == status
    assert world.journal == before


def _bytes(anyone: Person) -> list[tuple[bytes, str]]:
    answers = [anyone.gets("/simple/toasting/", headers={"accept": kind}) for kind in ACCEPTED]
    answers += [anyone.downloads(TOAST, suffix) for suffix in ("", ".metadata")]
    return [(answer.content, answer.headers["etag"]) for answer in answers]
