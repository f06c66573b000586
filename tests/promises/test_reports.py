"""A report is heard once, told how it ends, and costs a newcomer no more than its limit."""

from typing import Any

import pytest

from storage.records import Scope
from tests.kit.casework import (
    a_report,
    case,
    reports,
    tries_to_report,
)
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

TOAST, LATER = a_wheel("toasting", "1.0"), a_wheel("toasting", "2.0")
EVIDENCE = [{"file": "toasting/__init__.py", "line": 3, "rule": "exec-on-import"}, {"text": "eval"}]
UNKNOWN = "Check the spelling; a release is release:PROJECT/VERSION."


@pytest.fixture
def settings() -> dict[str, object]:
    """Three reports a day, so that a test may reach the limit."""
    return {"reports_per_day": 3}


@pytest.fixture(autouse=True)
def toast(ann: Person) -> None:
    """Something to report."""
    assert ann.uploads(TOAST).status_code == 200


@pytest.mark.parametrize(
    ("evidence", "kept"),
    [
        ("It sends mails.", [{"text": "It sends mails."}]),
        ({"file": "setup.py"}, [{"file": "setup.py"}]),
        (["Line 3.", {"line": 3}], [{"text": "Line 3."}, {"line": 3}]),
        (None, []),
    ],
)
def test_evidence_is_one_place_or_several_in_words_or_by_file_and_line(
    bob: Person, bea: Person, evidence: object, kept: list[dict[str, object]]
):
    answer = bob.asks("POST", "/api/reports", json=a_report("project:toasting", evidence=evidence))

    [report] = case(bea, 1)["reports"]
    assert (answer.status_code, report["evidence"]) == (202, kept)


def test_a_report_is_answered_with_its_case_and_stands_there(bob: Person, bea: Person):
    answer = bob.asks("POST", "/api/reports", json=a_report("project:Toasting", evidence=EVIDENCE))

    told = {"id": 1, "subject": "project:toasting", "case": 1, "status": "open"}
    assert answer.status_code == 202
    assert answer.json() == {"report": told, "reports": [told]}
    assert case(bea, 1)["reports"] == [
        {
            "id": 1,
            "reporter": {"name": "bob", "confirmed": 0, "dismissed": 0},
            "subject": "project:toasting",
            "kind": "malware",
            "summary": "It steals tokens.",
            "evidence": EVIDENCE,
            "at": "2026-11-25T12:00:00Z",
            "status": "open",
            "decision": None,
        }
    ]


def test_what_is_about_one_project_or_one_account_comes_together_in_one_case(
    world: World, ann: Person, bob: Person, bea: Person
):
    token = ann.gets("/api/me").json()["token"]["id"]
    ann.uploads(a_wheel("crumpets"))
    about_toast = ["project:toasting", "release:toasting/1.0.0", f"file:{TOAST.filename}"]

    answer = bob.asks(
        "POST",
        "/api/reports",
        json={
            "subjects": [*about_toast, "project:crumpets", "account:ann", f"token:{token}"],
            "kind": "spam",
            "summary": "All of it.",
        },
    )

    assert [each["case"] for each in answer.json()["reports"]] == [1, 1, 1, 2, 3, 3]
    assert case(bea, 1)["subject"] == "project:toasting"
    assert case(bea, 3)["subject"] == "account:ann"
    assert [entry.act for entry in world.journal].count("report") == 1


def test_what_does_not_exist_is_told_in_a_sentence(bob: Person):
    for subject in ("project:none", "release:toasting/9", "file:none.whl", "account:none"):
        answer = tries_to_report(bob, subject)
        assert answer.status_code == 404
        assert answer.text == f"There is no {subject} here. {UNKNOWN}"
    assert tries_to_report(bob, "index").status_code == 400
    assert tries_to_report(bob, "toasting").status_code == 400


def test_who_may_not_know_of_what_waits_is_told_that_it_is_not_there(
    world: World, ann: Person, bob: Person, bea: Person
):
    dan = world.somebody("dan", new=True)
    ann.asks("PUT", "/api/projects/toasting/members/dan")
    bea.sets_mode("review")
    assert dan.uploads(a_wheel("secret", "1.0.0")).status_code == 202
    assert dan.uploads(LATER).status_code == 202
    waiting = ["project:secret", "release:secret/1", f"file:{LATER.filename}", "release:toasting/2"]

    for subject in waiting:
        assert tries_to_report(bob, subject).text == f"There is no {subject} here. {UNKNOWN}"
    bea.holds("project:toasting")
    assert tries_to_report(bob, "project:toasting").status_code == 202
    assert tries_to_report(dan, waiting[0]).status_code == 202
    assert tries_to_report(bea, waiting[3]).status_code == 202


