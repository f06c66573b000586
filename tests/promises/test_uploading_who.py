"""Who may upload what, and what everybody else is answered: rows 3 and 4 of UPLOADS.md."""

from datetime import timedelta
from typing import Any

import pytest

from storage.records import Role, Scope
from tests.kit.forms import an_upload
from tests.kit.makers import a_wheel, an_sdist
from tests.kit.refusing import refusal, refused
from tests.kit.world import Person, World

TOAST = a_wheel()
LATER = a_wheel(version="2.0")
ASK = "If that is wrong, ask the moderators of this index."

NO_TOKEN = "This needs a token, and the credentials are none. "
NAME_AND_TOKEN = "Use the name __token__ and a token, which begins with bascule_, as password."


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ("Bearer bascule_unknown", "The token is unknown here. Check it, or make a new one."),
        ("Bearer hunter2", NO_TOKEN + NAME_AND_TOKEN),
        ("Basic X190b2tlbl9fOg==", NO_TOKEN + NAME_AND_TOKEN),
        ("Basic ???", "The credentials are not valid Basic credentials."),
        (
            "Digest x",
            "The Authorization header is neither Basic nor Bearer. "
            "Use the name __token__ and a token as the password.",
        ),
        (
            None,
            "This needs credentials. Use the name __token__ and a token as the password.",
        ),
    ],
)
def test_row_3_who_has_no_token_is_asked_for_one(anyone: Person, credentials: str, said: str):
    headers = {} if credentials is None else {"authorization": credentials}

    assert refused(anyone, an_upload(TOAST), **headers) == (401, said)
    answer = anyone.asks("POST", "/legacy/", headers=headers)
    assert answer.headers["www-authenticate"] == 'Basic realm="Bascule", charset="UTF-8"'


def test_row_3_a_token_ends(ann: Person, world: World):
    brief = ann.with_token(Scope.UPLOAD, expires_at=world.clock() + timedelta(hours=1))
    assert brief.uploads(TOAST).status_code == 200

    world.clock.passes(hours=1)

    ended = "The token expired on 2026-11-25 13:00 UTC. Make a new one."
    assert refusal(brief, LATER) == (401, ended)
    assert ann.uploads(LATER).status_code == 200


def test_row_3_a_revoked_token_is_told_so(ann: Person):
    lost = ann.with_token(Scope.UPLOAD, token_id="lost")
    assert lost.uploads(TOAST).status_code == 200

    assert lost.asks("DELETE", "/api/tokens/lost").status_code in (200, 204)

    assert refusal(lost, LATER) == (401, "The token was revoked. Make a new one.")


@pytest.mark.parametrize(
    ("subject", "hold", "said"),
    [
        ("account:ann", {}, "Your account is suspended: It spams. "),
        (
            "account:ann",
            {"for": "6h"},
            "Your account is suspended until 2026-11-25 18:00 UTC: It spams. ",
        ),
        ("token:anns", {}, "This token is suspended: It spams. "),
        ("project:toasting", {}, "The project toasting is quarantined: It spams. "),
        (
            "project:toasting",
            {"effects": ["freeze"], "for": "6h"},
            "The project toasting is frozen until 2026-11-25 18:00 UTC: It spams. ",
        ),
        ("release:toasting/2.0", {"effects": ["freeze"]}, "Release 2.0 is frozen: It spams. "),
    ],
    ids=["account", "account for 6h", "token", "project", "project for 6h", "release"],
)
def test_row_4_what_is_held_refuses_uploads_until_the_hold_is_undone(
    ann: Person, bea: Person, subject: str, hold: dict[str, Any], said: str
):
    mine = ann.with_token(Scope.UPLOAD, token_id="anns")
    mine.uploads(TOAST)
    mine.uploads(LATER)
    more = a_wheel(version="2.0", build="1")
    decision = bea.holds(subject, reason="It spams", **hold)

    assert refusal(mine, more) == (403, said + ASK)

    bea.undoes(decision)
    assert mine.uploads(more).status_code == 200


def test_row_4_a_hold_on_one_release_does_not_stop_the_others(ann: Person, bea: Person):
    ann.uploads(TOAST)

    bea.holds("release:toasting/1.0", effects=["freeze"])

    assert refusal(ann, an_sdist())[0] == 403
    assert ann.uploads(LATER).status_code == 200


def test_row_4_an_archived_project_takes_no_files(ann: Person):
    ann.uploads(TOAST)
    archived = {"status": "archived", "reason": "I eat bread now"}
    ann.asks("PUT", "/api/projects/toasting/status", json=archived)

    assert refusal(ann, LATER) == (
        403,
        "The project toasting is archived: I eat bread now. "
        "A member can set its status to active first.",
    )

    ann.asks("PUT", "/api/projects/toasting/status", json={"status": "deprecated"})
    assert ann.uploads(LATER).status_code == 200


def test_row_4_only_members_upload_to_a_project(ann: Person, bob: Person):
    ann.uploads(TOAST)

    no_member = (
        "bob is not a member of the project toasting. "
        "Ask one of its members to add you, or choose another name."
    )
    assert refusal(bob, LATER) == (403, no_member)
    assert refusal(bob, TOAST) == (403, no_member)

    ann.asks("PUT", "/api/projects/toasting/members/bob")
    assert bob.uploads(LATER).status_code == 200
    ann.asks("DELETE", "/api/projects/toasting/members/bob")
    assert refusal(bob, a_wheel(version="3.0")) == (403, no_member)


def test_row_4_a_token_of_one_project_is_good_for_that_one(ann: Person):
    narrow = ann.with_token(Scope.UPLOAD, project="toasting")

    assert refusal(narrow, a_wheel("crumpets")) == (
        403,
        "This token is for the project toasting, not for crumpets. "
        "Use a token of your account for this project.",
    )
    assert narrow.uploads(TOAST).status_code == 200


@pytest.mark.parametrize("scope", [Scope.READ, Scope.MODERATE])
def test_row_4_a_token_of_another_scope_is_not_good_for_uploads(world: World, scope: Scope):
    dan = world.somebody("dan", role=Role.ADMIN, scope=scope)

    assert refusal(dan, TOAST) == (
        403,
        "This needs a token of scope upload, and yours has another. "
        "Make one with POST /api/tokens, or ask the operator of this index.",
    )
    assert dan.with_token(Scope.UPLOAD).uploads(TOAST).status_code == 200
