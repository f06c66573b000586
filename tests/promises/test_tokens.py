"""Tokens: made with a password, shown once, stored as a digest, and good for what they say."""

import base64
import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from index.auth.callers import USE_NOTED_EVERY
from moderation.accounts import MAX_TOKENS
from storage.records import Scope
from storage.schema import METADATA, tokens
from tests.kit.makers import a_wheel
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

PASSWORD = "correct horse battery"
TOKEN = re.compile(r"bascule_[A-Za-z0-9_-]{43}")


@pytest.fixture
def eva(world: World) -> Person:
    """An uploader with a password, and without a token in hand."""
    return world.somebody("eva", password=PASSWORD)


def basic(name: str, secret: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


def made(world: World, **wanted: Any) -> Response:
    """A token that eva asks for, with her password."""
    headers = basic("eva", PASSWORD)
    return world.anyone.asks("POST", "/api/tokens", headers=headers, json=wanted)


def test_a_token_is_shown_once_and_stored_as_a_digest(world: World, eva: Person):
    answer = made(world)

    secret = answer.json()["token"]
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert TOKEN.fullmatch(secret)
    assert answer.json() == {
        "id": answer.json()["id"],
        "scope": "upload",
        "project": None,
        "created_at": "2026-11-25T12:00:00Z",
        "expires_at": None,
        "last_used_at": None,
        "token": secret,
    }
    everything = repr(world.rows(*METADATA.sorted_tables))
    assert hashlib.sha256(secret.encode()).hexdigest() in everything
    assert secret not in everything
    assert secret.removeprefix("bascule_") not in everything


def test_no_two_tokens_are_alike(world: World, eva: Person):
    secrets = {made(world).json()["token"] for _ in range(3)}

    assert len(secrets) == 3


def test_name_and_password_may_stand_in_the_body(world: World, eva: Person):
    body = {"name": "EVA", "password": PASSWORD, "scope": "read"}

    answer = world.anyone.asks("POST", "/api/tokens", json=body)

    assert (answer.status_code, answer.json()["scope"]) == (201, "read")


def test_a_token_is_good_in_every_scheme_and_under_every_name(world: World, eva: Person):
    secret = made(world).json()["token"]

    for number, headers in enumerate(
        [
            {"authorization": f"Bearer {secret}"},
            {"authorization": f"bearer  {secret}"},
            {"authorization": f"Token {secret}"},
            basic("__token__", secret),
            basic("eva", secret),
            basic("somebody else", secret),
            basic("", secret),
        ]
    ):
        answer = world.anyone.gets("/api/me", headers=headers)
        assert (number, answer.status_code, answer.json()["account"]["name"]) == (
            number,
            200,
            "eva",
        )


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"scope": "moderate"}, 403),
        ({"scope": "admin"}, 422),
        ({"expires": "soon"}, 400),
        ({"expires": "-1d"}, 400),
        ({"expires": "999999w"}, 400),
        ({"account": "bea"}, 422),
        ({"role": "admin"}, 422),
        ({"project": 5}, 422),
    ],
    ids=str,
)
def test_what_a_token_cannot_be_is_told(
    world: World, eva: Person, wanted: dict[str, Any], status: int
):
    before = world.rows(tokens)

    assert made(world, **wanted).status_code == status
    assert world.rows(tokens) == before


def test_a_token_that_moderates_is_for_the_whole_index(world: World, bea: Person, ann: Person):
    ann.uploads(a_wheel())
    terminal = Terminal(world.services.settings.data)

    said = terminal.refuses("token", "add", "bea", "--scope", "moderate", "--project", "toasting")

    assert said == "A token that moderates is for the whole index, not for one project."


@pytest.mark.parametrize("scope", Scope)
def test_a_token_makes_no_token(world: World, eva: Person, scope: Scope):
    person = world.somebody("mod", role="moderator", scope=scope)
    before = world.rows(tokens)

    for headers in ({}, basic("mod", person.secret or "")):
        answer = person.asks("POST", "/api/tokens", headers=headers, json={"scope": "upload"})
        assert answer.status_code == 401
    assert world.rows(tokens) == before


