"""A dismissal says that nothing is wrong: it closes a case, and changes nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from storage.schema import holds
from tests.kit.casework import case, claims, dismisses, outcomes, queue, reports
from tests.kit.makers import a_wheel
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

TOAST, LATER = a_wheel("toasting", "1.0"), a_wheel("toasting", "2.0")


@pytest.fixture(autouse=True)
def toast(ann: Person) -> None:
    """Something to report."""
    assert ann.uploads(TOAST).status_code == 200


def test_a_dismissal_writes_no_hold_and_leaves_waiting_what_waits(
    world: World, ann: Person, bob: Person, bea: Person
):
    dan = world.somebody("dan", new=True)
    ann.asks("PUT", "/api/projects/toasting/members/dan")
    number = reports(bob)
    bea.sets_mode("review")
    assert dan.uploads(LATER).status_code == 202
    before, page = world.rows(holds), bob.gets("/simple/toasting/")

    dismissal = dismisses(bea, number)

    assert world.rows(holds) == before
    assert bob.gets("/simple/toasting/").headers["etag"] == page.headers["etag"]
    assert (queue(bea), case(bea, number)["counts"]["waiting"]) == ([], 1)
    assert bob.sees("toasting") == [TOAST.filename]
    bea.undoes(dismissal)
    assert queue(bea) == [number]
    bea.releases("project:toasting", case=number)
    assert bob.sees("toasting") == [TOAST.filename, LATER.filename]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"act": "dismiss"}, 422),
        ({"act": "dismiss", "case": 0}, 422),
        ({"act": "dismiss", "case": 2}, 404),
        ({"act": "dismiss", "case": 1, "subjects": ["project:toasting"]}, 422),
        ({"act": "dismiss", "case": 1, "for": "1h"}, 422),
        ({"act": "hold", "subjects": ["project:toasting"], "version": 3}, 422),
        ({"act": "hold", "subjects": ["project:toasting"], "case": 2}, 404),
        ({"act": "mode", "mode": "review", "case": 1}, 422),
    ],
)
def test_a_decision_about_a_case_says_which_and_fits(
    world: World, bob: Person, bea: Person, body: dict[str, Any], status: int
):
    reports(bob)
    before = len(world.journal)

    answer = bea.asks("POST", "/api/moderation/decisions", json={"reason": "Because.", **body})

    assert (answer.status_code, len(world.journal)) == (status, before)


def test_a_rehearsed_dismissal_settles_nothing(bob: Person, bea: Person):
    number = reports(bob)
    body = {"act": "dismiss", "case": number, "reason": "Because."}

    answer = bea.asks("POST", "/api/moderation/decisions?dry_run=1", json=body)

    said = answer.json()
    assert (said["dry_run"], said["affected"]) == (True, {"files": 0, "projects": []})
    assert queue(bea) == [number]


def test_the_command_line_shows_decides_and_undoes_too(
    world: World, bob: Person, bea: Person, cat: Person
):
    terminal = Terminal(world.services.settings.data)
    number = str(reports(bob, summary="It\x1bsteals."))

    assert "project:toasting\tmalware, reported by 1" in terminal.says("queue")
    assert "bob (0 confirmed, 0 dismissed)\tIt\\x1bsteals." in terminal.says("case", number)
    terminal.says("dismiss", number, "--reason", "Fine.")
    assert (terminal.says("queue"), outcomes(bob)) == ("", [("dismissed", "Fine.")])
    assert "was settled by" in terminal.refuses("dismiss", number, "--reason", "Fine.")
    terminal.says("undo", "--case", number)
    terminal.says("hold", "project:toasting", "--case", number, "--reason", "It does.")
    assert outcomes(bob) == [("confirmed", "It does.")]
    terminal.says("undo", "--case", number)
    world.clock.now = datetime.now(UTC)  # A claim has an end, and a command has the real clock.
    claims(cat, 1)
    assert terminal.says("queue", "--unclaimed") == ""
    assert "is claimed by cat until" in terminal.refuses("dismiss", number, "--reason", "Fine.")
    assert terminal.refuses("case", "7") == "There is no case 7."
