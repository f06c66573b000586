"""Everybody is told what is in force against them, why, by which role, and how to answer."""

from pathlib import Path
from typing import Any

import pytest

from moderation.deciding import Why
from moderation.decisions import hold
from storage.records import Effect, Scope
from tests.kit.commands import bascule
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

TOAST, CRUMPET = a_wheel("toasting", "1.0"), a_wheel("crumpets", "1.0")
FILE, PROJECT = f"file:{TOAST.filename}", "project:toasting"
NOW = "2026-11-25T12:00:00Z"


@pytest.fixture
def published(ann: Person) -> Person:
    """ann has two projects."""
    for archive in (TOAST, CRUMPET):
        assert ann.uploads(archive).status_code == 200
    return ann


def told(who: Person) -> list[dict[str, Any]]:
    """The statements to somebody: as many as they are counted."""
    me = who.gets("/api/me").json()
    assert me["statements_count"] == len(me["statements"])
    return me["statements"]


def a_statement(decision: int, subject: str, *effects: str, **changes: Any) -> dict[str, Any]:
    """What a moderator's hold looks like to whom it concerns, but for the *changes*."""
    usual = {
        "decision": decision,
        "act": "hold",
        "subject": subject,
        "effects": list(effects),
        "limits": None,
        "since": NOW,
        "until": None,
        "reason": "Because.",
        "note": "",
        "by": "a moderator",
        "machine": False,
        "answer": f"/api/decisions/{decision}/appeal",
        "appeal": None,
    }
    return usual | changes


def subjects(who: Person) -> list[str]:
    """What the statements to somebody are about."""
    return [each["subject"] for each in told(who)]


def test_a_hold_on_a_file_is_told_with_its_ground_and_without_names(
    world: World, published: Person, bob: Person, bea: Person
):
    bob.asks(
        "POST", "/api/reports", json={"subject": FILE, "kind": "malware", "summary": "It steals."}
    )
    number = bea.holds(
        FILE, reason="It steals.", note="See line 3.", private_note="bob said so.", **{"for": "24h"}
    )

    assert told(published) == [
        a_statement(
            number,
            FILE,
            "hide",
            reason="It steals.",
            note="See line 3.",
            until="2026-11-26T12:00:00Z",
        )
    ]
    answer = published.gets("/api/me").text
    assert [name for name in ("bea", "bob") if name in answer] == []


def test_all_of_a_project_an_account_and_its_tokens_is_told_the_newest_first(
    world: World, published: Person, bea: Person, eve: Person
):
    published.with_token(Scope.UPLOAD, token_id="0dd")
    numbers = [
        bea.holds("token:0dd"),
        bea.holds("release:toasting/1.0"),
        bea.holds(PROJECT),
        eve.holds("account:ann", effects=["suspend"]),
    ]
    limited = bea.decides("limits", "account:ann", limits={"files_per_day": 3}).json()

    number = limited["decision"]["id"]
    allowed = {"projects_per_day": None, "files_per_day": 3, "files_per_10_minutes": None}
    assert told(published) == [
        a_statement(number, "account:ann", act="limits", limits=allowed),
        a_statement(numbers[3], "account:ann", "suspend", by="an admin"),
        a_statement(numbers[2], PROJECT, "freeze", "hide"),
        a_statement(numbers[1], "release:toasting/1.0", "hide"),
        a_statement(numbers[0], "token:0dd", "suspend"),
    ]


def test_what_is_undone_released_or_over_is_told_no_more(
    world: World, published: Person, bea: Person
):
    undone = bea.holds(PROJECT)
    bea.holds(FILE)
    bea.holds("project:crumpets", **{"for": "1h"})
    assert len(told(published)) == 3

    bea.undoes(undone)
    bea.releases(FILE)
    world.clock.passes(hours=1)

    assert told(published) == []


def test_what_concerns_others_is_not_told(
    world: World, published: Person, bob: Person, bea: Person
):
    bea.holds(PROJECT, "account:ann")
    bea.sets_mode("careful")

    assert told(bob) == []
    world.clock.passes(seconds=1)
    published.asks("PUT", "/api/projects/crumpets/members/bob")
    assert told(bob) == []


def test_a_member_is_told_until_they_are_removed(published: Person, bob: Person, bea: Person):
    published.asks("PUT", "/api/projects/toasting/members/bob")
    number = bea.holds(FILE)
    assert subjects(bob) == [FILE]

    published.asks("DELETE", "/api/projects/toasting/members/bob")
    assert (subjects(bob), subjects(published)) == ([], [FILE])
    assert (
        bob.asks("POST", f"/api/decisions/{number}/appeal", json={"message": "No."}).status_code
        == 404
    )