def test_a_token_for_a_project_is_good_for_it_in_every_spelling(world: World, eva: Person):
    secret = made(world, project="Toasting_Tools").json()["token"]
    here = a_wheel("toasting-tools"), a_wheel("crumpets")

    headers = {"authorization": f"Bearer {secret}"}
    me = world.anyone.gets("/api/me", headers=headers).json()
    assert me["token"]["project"] == "toasting-tools"
    keyed = Person(world=world, name="eva", account=eva.account, secret=secret)
    assert [keyed.uploads(archive).status_code for archive in here] == [200, 403]
    assert keyed.says("crumpets", "archived").status_code == 404


def test_a_token_ends_when_it_says(world: World, eva: Person):
    headers = {"authorization": f"Bearer {made(world, expires='2h').json()['token']}"}

    world.clock.passes(hours=2, microseconds=-1)
    assert world.anyone.gets("/api/me", headers=headers).status_code == 200
    world.clock.passes(microseconds=1)
    answer = world.anyone.gets("/api/me", headers=headers)
    assert (answer.status_code, answer.text) == (
        401,
        "The token expired on 2026-11-25 14:00 UTC. Make a new one.",
    )


def test_a_token_is_revoked_by_itself_or_with_the_password(world: World, eva: Person):
    first, second = made(world).json(), made(world).json()

    assert _revoke(world, first["id"], {"authorization": f"Bearer {first['token']}"}) == 200
    assert _revoke(world, second["id"], basic("eva", PASSWORD)) == 200
    for token in (first, second):
        answer = world.anyone.gets("/api/me", headers={"authorization": f"Bearer {token['token']}"})
        assert (answer.status_code, answer.text) == (401, "The token was revoked. Make a new one.")


def test_a_token_is_not_revoked_by_another_of_the_same_account_or_by_anybody_else(
    world: World, eva: Person, ann: Person, bea: Person, eve: Person
):
    token = made(world).json()
    stranger = world.somebody("fay", password=PASSWORD)

    for person in (eva, ann, bea, stranger, eve.with_token(Scope.UPLOAD)):
        assert person.asks("DELETE", f"/api/tokens/{token['id']}").status_code == 403
    assert _revoke(world, token["id"], basic("fay", PASSWORD)) == 403
    assert eve.asks("DELETE", f"/api/tokens/{token['id']}").status_code == 200
    assert _revoke(world, token["id"], basic("eva", PASSWORD)) == 409
    assert eve.asks("DELETE", "/api/tokens/unknown").status_code == 404


def test_an_account_has_so_many_tokens_at_a_time(world: World, eva: Person):
    for _ in range(MAX_TOKENS - 1):
        eva.new_secret(Scope.READ)

    answer = made(world)
    assert (answer.status_code, answer.text) == (
        409,
        "An account has at most 200 tokens. Revoke one first.",
    )
    eva.asks("DELETE", f"/api/tokens/{eva.gets('/api/me').json()['token']['id']}")
    assert made(world).status_code == 201


def test_the_last_use_is_noted_once_an_hour(world: World, eva: Person):
    def last_used() -> str | None:
        return eva.gets("/api/me").json()["token"]["last_used_at"]

    eva.gets("/api/me")
    assert last_used() == "2026-11-25T12:00:00Z"
    world.clock.passes(seconds=USE_NOTED_EVERY.total_seconds())
    last_used()
    assert last_used() == "2026-11-25T12:00:00Z"
    world.clock.now += timedelta(seconds=1)
    last_used()
    assert last_used() == "2026-11-25T13:00:01Z"


def test_a_command_prints_the_token_alone_and_others_no_secret(world: World, ann: Person):
    terminal = Terminal(world.services.settings.data)

    said = terminal.says("token", "add", "ann", "--scope", "read", "--project", "Toasting")

    secret = said.strip()
    assert TOKEN.fullmatch(secret)
    me = world.anyone.gets("/api/me", headers={"authorization": f"Bearer {secret}"}).json()
    assert (me["token"]["scope"], me["token"]["project"]) == ("read", "toasting")
    listed = terminal.says("token", "list", "ann")
    assert me["token"]["id"] in listed
    assert "bascule_" not in listed
    terminal.says("token", "revoke", me["token"]["id"])
    headers = {"authorization": f"Bearer {secret}"}
    assert world.anyone.gets("/api/me", headers=headers).status_code == 401


def _revoke(world: World, token_id: str, headers: dict[str, str]) -> int:
    return world.anyone.asks("DELETE", f"/api/tokens/{token_id}", headers=headers).status_code
