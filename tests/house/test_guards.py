"""Each route answers whom it should, whatever they come with, and nobody else."""

import base64
import json
import re
from collections.abc import Mapping
from datetime import timedelta

import pytest

from index.guard import Door, Who, anyone, moderator, reader, uploader
from index.routes import DOORS
from index.settings import Signup
from storage import tokens
from storage.records import Role, Scope
from tests.kit.forms import FORM, an_upload
from tests.kit.makers import a_wheel
from tests.kit.walking import SILENT
from tests.kit.world import Person, World

TOAST = a_wheel("toasting", "1.0")
VICTIM = "1"
"""A token's id, and a decision's number."""
VALUES = {
    "project": "toasting",
    "version": "1.0",
    "filename": TOAST.filename,
    "sha256": TOAST.sha256,
    "account": "spare",
    "id": VICTIM,
}
BODIES: Mapping[str, object] = {
    "POST /api/accounts": {"name": "new", "password": "a long password"},
    "POST /api/tokens": {"name": "spare", "password": "a long password"},
    "PUT /api/projects/{project}/status": {"status": "active"},
    "POST /api/moderation/decisions": {
        "act": "hold",
        "subjects": ["project:crumpets"],
        "effects": ["refuse"],
        "reason": "Because.",
    },
    "POST /api/moderation/decisions/{id}/undo": {"reason": "A mistake."},
    "POST /api/moderation/undo": {"by": "nobody", "reason": "A mistake."},
    "POST /api/reports": {"subject": "project:none", "kind": "spam", "summary": "Spam."},
    "POST /api/decisions/{id}/appeal": {"message": "No."},
}
APPEAL = "/api/decisions/{id}/appeal"
PUBLIC_WRITES = {"POST /api/accounts", "POST /api/tokens"}

OK = 0
"""Neither 401 nor 403."""
UNKNOWN = dict.fromkeys(("nobody", "a wrong token", "an old token", "a revoked token"), 401)
SUSPENDED = ("suspended", "with a suspended token", "a suspended moderator", "a suspended admin")
KNOWN = ("reading", "a member", "elsewhere", "a stranger", *SUSPENDED)
KNOWN += ("a moderator", "a moderator uploading", "an admin", "an admin uploading")
KNOWN += ("no moderator any more",)
REFUSED = UNKNOWN | {"by password": 401} | dict.fromkeys(KNOWN, 403)
EXPECTED: Mapping[Who, Mapping[str, int]] = {
    Who.ANYONE: dict.fromkeys(REFUSED, OK),
    Who.READER: dict.fromkeys(REFUSED, OK),
    Who.SIGNED_IN: dict.fromkeys(REFUSED, OK) | UNKNOWN,
    Who.UPLOADER: REFUSED | {"a member": OK, "an admin uploading": OK},
    Who.MODERATOR: REFUSED | {"a moderator": OK, "an admin": OK},
}
SPECIAL: Mapping[str, Mapping[str, int]] = {
    # The token of the account whose password it is.
    "DELETE /api/tokens/{id}": REFUSED | {"by password": OK, "an admin": OK},
    # Whoever is signed in, but no token that only reads, and nobody who is suspended.
    "POST /api/reports": dict.fromkeys(REFUSED, OK)
    | UNKNOWN
    | dict.fromkeys(("reading", *SUSPENDED), 403),
    # The suspended too: that is what they appeal.
    "POST /api/decisions/{id}/appeal": dict.fromkeys(REFUSED, OK) | UNKNOWN | {"reading": 403},
}


def who_should(door: Door) -> Who:
    """Whom a door should answer, by its place and its method."""
    if door.path.startswith("/api/moderation"):
        return Who.MODERATOR
    if door.path in SILENT - {"/simple", "/simple/{project}"} or _key(door) in PUBLIC_WRITES:
        return Who.ANYONE
    if door.path in ("/api/me", "/api/tokens/{id}", "/api/reports", APPEAL):
        return Who.SIGNED_IN
    if _key(door) == "GET /api/projects/{project}/files/{filename}":
        return Who.UPLOADER
    return Who.READER if door.method == "GET" else Who.UPLOADER


def faults(doors: tuple[Door, ...]) -> list[str]:
    """The doors that answer others than they should."""
    return [
        f"{_key(door)} answers {door.who}" for door in doors if door.who is not who_should(door)
    ]


def test_every_door_answers_whom_it_should_and_none_that_is_public_takes_a_write():
    assert faults(DOORS) == []


async def nothing(*_: object) -> None:
    """An endpoint."""


