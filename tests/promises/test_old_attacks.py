"""Attacks that other indexes have suffered, each against this one (ATTACKS.md)."""

import ast
import re
from dataclasses import replace
from stat import S_IMODE
from typing import Any

import pytest

from index.app import compose
from index.auth.callers import FAILURES_PER_ACCOUNT
from index.guard import Door
from index.routes import DOORS
from storage.records import Role, Scope
from tests.kit.makers import a_wheel
from tests.kit.refusing import everything, refusal
from tests.kit.source import PACKAGES, ROOT, place, python_files, tree
from tests.kit.world import Person, World

TOAST = a_wheel()
PASSWORD = "correct horse battery"
PARAMETERS = {
    "project": "toasting",
    "version": "1.0",
    "sha256": TOAST.sha256,
    "filename": TOAST.filename,
    "id": "1",
    "account": "ann",
}
READERS = ("urllib.request", "http.client", "httpx", "httpx2", "requests", "aiohttp", "ftplib")


def path_of(door: Door) -> str:
    """The path of a door, with what is there in the place of its parameters."""
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: PARAMETERS[found[1]], door.path)


@pytest.mark.parametrize(
    "path",
    [
        f"/packages/{TOAST.sha256}%2F{TOAST.filename}",
        f"/packages/{TOAST.sha256}/{TOAST.filename}%00",
        f"/packages/{TOAST.sha256}//{TOAST.filename}",
        f"/packages/x/../{TOAST.sha256}/{TOAST.filename}",
        f"/packages/{TOAST.sha256}/%2e%2e%2f{TOAST.filename}",
        f"//packages/{TOAST.sha256}/{TOAST.filename}",
        f"/packages/{TOAST.sha256.upper()}/{TOAST.filename}",
        f"/packages/{TOAST.sha256}/{TOAST.filename.upper()}",
        f"/packages/{TOAST.sha256}/{TOAST.filename}.metadata.metadata",
        "/packages/..%2f..%2fbascule.sqlite/x",
        "/%2F%2F%2F..%2F..%2Fetc%2Fpasswd",
    ],
)
def test_attack_11_another_spelling_of_a_path_opens_nothing_that_is_held(
    ann: Person, bea: Person, anyone: Person, path: str
):
    ann.uploads(TOAST)
    bea.holds(f"file:{TOAST.filename}")

    assert anyone.gets(path).status_code == 404


def test_attack_14_a_redirect_carries_no_header_of_the_client(anyone: Person):
    answer = anyone.gets("/simple/a%0d%0aX-Injected:%20yes")

    assert (answer.status_code, "x-injected" in answer.headers) == (301, False)
    assert answer.headers["location"].startswith("/simple/a")


def test_attack_14_a_redirect_leads_nowhere_else(anyone: Person):
    for path in ("/simple//evil.example", "/simple/%2F%2Fevil.example", "//evil.example/simple"):
        answer = anyone.gets(path)

        assert answer.headers.get("location", "/simple/").startswith("/simple/")


def test_attack_20_dependencies_are_those_of_the_file(ann: Person, anyone: Person):
    wheel = a_wheel(requires_dist=["crumpet"], requires_python=">=3.9")

    ann.uploads(wheel, requires_dist=["evil"], requires_python=">=2")

    told = anyone.gets("/pypi/toasting/json").json()["info"]
    assert (told["requires_dist"], told["requires_python"]) == (["crumpet"], ">=3.9")
    assert b"Requires-Dist: crumpet\n" in anyone.downloads(wheel, ".metadata").content


def test_attack_22_a_withdrawn_file_is_not_replaced(ann: Person, anyone: Person):
    ann.uploads(TOAST)
    path = f"/api/projects/toasting/files/{TOAST.filename}/withdraw"
    ann.asks("POST", path, json={"reason": "Burnt."})

    assert refusal(ann, a_wheel(summary="Evil."))[0] == 400
    assert anyone.sees("toasting") == []


TO_THE_OPERATORS = {"index/checkpoints.py", "index/sending/mail.py", "index/sending/webhooks.py"}
"""What sends something, to an address that the operator set and no request names."""


def test_attack_24_no_request_makes_the_index_ask_another_host():
    imported = {
        (place(path, ROOT), name)
        for path in python_files(ROOT, *PACKAGES)
        for node in ast.walk(tree(path))
        for name in _imported(node)
    }

    assert {each[0] for each in imported if each[1] in READERS} <= TO_THE_OPERATORS


def test_attack_24_a_description_reads_no_file(ann: Person, world: World):
    secret = world.services.settings.data / "secret.txt"
    secret.write_text("Toast is bread.")
    told = f"Toast\n=====\n\n.. include:: {secret}\n\n.. raw:: html\n   :file: {secret}\n"
    wheel = a_wheel(metadata_extra=["Description-Content-Type: text/x-rst"], description=told)

    answer = ann.uploads(wheel)

    assert "Toast is bread" not in answer.text


@pytest.mark.parametrize("settings", [{"signup": "open"}])
def test_attack_30_nobody_signs_up_as_a_moderator(anyone: Person):
    wanted: dict[str, Any] = {"name": "eve", "password": PASSWORD, "role": "admin"}

    assert anyone.asks("POST", "/api/accounts", json=wanted).status_code == 422


@pytest.mark.on_sqlite  # On PostgreSQL whoever reads has a transaction that cannot write.
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "door", [door for door in DOORS if door.method == "GET"], ids=lambda door: door.path
)
def test_attack_32_nothing_changes_when_something_is_read(
    world: World, ann: Person, bea: Person, anyone: Person, door: Door, method: str
):
    ann.uploads(TOAST)
    before = everything(world.services)

    for person in (anyone, ann, bea):
        assert person.asks(method, path_of(door)).status_code < 500

    assert everything(world.services) == before


def test_attack_34_a_header_does_not_hide_where_guesses_come_from(world: World, anyone: Person):
    world.somebody("ann", password=PASSWORD)
    guess = {"name": "ann", "password": "wrong horse battery"}

    statuses = [
        anyone.asks(
            "POST", "/api/tokens", json=guess, headers={"x-forwarded-for": f"192.0.2.{number}"}
        ).status_code
        for number in range(FAILURES_PER_ACCOUNT + 1)
    ]

    assert statuses == [401] * FAILURES_PER_ACCOUNT + [429]


def test_attack_35_who_is_suspended_is_so_with_every_token(ann: Person, bea: Person):
    mine = [ann, ann.with_token(Scope.UPLOAD), ann.with_token(Scope.UPLOAD, project="toasting")]

    decision = bea.holds("account:ann")

    assert [refusal(each, TOAST)[0] for each in mine] == [403] * 3
    bea.undoes(decision)
    assert [each.uploads(TOAST).status_code for each in mine] == [200] * 3


def test_attacks_37_and_39_no_answer_tells_a_secret(world: World, ann: Person, bea: Person):
    boss = world.somebody("boss", role=Role.ADMIN, scope=Scope.MODERATE, password=PASSWORD)
    ann.uploads(TOAST)
    secrets = [ann.secret, boss.secret, "argon2", PASSWORD]

    for door in DOORS:
        if door.method == "GET":
            for person in (ann, bea, boss, replace(boss, secret=None)):
                said = person.gets(path_of(door)).text
                assert [secret for secret in secrets if secret and secret in said] == []


def test_attack_39_what_the_index_keeps_is_its_own(world: World):
    folder = world.services.settings.data / "new"
    made = replace(world.services.settings, data=folder, database_url="", blobs_url="")

    compose(made).database.close()

    assert S_IMODE(folder.stat().st_mode) == 0o700


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = node.module or ""
        return [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return []
