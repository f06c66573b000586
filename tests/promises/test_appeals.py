"""Whoever a decision concerns can appeal it, and how that stands follows from decisions alone."""

import base64

import pytest
from httpx2 import Response

from storage.records import Scope
from tests.kit.appealing import appeals
from tests.kit.makers import a_wheel
from tests.kit.signing_in import PASSWORD
from tests.kit.world import Person, World

TOAST = a_wheel("toasting", "1.0")
FILE, PROJECT = f"file:{TOAST.filename}", "project:toasting"
HOSTILE = '</script><img src=x onerror=alert(1)>\u202e\n\x1b[31m{{7*7}}"'


@pytest.fixture
def held(ann: Person, bea: Person) -> int:
    """A moderator holds ann's project: the number of the decision."""
    assert ann.uploads(TOAST).status_code == 200
    return bea.holds(PROJECT, reason="It steals tokens.", private_note="Tip of a friend.")


def refusal(answer: Response) -> tuple[int, str]:
    """The status and the sentences of a refusal."""
    return answer.status_code, answer.text


def test_a_member_appeals_and_moderators_find_it_in_the_queue(
    world: World, held: int, ann: Person, bea: Person
):
    answer = appeals(ann, held)

    made = {"id": 1, "decision": held, "status": "open", "at": "2026-11-25T12:00:00Z"}
    assert (answer.status_code, answer.json()) == (201, {"appeal": made})
    (line,) = bea.gets("/api/moderation/queue").json()["cases"]
    assert (line["subject"], line["reasons"][0]) == (PROJECT, "1 appeal")
    (seen,) = bea.gets(f"/api/moderation/cases/{line['id']}").json()["appeals"]
    assert seen == {**made, "account": "ann", "message": "It does not."}
    entry = world.journal[-1]
    assert (entry.actor, entry.act, entry.subject, entry.reason, entry.details) == (
        "account:ann",
        "appeal",
        PROJECT,
        "",
        {"decision": held},
    )


def test_a_suspended_account_appeals_with_its_password_and_with_its_token(
    world: World, bea: Person
):
    eva = world.somebody("eva", password=PASSWORD)
    first, second = bea.holds("account:eva"), bea.holds("account:eva")
    both = base64.b64encode(f"eva:{PASSWORD}".encode()).decode()

    by_password = appeals(world.anyone, first, headers={"authorization": f"Basic {both}"})

    assert by_password.status_code == 201
    assert appeals(eva, second).status_code == 201


def test_limits_and_tokens_are_appealed_by_whose_they_are(world: World, ann: Person, bea: Person):
    token = ann.with_token(Scope.UPLOAD, token_id="0dd")
    limited = bea.decides("limits", "account:ann", limits={"files_per_day": 0})
    stopped = bea.holds("token:0dd")

    assert appeals(token, stopped).status_code == 201
    assert appeals(ann, limited.json()["decision"]["id"]).status_code == 201


def test_a_decision_that_concerns_somebody_else_is_as_unknown_as_one_that_is_none(
    held: int, ann: Person, bob: Person, bea: Person
):
    suspended = bea.holds("account:ann")

    for number in (held, suspended, 999):
        assert refusal(appeals(bob, number)) == (
            404,
            f"There is no decision {number} that concerns you. "
            "GET /api/me shows what was decided about you and your projects.",
        )
    assert appeals(bob, "x" * 5_000).status_code == 404
    assert appeals(bob, "9" * 5_000).status_code == 404


def test_a_token_for_one_project_appeals_for_that_one_alone(held: int, ann: Person, bea: Person):
    ann.uploads(a_wheel("crumpets"))
    elsewhere = ann.with_token(Scope.UPLOAD, project="crumpets")
    here = ann.with_token(Scope.UPLOAD, project="toasting")
    mine = bea.holds("account:ann", effects=["suspend"])

    assert appeals(elsewhere, held).status_code == 404
    assert appeals(here, mine).status_code == 404
    assert appeals(here, held).status_code == 201


