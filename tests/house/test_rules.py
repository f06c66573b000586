"""The reference of what is accepted has every sentence that refuses an upload, and every limit."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from index.upload.policy import Limits
from tests.kit.source import ROOT, plant, python_files, tree

PAGE = ROOT / "docs" / "uploaders" / "what-is-accepted.md"
HOLE = "…"
# The first argument of these is the end of a sentence.
REASONS = {"broken", "_broken"}
# The first is a setting, no honest archive comes near the others, and the last refuses nothing.
NO_NUMBER = {"file_bytes", "tar_header_bytes", "record_bytes", "entry_points_bytes"}
NO_NUMBER |= {"noted_bytes"}

PLANTED = '''\
"""A docstring."""
LIMIT = 3
"""What follows it."""


def check(name):
    """Not said. Never."""
    if name:
        raise Invalid(f"The name {name!r} is odd.", hint="Choose another one.")
    if not name:
        raise broken(f"it has {LIMIT:,} ends")
    yield f"{LIMIT}{name} is not here."
'''


def test_every_sentence_that_refuses_an_upload_is_in_the_reference_and_no_other():
    listed = set(re.findall(r"^(?:- )?`(.+)`(?:, (?:and|with) .+)?$", _page(), re.MULTILINE))
    said = {sentence for path in _refusing() for sentence in sentences(path)}

    assert (sorted(said - listed), sorted(listed - said)) == ([], [])


def test_every_limit_of_an_upload_is_in_the_reference():
    limits = Limits()
    numbers = {each.name: f"{getattr(limits, each.name):,.0f}" for each in fields(Limits)}

    named = set(re.findall(r"[\d,]*\d", _page()))
    assert {name for name, number in numbers.items() if number not in named} == NO_NUMBER


def test_a_planted_sentence_is_found(tmp_path):
    plant(tmp_path, {"a.py": PLANTED})

    found = {"The name … is odd.", "it has … ends", "… is not here."}
    assert set(sentences(tmp_path / "a.py")) == found


def sentences(path: Path) -> Iterator[str]:
    """What a file may say to an uploader, without its hints, with … for what it fills in."""
    module = tree(path)
    silent = {id(node) for node in _silent(module)}
    for node in ast.walk(module):
        text = _text(node)
        if id(node) not in silent and " " in text and text.endswith("."):
            yield text
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in REASONS:
            yield _text(node.args[0])


def _refusing() -> list[Path]:
    steps = ROOT / "index" / "upload" / "endpoints.py"  # Says what was published, refuses nothing.
    return [
        ROOT / "moderation" / "before.py",
        ROOT / "moderation" / "limits.py",
        ROOT / "moderation" / "publishing.py",
        *(path for path in python_files(ROOT, "index/upload") if path != steps),
    ]


def _silent(module: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, hints, and the pieces of what is put together."""
    for node in ast.walk(module):
        if isinstance(node, ast.Expr):
            yield node.value
        elif isinstance(node, ast.keyword) and node.arg == "hint":
            yield from ast.walk(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield from node.values


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        pieces = [_text(each) if isinstance(each, ast.Constant) else HOLE for each in node.values]
        return re.sub(f"{HOLE}+", HOLE, "".join(pieces))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _page() -> str:
    return PAGE.read_text(encoding="utf-8")