def test_saying_the_same_again_adds_nothing_for_seven_days(world: World, bob: Person, bea: Person):
    reports(bob)
    before = len(world.journal)

    again = tries_to_report(bob, summary="Really.").json()["report"]
    assert (again["id"], len(world.journal)) == (1, before)
    assert tries_to_report(bob, kind="spam").json()["report"]["id"] == 2
    world.clock.passes(days=7)
    assert tries_to_report(bob).json()["report"]["id"] == 3
    assert case(bea, 1)["counts"]["reports"] == 3


def test_a_key_makes_a_report_once_and_is_for_one_report(world: World, bob: Person):
    first = tries_to_report(bob, key="scan-17")
    world.clock.passes(days=30)

    again = tries_to_report(bob, key="scan-17")
    other = tries_to_report(bob, key="scan-17", summary="Something else.")

    assert (again.status_code, again.json()) == (202, first.json())
    assert other.status_code == 409
    assert other.text == "Report 1 was sent with this key, and is another one."


def test_the_limit_counts_what_succeeded_and_says_when_it_is_over(
    world: World, ann: Person, bob: Person
):
    for name in ("a", "b", "c", "d"):
        ann.uploads(a_wheel(name))
    for name in ("a", "b"):
        tries_to_report(bob, "project:none")
        reports(bob, f"project:{name}")
        reports(bob, f"project:{name}")
        world.clock.passes(hours=1)
    reports(bob, "project:c")

    refused = tries_to_report(bob, "project:d")

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == str(22 * 3600 + 1)
    assert reports(bob, "project:a") == 1
    assert reports(ann, "project:d") == 4
    world.clock.passes(hours=22, seconds=1)
    assert reports(bob, "project:d") == 4


def test_read_only_stops_no_report_and_a_suspension_does(world: World, bob: Person, bea: Person):
    bea.sets_mode("read-only")
    assert reports(bob) == 1
    bea.holds("account:bob")
    assert tries_to_report(bob, kind="spam").status_code == 403
    assert bob.gets("/api/reports").status_code == 200


def test_a_token_that_reports_does_that_and_reads_and_nothing_else(
    world: World, ann: Person, bob: Person, bea: Person
):
    scanner = bob.with_token(Scope.REPORT)

    assert reports(scanner) == 1
    assert scanner.gets("/simple/toasting/").status_code == 200
    assert scanner.uploads(a_wheel("crumpets")).status_code == 403
    assert scanner.gets("/api/moderation/queue").status_code == 403
    assert tries_to_report(bob.with_token(Scope.READ)).status_code == 403
    assert [reports(who, kind="spam") for who in (ann, bea)] == [1, 1]
    assert world.anyone.asks("POST", "/api/reports", json=a_report()).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "rude"},
        {"summary": ""},
        {"summary": "x" * 2_001},
        {"summary": "a\x00b"},
        {"evidence": [{}] * 51},
        {"evidence": [{"line": 0}]},
        {"evidence": [{"text": "x" * 2_001}]},
        {"evidence": [{"url": "x"}]},
        {"key": ""},
        {"key": "x" * 256},
        {"subjects": ["project:toasting"]},
        {"subject": None},
        {"subject": None, "subjects": ["project:toasting"] * 101},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
def test_a_report_of_another_shape_is_refused(world: World, bob: Person, wrong: dict[str, Any]):
    before = len(world.journal)

    answer = bob.asks("POST", "/api/reports", json=a_report(**wrong))

    assert (answer.status_code, len(world.journal)) == (422, before)


def test_hostile_text_is_told_as_text_and_never_as_a_page(bob: Person, bea: Person):
    hostile = "<script>alert(1)</script>\u202e\x1b]0;x\x07 '); DROP TABLE reports; --"
    reports(bob, summary=hostile, evidence=[{"file": hostile}])

    answer = bea.gets("/api/moderation/cases/1", headers={"accept": "text/html"})

    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    (report,) = answer.json()["reports"]
    assert (report["summary"], report["evidence"]) == (hostile, [{"file": hostile}])