def test_who_was_removed_from_the_project_appeals_no_more(ann: Person, bob: Person, bea: Person):
    ann.uploads(TOAST)
    for method in ("PUT", "DELETE"):
        assert ann.asks(method, "/api/projects/toasting/members/bob").status_code == 200

    assert appeals(bob, bea.holds(PROJECT)).status_code == 404


def test_a_token_that_only_reads_appeals_nothing(held: int, ann: Person):
    assert appeals(ann.with_token(Scope.READ), held).status_code == 403


def test_a_decision_is_appealed_once_at_a_time(held: int, ann: Person, cat: Person):
    appeals(ann, held)

    assert refusal(appeals(ann, held, "Again.")) == (
        409,
        f"You appealed decision {held} at 2026-11-25 12:00 UTC already. "
        "A moderator will answer it; GET /api/me says how it stands.",
    )
    cat.decides("dismiss", reason="It does.", case=1)
    assert appeals(ann, held, "There is news.").json()["appeal"]["id"] == 2


def test_each_member_appeals_for_themselves(held: int, world: World, ann: Person, bea: Person):
    bob = world.somebody("bob")
    dismissed = bea.undoes(held)
    ann.asks("PUT", "/api/projects/toasting/members/bob")
    bea.undoes(dismissed)

    assert [appeals(who, held).status_code for who in (ann, bob)] == [201, 201]


def test_what_is_undone_cannot_be_appealed(held: int, ann: Person, bea: Person):
    bea.undoes(held)

    assert refusal(appeals(ann, held)) == (409, f"Decision {held} is undone already.")


def test_only_what_moderators_did_to_somebody_can_be_appealed(
    world: World, ann: Person, bea: Person
):
    ann.uploads(TOAST)
    withdrawn = ann.withdraws(TOAST).json()["decision"]
    restored = ann.restores(TOAST).json()["decision"]
    bea.holds(PROJECT)
    released = bea.releases(PROJECT)
    mode = bea.sets_mode("review")
    new = world.somebody("new", new=True)
    assert new.uploads(a_wheel("novelty")).status_code == 202

    assert [
        refusal(appeals(who, number))
        for who, number in [
            (ann, withdrawn),
            (ann, restored),
            (ann, released),
            (new, mode),
            (ann, mode),
        ]
    ] == [
        (409, "The owners of the project withdrew it; one of them can restore it."),
        (409, "The owners of the project restored it; one of them can withdraw it again."),
        (409, "Only holds and limits can be appealed."),
        (409, "A mode of the whole index cannot be appealed; a moderator looks at what waits."),
        (
            404,
            f"There is no decision {mode} that concerns you. GET /api/me shows what was decided "
            "about you and your projects.",
        ),
    ]


def test_an_account_appeals_ten_times_a_day(world: World, ann: Person, bea: Person):
    held = [bea.holds("account:ann", effects=["suspend"]) for _ in range(11)]
    assert [appeals(ann, each).status_code for each in held[:10]] == [201] * 10

    refused = appeals(ann, held[10])

    assert refusal(refused) == (429, "An account may appeal 10 times in 24 hours. Wait until then.")
    assert refused.headers["retry-after"] == "86401"
    world.clock.passes(hours=24, seconds=1)
    assert appeals(ann, held[10]).status_code == 201


@pytest.mark.parametrize("message", ["", " \n ", "x" * 4_001])
def test_an_appeal_says_something_that_somebody_reads(held: int, ann: Person, message: str):
    assert appeals(ann, held, message).status_code in (400, 422)


def test_the_words_of_an_appeal_stay_words(held: int, ann: Person, bea: Person):
    assert appeals(ann, held, HOSTILE).status_code == 201

    seen = bea.gets("/api/moderation/cases/1")

    assert seen.headers["content-type"] == "application/json"
    assert seen.json()["appeals"][0]["message"] == HOSTILE