@pytest.mark.parametrize(
    "planted",
    [
        anyone("POST", "/api/moderation/decisions", nothing),
        uploader("GET", "/api/moderation/journal", nothing),
        moderator("GET", "/simple/", nothing),
        anyone("GET", "/simple/{project}/", nothing),
        reader("POST", "/legacy/", nothing),
        anyone("POST", "/desk/{filename}", nothing),
    ],
    ids=lambda door: f"{door.method} {door.path} for {door.who}",
)
def test_a_planted_door_is_found(planted: Door):
    assert faults((planted,)) == [f"{_key(planted)} answers {planted.who}"]


@pytest.fixture
def settings() -> dict[str, object]:
    """Everybody may make an account."""
    return {"signup": Signup.OPEN}


@pytest.fixture
def people(world: World, ann: Person, bob: Person, bea: Person, eve: Person) -> dict[str, str]:
    """Everybody who may come, each with a secret."""
    sue, tom = world.somebody("sue"), world.somebody("tom", token_id="abad1dea")
    mod = world.somebody("mod", role=Role.MODERATOR, scope=Scope.MODERATE)
    adm = world.somebody("adm", role=Role.ADMIN, scope=Scope.MODERATE)
    world.somebody("spare", password="a long password", token_id=VICTIM)
    for archive in (TOAST, a_wheel("crumpets", "1.0")):
        ann.uploads(archive)
    for member in ("sue", "tom"):
        ann.asks("PUT", f"/api/projects/toasting/members/{member}")
    revoked = ann.with_token(Scope.UPLOAD, token_id="0ddba11")
    revoked.asks("DELETE", "/api/tokens/0ddba11")
    soon = world.clock() + timedelta(minutes=1)
    secrets = {
        "a wrong token": "bascule_wrong",
        "an old token": ann.new_secret(Scope.UPLOAD, expires_at=soon),
        "a revoked token": revoked.secret,
        "by password": "a long password",
        "reading": ann.new_secret(Scope.READ),
        "a member": ann.secret,
        "elsewhere": ann.new_secret(Scope.UPLOAD, project="crumpets"),
        "a stranger": bob.secret,
        "suspended": sue.secret,
        "with a suspended token": tom.secret,
        "a suspended moderator": mod.secret,
        "a suspended admin": adm.secret,
        "a moderator": bea.secret,
        "a moderator uploading": bea.new_secret(Scope.UPLOAD),
        "no moderator any more": _left_over(world, ann),
        "an admin": eve.secret,
        "an admin uploading": eve.new_secret(Scope.UPLOAD),
    }
    eve.holds("account:sue", "token:abad1dea", "account:mod", "account:adm")
    world.clock.now = soon
    return {name: secret for name, secret in secrets.items() if secret}


def _left_over(world: World, ann: Person) -> str:
    """A token that moderates, of an account that may not (any more)."""
    assert ann.account is not None
    secret = "bascule_from-better-days"
    world.services.database.write_now(
        tokens.add,
        token_id="5",
        secret=secret,
        account_id=ann.account.id,
        scope=Scope.MODERATE,
        project=None,
        at=world.clock(),
        expires_at=None,
    )
    return secret


@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
def test_every_door_answers_each_who_comes_as_the_table_says(
    world: World, people: dict[str, str], scheme: str
):
    answers = {
        (_key(door), name): _answer(world, door, _credentials(scheme, people.get(name)))
        for door in DOORS
        for name in EXPECTED[door.who]
    }

    assert answers == {
        (_key(door), name): status
        for door in DOORS
        for name, status in SPECIAL.get(_key(door), EXPECTED[door.who]).items()
    }


def _credentials(scheme: str, secret: str | None) -> dict[str, str]:
    """The header; a password is of an account, and Basic however a token comes."""
    if secret is None:
        return {}
    if scheme == "Bearer" and secret.startswith("bascule_"):
        return {"authorization": f"Bearer {secret}"}
    name = "__token__" if secret.startswith("bascule_") else "spare"
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def _answer(world: World, door: Door, headers: Mapping[str, str]) -> int:
    """401 or 403, after which nothing may have changed, or OK for everything else."""
    url = re.sub(r"\{([a-z0-9:]+)\}", lambda named: VALUES[named[1]], door.path)
    before = world.journal
    if door.path.startswith("/legacy") and door.method == "POST":
        body, headers = an_upload(TOAST), {**FORM, **headers}
    else:
        body = json.dumps(BODIES.get(_key(door), {})).encode()
    answer = world.anyone.asks(door.method, url, headers=headers, content=body)
    if answer.status_code not in (401, 403):
        return OK
    assert world.journal == before
    assert ("www-authenticate" in answer.headers) == (answer.status_code == 401)
    return answer.status_code


def _key(door: Door) -> str:
    return f"{door.method} {door.path}"
