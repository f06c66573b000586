"""Every write leaves an entry that says who and why, and entries stay as they were written."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import compile_path

from index.routes import DOORS
from index.settings import Signup
from storage.schema import entries, entry_projects, payloads
from tests.kit.forms import FORM, an_upload
from tests.kit.makers import a_wheel
from tests.kit.source import PACKAGES, ROOT, functions, place, plant, python_files, tree
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


def test_no_source_changes_an_entry_but_to_erase_a_payload():
    assert [fault for path in python_files(ROOT, *PACKAGES) for fault in faults(path, ROOT)] == []


def test_only_payloads_may_be_erased_and_only_there(tmp_path: Path):
    erasing = "def erase(tx):\n    tx.execute(delete(payloads).where(True))\n"
    texts = {
        "storage/journal.py": f"{erasing}    tx.execute(delete(entries))\n",
        "storage/holds.py": erasing,
    }
    plant(tmp_path, texts)

    found = [fault for name in texts for fault in faults(tmp_path / name, tmp_path)]
    assert found == [
        "storage/journal.py:3: changes the journal",
        "storage/holds.py:2: changes the journal",
    ]


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
    here, module = place(path, root), tree(path)
    erasing = {
        id(node)
        for function in functions(module)
        if (here, function.name) == ("storage/journal.py", "erase")
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node) == "delete(payloads)"
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _changes(node) and id(node) not in erasing:
            yield f"{here}:{node.lineno}: changes the journal"


def _changes(call: ast.Call) -> bool:
    named = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    about = call.args[:1] if isinstance(call.func, ast.Name) else [call.func]
    words = {node.id for each in about for node in ast.walk(each) if isinstance(node, ast.Name)}
    words |= {n.attr for each in about for n in ast.walk(each) if isinstance(n, ast.Attribute)}
    said = [each.value for each in call.args if isinstance(each, ast.Constant)]
    spelled = {table for each in said for _, table in CHANGE.findall(str(each))}
    return bool((named in ("update", "delete") and words & KEPT) or spelled & KEPT)
