"""What a Problem says is a whole sentence, and no secret is in it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.source import PACKAGES, ROOT, place, plant, python_files, tree

SECRET = {
    "authorization",
    "body",
    "cookie",
    "credentials",
    "password",
    "secret",
    "secret_key",
    "token",
}

PLANTED = """\
class Problem(Exception): ...
class Invalid(Problem): ...
class Odd(Invalid): ...
"""


def test_every_problem_speaks_in_sentences_and_keeps_secrets():
    assert faults(ROOT) == []


def test_the_problems_of_the_project_are_found():
    problems = _problems(python_files(ROOT, *PACKAGES))

    assert {"Problem", "Invalid", "TooMany", "Busy"} <= problems


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ('Invalid("No full stop")', "does not end with a full stop"),
        ('Invalid(f"{name} ends in {what}")', "does not end with a full stop"),
        ('problems.Odd("One. " "Two")', "does not end with a full stop"),
        ('Invalid("Fine.", hint="Not fine")', "does not end with a full stop"),
        ('Invalid("Fine." if x else "Not fine")', "does not end with a full stop"),
        ('Invalid("Fine. " + "Not fine")', "does not end with a full stop"),
        ('Invalid(message="Not fine")', "does not end with a full stop"),
        ('Invalid("a small letter.")', "does not begin like a sentence"),
        ('Invalid("Log in, please.")', "says please"),
        ('Invalid("Stop! It is too large.")', "has an exclamation mark"),
        ('Invalid(f"Not {password}.")', "tells password"),
        ('Invalid(f"Not {caller.token!r}.")', "tells token"),
        ('Invalid("Fine.", hint=f"Send {str(secret)} again.")', "tells secret"),
        ('Invalid("Not {}.".format(password))', "tells password"),
    ],
)
def test_a_planted_message_is_found(tmp_path, call, found):
    plant(tmp_path, {"storage/problems.py": PLANTED, "index/a.py": f"raise {call}"})

    assert faults(tmp_path) == [f"index/a.py:1: {found}"]


def test_sentences_and_other_calls_are_left_alone(tmp_path):
    text = """\
        Invalid(f"{token.id} has ended.", hint="Make another: `bascule token add`.")
        Invalid(" ".join(complaints))
        Invalid(f"The project is frozen: {stopped(hold.reason)}")
        Odd(f"{path}: {reason}." if path else "The form is empty.")
        Invalid("Fine.", hint=f"Make another with: bascule token add NAME --scope {scope}")
        Invalid("dry_run is 1 or 0.")
        print("no sentence")
    """
    lines = "\n".join(line.strip() for line in text.splitlines())
    plant(tmp_path, {"storage/problems.py": PLANTED, "index/a.py": lines})

    assert faults(tmp_path) == []


def faults(root: Path) -> list[str]:
    """Everything that is wrong with what the problems raised under *root* say."""
    files = python_files(root, *PACKAGES)
    problems = _problems(files)
    return [
        f"{place(path, root)}:{call.lineno}: {fault}"
        for path in files
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and _last_name(call.func) in problems
        for said in _said(call)
        for fault in (*_in_sentence(said), *(f"tells {name}" for name in _told(said)))
    ]


def _problems(files: list[Path]) -> set[str]:
    classes = [
        node for path in files for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)
    ]
    found = {"Problem"}
    while True:
        more = {node.name for node in classes if found & {_last_name(base) for base in node.bases}}
        if more <= found:
            return found
        found |= more


def _last_name(node: ast.AST) -> str:
    return getattr(node, "attr", None) or getattr(node, "id", "")


def _said(call: ast.Call) -> list[ast.expr]:
    return [
        *call.args[:1],
        *(word.value for word in call.keywords if word.arg in {"message", "hint"}),
    ]


def _in_sentence(said: ast.expr) -> Iterator[str]:
    if isinstance(said, ast.IfExp):
        yield from (*_in_sentence(said.body), *_in_sentence(said.orelse))
        return
    pieces = _pieces(said)
    text = "".join(piece or "…" for piece in pieces)
    if not text or set(text) == {"…"}:
        return  # Put together elsewhere, of sentences that are judged where they are written.
    if not text.endswith(".") and ": bascule " not in text:  # A command to paste ends a hint.
        yield "does not end with a full stop"
    if text[0].islower() and "_" not in text.split()[0]:
        yield "does not begin like a sentence"
    if "please" in text.lower():
        yield "says please"
    if "!" in text.replace("!=", ""):
        yield "has an exclamation mark"


def _pieces(said: ast.expr) -> list[str | None]:
    """The literal text of an expression in order; None stands for what is only known later."""
    match said:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.FormattedValue(value=ast.Call(func=ast.Name(id="stopped"))):
            return [
                None,
                ".",
            ]  # moderation.permissions.stopped: what a person wrote, as a sentence.
        case ast.JoinedStr(values=values):
            return [piece for value in values for piece in _pieces(value)]
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return [*_pieces(left), *_pieces(right)]
        case ast.Constant(value=None):
            return []
        case _:
            return [None]


def _told(said: ast.expr) -> Iterator[str]:
    """The secret names whose values the message would contain; `token.id` tells an id."""
    if isinstance(said, ast.Name | ast.Attribute):
        if (name := _last_name(said)).lower() in SECRET:
            yield name
        return
    for child in ast.iter_child_nodes(said):
        yield from _told(child)
