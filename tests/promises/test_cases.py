"""A case is open while something in it is, and is decided once, by whoever knows what it is."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from moderation.cases import case_of
from storage import cases as stored_cases
from storage import journal
from storage.database import Transaction
from storage.records import Target
from storage.schema import cases as case_rows
from storage.schema import signals
from tests.kit.casework import case, dismisses, outcomes, queue, reports
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

TOAST, LATER = a_wheel("toasting", "1.0"), a_wheel("toasting", "2.0")


@pytest.fixture(autouse=True)
def toast(ann: Person) -> None:
    """Something to report."""
    assert ann.uploads(TOAST).status_code == 200


def test_the_reporter_is_told_how_it_ended_and_that_it_did_not_after_an_undo(
    bob: Person, ann: Person, bea: Person
):
    number = reports(bob)
    assert outcomes(bob) == [("open", None)]

    dismissal = dismisses(bea, number, reason="Its tests.", private_note="Bob again.")
    assert outcomes(bob) == [("dismissed", "Its tests.")]
    assert "Bob again" not in bob.gets("/api/reports").text
    bea.undoes(dismissal)
    assert outcomes(bob) == [("open", None)]
    bea.holds("project:toasting", reason="It is.", case=number)
    assert outcomes(bob) == [("confirmed", "It is.")]
    assert outcomes(ann) == []


def test_reports_closed_in_bulk_are_open_again_when_that_is_undone(
    world: World, ann: Person, bob: Person, bea: Person
):
    ann.uploads(a_wheel("crumpets"))
    numbers = [reports(bob), reports(bob, "project:crumpets")]
    since = world.clock() + timedelta(seconds=1)
    world.clock.passes(minutes=1)
    for number in numbers:
        dismisses(bea, number)
    assert (queue(bea), outcomes(bob)) == ([], [("dismissed", "Because.")] * 2)

    bulk = bea.undoes_all(since=since.isoformat(), by="bea")

    assert bulk.status_code == 201
    assert (sorted(queue(bea)), outcomes(bob)) == (numbers, [("open", None)] * 2)
    bea.undoes(bulk.json()["decision"]["id"])
    assert (queue(bea), outcomes(bob)) == ([], [("dismissed", "Because.")] * 2)


def test_what_settled_one_case_is_undone_together(ann: Person, bob: Person, bea: Person):
    ann.uploads(a_wheel("crumpets"))
    mine, other = reports(bob), reports(bob, "project:crumpets")
    bea.holds("project:toasting", case=mine)
    dismisses(bea, other)

    assert bea.undoes_all(case=mine).status_code == 201

    assert queue(bea) == [mine]
    assert bob.sees("toasting") == [TOAST.filename]
    assert bea.undoes_all(case=mine).status_code == 409
    assert bea.undoes_all().status_code == 422


def test_two_moderators_do_not_decide_the_same_case_twice(
    world: World, bob: Person, bea: Person, cat: Person
):
    number = reports(bob)
    decision = dismisses(bea, number)
    before = len(world.journal)

    answer = cat.decides("hold", "project:toasting", case=number)

    assert answer.status_code == 409
    assert answer.text == (
        f"Case 1 was settled by bea at 2026-11-25 12:00:00 UTC, decision {decision}. "
        f"If that was wrong, undo decision {decision}; the case is open again then."
    )
    assert len(world.journal) == before
    assert bob.sees("toasting") == [TOAST.filename]


def test_a_decision_about_a_case_that_has_changed_is_told_what_happened(
    ann: Person, bob: Person, bea: Person, cat: Person
):
    number = reports(bob)
    seen = case(bea, number)["version"]
    reports(ann, kind="spam")
    cat.undoes(cat.holds("project:toasting", case=number))

    answer = bea.decides("dismiss", case=number, version=seen)

    assert answer.status_code == 409
    assert answer.text == (
        f"Case 1 is at version {seen + 3}, not {seen}: since then ann reported something, "
        "cat decided: hold (decision 5), cat undid a decision (decision 6). "
        "Look at it again, and send the version that it has then."
    )
    assert bea.decides("dismiss", case=number, version=seen + 9).status_code == 409
    assert bea.decides("dismiss", case=number, version=seen + 3).status_code == 201


def test_what_comes_after_a_decision_is_open_and_what_came_before_stays_settled(
    ann: Person, bob: Person, bea: Person
):
    number = reports(bob)
    dismissal = dismisses(bea, number)
    assert reports(ann) == number
    assert queue(bea) == [number]
    bea.holds("project:toasting", case=number)
    assert (outcomes(bob)[0][0], outcomes(ann)[0][0]) == ("dismissed", "confirmed")

    bea.undoes(dismissal)

    assert (outcomes(bob)[0][0], outcomes(ann)[0][0]) == ("confirmed", "confirmed")
    assert queue(bea) == []


def test_a_decision_settles_the_case_that_it_names_and_no_other(
    ann: Person, bob: Person, bea: Person
):
    ann.uploads(a_wheel("crumpets"))
    mine, other = reports(bob), reports(bob, "project:crumpets")

    bea.holds("project:crumpets", case=mine)
    bea.sets_mode("careful")

    assert queue(bea) == [other]


def test_a_file_that_waits_opens_the_case_of_its_project_until_that_is_settled(
    world: World, ann: Person, bob: Person, bea: Person
):
    dan = world.somebody("dan", new=True)
    ann.asks("PUT", "/api/projects/toasting/members/dan")
    number = reports(bob)
    dismisses(bea, number)
    mode = bea.sets_mode("review")
    dan.uploads(LATER)

    assert queue(bea) == [number]
    assert case(bea, number)["waiting"] == [
        {
            "filename": LATER.filename,
            "uploaded_by": "dan",
            "uploaded_at": "2026-11-25T12:00:00Z",
            "decision": mode,
        }
    ]
    undone = bea.undoes(mode)
    assert queue(bea) == []
    bea.undoes(undone)
    dismisses(bea, number)
    assert queue(bea) == []


def test_signals_open_a_case_when_their_scores_add_up(world: World, bea: Person):
    assert noticed(world, stored_cases.OPEN_AT_SCORE - 1) == 1
    assert queue(bea) == []
    noticed(world, 1)
    assert queue(bea) == [1]
    dismissal = dismisses(bea, 1)
    noticed(world, stored_cases.OPEN_AT_SCORE - 1)
    assert queue(bea) == []
    assert [signal["open"] for signal in case(bea, 1)["signals"]] == [True, False, False]
    bea.undoes(dismissal)
    assert queue(bea) == [1]


def noticed(world: World, score: int) -> int:
    """Let a rule notice something about the project; the number of its case."""

    def add(tx: Transaction) -> int:
        number = case_of(tx, Target(subject="project:toasting", project_id=1), at=world.clock())
        entry = {"at": world.clock(), "actor": "rule:test", "act": "signal"}
        serial = journal.append(tx, subject="project:toasting", cases=[number], **entry)
        said = {"rule": "test", "version": 1, "subject": "project:toasting", "why": "So."}
        row = {"case_id": number, "serial": serial, "score": score, "at": world.clock(), **said}
        tx.execute(insert(signals).values(**row))
        return number

    return world.services.database.write_now(add)


def test_a_case_has_nothing_that_says_whether_it_is_open(world: World, bob: Person, bea: Person):
    number = reports(bob)
    before = world.rows(case_rows)

    bea.undoes(dismisses(bea, number))

    assert world.rows(case_rows) == before
