"""What takes two people: holding very much at once, and erasure, which cannot be undone."""

from datetime import UTC, datetime, timedelta

import pytest

from moderation.two_people import MANY_PROJECTS
from storage.records import Role, Scope
from tests.kit.makers import a_wheel
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

WHEEL = a_wheel("toasting", "1.0")
FILE = f"file:{WHEEL.filename}"
SUBJECTS = [f"project:many-{number}" for number in range(MANY_PROJECTS + 1)]
PROPOSALS = "/api/moderation/proposals"


@pytest.fixture
def terminal(world: World) -> Terminal:
    """The command line on the machine of the world."""
    return Terminal(world.services.settings.data)


@pytest.fixture
def many(world: World) -> World:
    """One project more than one person holds alone, each established."""
    eve = world.somebody("eve", role=Role.ADMIN)
    for subject in SUBJECTS:
        assert eve.uploads(a_wheel(subject.removeprefix("project:"), "1.0")).status_code == 200
    world.clock.passes(days=30)
    return world


def test_a_hundred_established_projects_are_held_by_one_and_one_more_takes_two(
    many: World, bea: Person, cat: Person
):
    bea.undoes(bea.holds(*SUBJECTS[1:]))

    answer = bea.decides("hold", *SUBJECTS, reason="A worm.", effects=["refuse"])

    number = answer.json()["proposal"]["id"]
    assert (answer.status_code, answer.json()["proposal"]["subjects_count"]) == (202, 101)
    assert _held(cat) == 0
    again = bea.asks("POST", f"{PROPOSALS}/{number}/confirm")
    assert (again.status_code, "cat or eve can confirm it" in again.text) == (409, True)
    confirmed = cat.asks("POST", f"{PROPOSALS}/{number}/confirm")
    made = confirmed.json()["decision"]
    assert (confirmed.status_code, made["by"], made["reason"]) == (201, "account:bea", "A worm.")
    assert (_held(cat), len(made["subjects"])) == (101, 101)
    twice = cat.asks("POST", f"{PROPOSALS}/{number}/confirm")
    assert (twice.status_code, "was confirmed by account:cat" in twice.text) == (409, True)
    cat.undoes(made["id"])
    assert _held(cat) == 0


def test_new_projects_of_a_wave_of_spam_are_held_by_one(world: World, bea: Person):
    eve = world.somebody("eve", role=Role.ADMIN)
    for subject in SUBJECTS:
        eve.uploads(a_wheel(subject.removeprefix("project:"), "1.0"))

    assert bea.decides("hold", *SUBJECTS).status_code == 201


def test_a_team_of_one_waits_ten_minutes(many: World):
    eve = many.somebody("eva", role=Role.ADMIN, scope=Scope.MODERATE)
    eve.holds("account:eve")
    number = eve.decides("hold", *SUBJECTS).json()["proposal"]["id"]

    early = eve.asks("POST", f"{PROPOSALS}/{number}/confirm")
    assert (early.status_code, "can be confirmed from" in early.text) == (409, True)
    many.clock.passes(minutes=10)
    assert eve.asks("POST", f"{PROPOSALS}/{number}/confirm").status_code == 201


def test_erasure_takes_two_people_and_a_day_and_leaves_a_tombstone(
    world: World, ann: Person, bea: Person, cat: Person
):
    ann.uploads(WHEEL)
    body = {"act": "erase", "subjects": [FILE], "reason": "A court order."}
    number = bea.asks("POST", PROPOSALS, json=body).json()["proposal"]["id"]
    early = cat.asks("POST", f"{PROPOSALS}/{number}/confirm")
    assert (early.status_code, "from 2026-11-26 12:00:00 UTC on" in early.text) == (409, True)
    assert world.anyone.downloads(WHEEL).content == WHEEL.content
    world.clock.passes(hours=24)

    made = cat.asks("POST", f"{PROPOSALS}/{number}/confirm").json()["decision"]

    assert (made["act"], made["subjects"]) == ("erase", [FILE])
    assert world.anyone.downloads(WHEEL).status_code == 404
    assert WHEEL.sha256 not in set(world.services.blobs.digests())
    undo = cat.wants_undone(made["id"])
    assert (undo.status_code, "cannot be undone" in undo.text) == (409, True)
    for answer in (cat.decides("release", FILE), cat.undoes_all(by="bea")):
        assert answer.status_code == 409
    reused = ann.uploads(WHEEL)
    assert (reused.status_code, "it was erased" in reused.text) == (400, True)
    again = bea.asks("POST", PROPOSALS, json=body)
    assert (again.status_code, "Erased already" in again.text) == (409, True)


def test_an_index_with_an_erased_file_is_as_it_should_be(
    world: World, ann: Person, bea: Person, terminal: Terminal
):
    ann.uploads(WHEEL)
    copy = a_wheel("crumpets", "1.0")
    ann.uploads(copy)
    said = terminal.says("erase", FILE, "--reason", "A court order.")
    assert said.startswith("Proposal 1: nothing is done yet.")

    # The command has the real clock.
    world.clock.now = datetime.now(UTC) + timedelta(hours=24)
    bea.asks("POST", f"{PROPOSALS}/1/confirm")

    assert terminal.says("check") == "Everything is as it should be.\n"
    assert "confirmed" in terminal.says("proposals")
    assert world.anyone.downloads(copy).content == copy.content


def test_a_proposal_ends_when_it_is_cancelled_and_after_a_week(
    world: World, ann: Person, bea: Person, cat: Person
):
    ann.uploads(WHEEL)
    body = {"act": "erase", "subjects": [FILE], "reason": "A court order."}
    for _ in range(2):
        bea.asks("POST", PROPOSALS, json=body)

    assert cat.asks("DELETE", f"{PROPOSALS}/1").json()["proposal"]["ended_by"] == "account:cat"
    world.clock.passes(days=7)

    assert "was cancelled by account:cat" in cat.asks("POST", f"{PROPOSALS}/1/confirm").text
    assert "is over" in cat.asks("POST", f"{PROPOSALS}/2/confirm").text
    assert cat.asks("POST", f"{PROPOSALS}/3/confirm").status_code == 404
    assert world.anyone.downloads(WHEEL).content == WHEEL.content


def _held(person: Person) -> int:
    return len(person.gets("/api/moderation/holds").json()["holds"])
