"""Every write leaves an entry that says who and why, and entries stay as they were written."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from starlette.routing import compile_path

from index.routes import DOORS
from index.settings import Signup
from storage import journal
from storage.database import Transaction
from storage.problems import Invalid
from storage.schema import entries, entry_projects, payloads
from tests.kit.forms import FORM, an_upload
from tests.kit.makers import a_wheel
from tests.kit.source import PACKAGES, ROOT, place, plant, python_files, tree
from tests.kit.world import Person, World

TOAST, OTHER = a_wheel("toasting", "1.0"), a_wheel("crumpets", "1.0")
FILE, RELEASE, PROJECT = f"file:{TOAST.filename}", "release:toasting/1.0", "project:toasting"
KEPT = {entries.name, payloads.name, entry_projects.name}
CHANGE = re.compile(r"\b(update|delete\s+from|replace\s+into|drop\s+table)\s+(\w+)", re.IGNORECASE)

WHY = {"reason": "Because."}
HOLD = {"act": "hold", "subjects": [FILE], "reason": "Because."}
ERASE = {"act": "erase", "subjects": [FILE], "reason": "Because."}
LAST = {"act": "hold", "subjects": [PROJECT], "reason": "Because."}
PROPOSALS = "/api/moderation/proposals"
REPORT = {"subject": PROJECT, "kind": "spam", "summary": "Because."}
CLAIM = "/api/moderation/cases/1/claim"
PASSWORD = {"name": "new", "password": "a long password"}
MEMBER = "/api/projects/toasting/members/new"
ONE_FILE = f"/api/projects/toasting/files/{TOAST.filename}"
ONE_RELEASE = "/api/projects/toasting/releases/1.0"
UPLOADS = [("project-add", PROJECT, ""), ("upload", FILE, "")]
OTHER_UPLOADS = [("project-add", "project:crumpets", ""), ("upload", f"file:{OTHER.filename}", "")]

WRITES = (
    (None, "POST", "/api/accounts", PASSWORD, [("account-add", "account:new", "")]),
    (None, "POST", "/api/tokens", PASSWORD, [("token-add", "token:*", "")]),
    ("ann", "POST", "/legacy/", an_upload(TOAST), UPLOADS),
    ("ann", "POST", "/legacy", an_upload(OTHER), OTHER_UPLOADS),
    ("ann", "PUT", MEMBER, {}, [("member-add", PROJECT, "")]),
    ("ann", "DELETE", MEMBER, {}, [("member-remove", PROJECT, "")]),
    ("ann", "POST", f"{ONE_FILE}/yank", WHY, [("yank", FILE, "Because.")]),
    ("ann", "DELETE", f"{ONE_FILE}/yank", {}, [("unyank", FILE, "")]),
    ("ann", "POST", f"{ONE_RELEASE}/yank", WHY, [("yank", RELEASE, "Because.")]),
    ("ann", "DELETE", f"{ONE_RELEASE}/yank", {}, [("unyank", RELEASE, "")]),
    ("ann", "POST", f"{ONE_FILE}/withdraw", WHY, [("withdraw", FILE, "Because.")]),
    ("ann", "DELETE", f"{ONE_FILE}/withdraw", WHY, [("restore", FILE, "Because.")]),
    ("ann", "POST", f"{ONE_RELEASE}/withdraw", WHY, [("withdraw", RELEASE, "Because.")]),
    ("ann", "DELETE", f"{ONE_RELEASE}/withdraw", WHY, [("restore", RELEASE, "Because.")]),
    (
        "ann",
        "PUT",
        "/api/projects/toasting/status",
        {"status": "deprecated", **WHY},
        [("status-deprecated", PROJECT, "Because.")],
    ),
    ("bea", "POST", "/api/moderation/decisions", HOLD, [("hold", FILE, "Because.")]),
    ("bea", "POST", "/api/moderation/decisions/8/undo", WHY, [("undo", FILE, "Because.")]),
    ("bea", "POST", "/api/moderation/undo", {"by": "bea", **WHY}, [("undo", FILE, "Because.")]),
    ("bea", "POST", PROPOSALS, ERASE, [("propose", "proposal:*", "Because.")]),
    ("bea", "DELETE", f"{PROPOSALS}/1", {}, [("cancel", "proposal:*", "Because.")]),
    ("bea", "POST", PROPOSALS, ERASE, [("propose", "proposal:*", "Because.")]),
    (
        "cat",
        "POST",
        f"{PROPOSALS}/2/confirm",
        {},
        [("erase", FILE, "Because."), ("confirm", "proposal:*", "Because.")],
    ),
    ("bea", "POST", "/api/moderation/decisions", LAST, [("hold", PROJECT, "Because.")]),
    ("ann", "POST", "/api/decisions/12/appeal", {"message": "No."}, [("appeal", PROJECT, "")]),
    ("ann", "POST", "/api/reports", REPORT, [("report", PROJECT, "Because.")]),
    ("bea", "PUT", CLAIM, {}, [("claim", "case:1", "")]),
    ("bea", "DELETE", CLAIM, {}, [("unclaim", "case:1", "")]),
    ("ann", "DELETE", "/api/tokens/ann-s-token", {}, [("token-revoke", "token:ann-s-token", "")]),
)
"""Every write, in an order in which each can be done, and the entries that it leaves."""


@pytest.fixture
def settings() -> dict[str, object]:
    """Everybody may make an account."""
    return {"signup": Signup.OPEN}


def test_every_write_leaves_entries_that_say_who_and_why(world: World, bea: Person, cat: Person):
    people = {None: world.anyone, "bea": bea, "cat": cat}
    people["ann"] = world.somebody("ann", token_id="ann-s-token")
    written = {}
    for who, method, path, body, _ in WRITES:
        world.clock.passes(days=1 if "confirm" in path else 0, seconds=1)
        before = len(world.journal)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = FORM if isinstance(body, bytes) else {}
        answer = people[who].asks(method, path, content=content, headers=headers)
        assert answer.status_code in (200, 201, 202), answer.text
        new = world.journal[before:]
        # What was proposed is decided by who proposed it, when another confirms it.
        assert {(entry.actor, entry.at) for entry in new if entry.act != "erase"} == {
            (f"account:{who or 'new'}", world.clock())
        }
        written[method, path] = [(each.act, _steady(each.subject), each.reason) for each in new]

    assert written == {(method, path): left for _, method, path, _, left in WRITES}
    assert {_door(*key) for key in written} == {
        (door.method, door.path) for door in DOORS if door.method != "GET"
    }


def _steady(subject: str) -> str:
    return re.sub("token:[0-9a-f]{12}", "token:*", re.sub(r"proposal:\d+", "proposal:*", subject))


def _door(method: str, path: str) -> tuple[str, str]:
    (found,) = {
        door.path
        for door in DOORS
        if door.method == method and compile_path(door.path)[0].match(path)
    }
    return method, found


@pytest.fixture
def written(world: World, ann: Person, bea: Person) -> World:
    """A journal of some entries, right so far."""
    ann.uploads(TOAST)
    bea.undoes(bea.holds(FILE))
    assert _said(world) == (len(world.journal), None)
    return world


@pytest.mark.parametrize(
    "column", ["at", "actor", "act", "subject", "payload_hash", "previous_hash", "hash"]
)
def test_a_changed_entry_is_found(written: World, column: str):
    _change(written, f"UPDATE entries SET {column} = '2026-01-01 00:00:00.000000' WHERE serial = 3")

    assert _said(written) == (2, "Entry 3 of the journal was changed or moved.")


@pytest.mark.parametrize("serial", [1, 3])
def test_a_missing_entry_is_found(written: World, serial: int):
    for table in ("payloads", "entry_projects", "entries"):
        _change(written, f"DELETE FROM {table} WHERE serial = {serial}")

    assert _said(written) == (serial - 1, f"Entry {serial} of the journal is missing.")


def test_entries_in_another_order_are_found(written: World):
    columns = "at, actor, act, subject, payload_hash, previous_hash, hash"
    _change(
        written,
        f"UPDATE entries SET ({columns}) = (SELECT {columns} FROM entries AS other "
        "WHERE other.serial = 7 - entries.serial) WHERE serial IN (3, 4)",
    )

    assert _said(written) == (2, "Entry 3 of the journal was changed or moved.")


def test_a_changed_payload_is_found(written: World):
    _change(written, "UPDATE payloads SET payload = replace(payload, 'e', 'a') WHERE serial = 3")

    assert _said(written) == (2, "The payload of entry 3 of the journal was changed.")


def test_an_erased_payload_is_no_fault(written: World, bea: Person):
    _change(written, "DELETE FROM payloads WHERE serial = 3")

    assert _said(written) == (len(written.journal), None)
    entry = bea.gets("/api/moderation/journal?since=2").json()["entries"][0]
    assert (entry["serial"], entry["reason"], entry["details"]) == (3, "", {})


def _change(world: World, sql: str) -> None:
    world.services.database.write_now(lambda tx: tx.execute(text(sql)))


def _said(world: World) -> tuple[int, str | None]:
    """How many entries are right, and the first fault."""
    return world.asks_rows(_verified)


def _verified(tx: Transaction) -> tuple[int, str | None]:
    right = 0
    try:
        for serial in journal.verify(tx):
            right = serial
    except Invalid as problem:
        return right, problem.message
    return right, None


def test_no_source_changes_an_entry():
    assert [fault for path in python_files(ROOT, *PACKAGES) for fault in faults(path, ROOT)] == []


@pytest.mark.parametrize(
    "line",
    [
        "tx.execute(update(entries).values(act='x'))",
        "tx.execute(delete(payloads))",
        "tx.execute(schema.entry_projects.delete())",
        "tx.execute(entries.update())",
        "tx.execute(text('UPDATE entries SET act = 1'))",
        "tx.exec_driver_sql('delete  from payloads')",
    ],
)
def test_a_planted_change_is_found(tmp_path: Path, line: str):
    path = plant(tmp_path, {"storage/journal.py": line}) / "storage/journal.py"

    assert list(faults(path, tmp_path)) == ["storage/journal.py:1: changes the journal"]


def faults(path: Path, root: Path) -> Iterator[str]:
    """Every place in one file that updates or deletes rows of the journal."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and _changes(node):
            yield f"{place(path, root)}:{node.lineno}: changes the journal"


def _changes(call: ast.Call) -> bool:
    named = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    about = call.args[:1] if isinstance(call.func, ast.Name) else [call.func]
    words = {node.id for each in about for node in ast.walk(each) if isinstance(node, ast.Name)}
    words |= {n.attr for each in about for n in ast.walk(each) if isinstance(n, ast.Attribute)}
    said = [each.value for each in call.args if isinstance(each, ast.Constant)]
    spelled = {table for each in said for _, table in CHANGE.findall(str(each))}
    return bool((named in ("update", "delete") and words & KEPT) or spelled & KEPT)