def test_what_an_owner_withdrew_is_told_to_the_others(published: Person, bob: Person):
    published.asks("PUT", "/api/projects/toasting/members/bob")
    number = published.withdraws(TOAST, reason="Too early.").json()["decision"]

    changes = {"act": "withdraw", "by": "an owner", "answer": None, "reason": "Too early."}
    assert told(bob) == [a_statement(number, FILE, "hide", **changes)]


def test_a_file_that_waits_for_a_mode_is_told_of(world: World, bea: Person):
    new = world.somebody("new", new=True)
    mode = bea.sets_mode("review", "We are few.")
    assert new.uploads(a_wheel("novelty", "1.0")).status_code == 202

    subject = f"file:{a_wheel('novelty', '1.0').filename}"
    changes = {"act": "mode", "answer": None, "reason": "We are few."}
    assert told(new) == [a_statement(mode, subject, "wait", **changes)]


@pytest.mark.parametrize(
    ("by", "role", "machine"),
    [("operator:root", "the operator", False), ("machine:scanner", "a machine", True)],
)
def test_it_says_whether_a_machine_was_involved(
    world: World, published: Person, by: str, role: str, machine: bool
):
    made = world.services.database.write_now(
        hold,
        [PROJECT],
        why=Why(by=by, at=world.clock(), reason="Because."),
        effects=[Effect.FREEZE],
    )

    assert told(published) == [a_statement(made.id, PROJECT, "freeze", by=role, machine=machine)]


def test_a_token_for_one_project_is_told_of_that_one_alone(published: Person, bea: Person):
    bea.holds(PROJECT, "project:crumpets", "account:ann")
    bound = published.with_token(Scope.UPLOAD, project="toasting")

    assert subjects(bound) == [PROJECT]


def test_it_says_how_an_appeal_of_ones_own_stands_and_of_nobody_else_s(
    published: Person, bob: Person, bea: Person
):
    published.asks("PUT", "/api/projects/toasting/members/bob")
    number = bea.holds(PROJECT)
    bob.asks("POST", f"/api/decisions/{number}/appeal", json={"message": "No."})

    mine = {"id": 1, "decision": number, "status": "open", "at": NOW}
    assert [each["appeal"] for each in told(bob)] == [mine]
    assert [each["appeal"] for each in told(published)] == [None]


def test_appeals_are_shown_whatever_became_of_them(
    published: Person, bob: Person, bea: Person, cat: Person
):
    taken_back, kept = bea.holds(PROJECT), bea.holds("account:ann")
    for decision in (taken_back, kept):
        answer = published.asks(
            "POST", f"/api/decisions/{decision}/appeal", json={"message": "It is mine."}
        )
        assert answer.status_code == 201
    cat.undoes(taken_back)

    def shown(who: Person) -> list[tuple[int, str]]:
        found = who.gets("/api/me").json()["appeals"]
        return [(each["decision"], each["status"]) for each in found]

    assert shown(published) == [(kept, "open"), (taken_back, "overturned")]
    assert shown(published.with_token(Scope.UPLOAD, project="toasting")) == [
        (taken_back, "overturned")
    ]
    assert shown(bob) == []


def test_the_newest_hundred_are_listed_and_all_are_counted(published: Person, bea: Person):
    numbers = [bea.holds(PROJECT, effects=["freeze"]) for _ in range(101)]

    me = published.gets("/api/me").json()

    assert me["statements_count"] == 101
    assert [each["decision"] for each in me["statements"]] == numbers[:0:-1]


def test_the_command_line_shows_the_same(
    world: World, tmp_path: Path, published: Person, bea: Person
):
    number = bea.holds(FILE, reason="It steals.", note="See line 3.", **{"for": "24h"})
    published.asks("POST", f"/api/decisions/{number}/appeal", json={"message": "No."})
    bea.decides("limits", "account:ann", limits={"files_per_day": 3}, reason="Slower.")

    said = bascule(tmp_path / "data", "status", "--account", "Ann")

    line = (str(number), FILE, "hide", "2026-11-26 12:00", "a moderator")
    assert said == (
        0,
        f"{number + 1}\taccount:ann\tfiles_per_day 3\t\ta moderator\tSlower.\t\n"
        + "\t".join((*line, "It steals. See line 3.", "appeal open"))
        + "\n",
        "",
    )
    assert bascule(tmp_path / "data", "status", "--account", "nobody")[0] == 1
