"""The words that DESIGN.md section 2 rules out name no file, no function and no class."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.source import FUNCTIONS, PACKAGES, ROOT, place, plant, python_files, tree

NOT_USED = re.compile(
    "(package|user|manager|helper|util|handle[rd]?|process(es|ed|ing|or)?|data|info|common|base)s?"
)

# Methods that a library calls by these names.
GIVEN = {"data_received", "process_bind_param", "result_processor"}


def test_no_name_uses_a_word_that_says_nothing():
    assert [
        fault
        for path in python_files(ROOT, *PACKAGES, "bench", "torture")
        for fault in faults(path, ROOT)
    ] == []


def test_no_file_of_the_tests_does_either():
    assert [fault for path in python_files(ROOT, "tests") for fault in _in_path(path, ROOT)] == []


@pytest.mark.parametrize(
    ("file", "text", "found"),
    [
        ("index/utils.py", "", ["index/utils.py: utils"]),
        ("index/common/paths.py", "", ["index/common/paths.py: common"]),
        ("a.py", "def handle_upload(): ...", ["a.py:1: handle_upload says handle"]),
        ("a.py", "async def get_user(): ...", ["a.py:1: get_user says user"]),
        ("a.py", "class TokenManager: ...", ["a.py:1: TokenManager says manager"]),
        ("a.py", "class HTTPHandler: ...", ["a.py:1: HTTPHandler says handler"]),
        ("a.py", "class C:\n    def info(self): ...", ["a.py:2: info says info"]),
        ("a.py", "def f():\n    def _processed(): ...", ["a.py:2: _processed says processed"]),
        ("metadata.py", "class Database: ...\ndef core_metadata(): ...", []),
        ("a.py", "class T:\n    def process_bind_param(self): ...", []),
        ("a.py", "class C:\n    def based_on(self): ...", []),
    ],
)
def test_a_planted_word_is_found(tmp_path, file, text, found):
    plant(tmp_path, {file: text})

    assert list(faults(tmp_path / file, tmp_path)) == found


def faults(path: Path, root: Path) -> Iterator[str]:
    """Every name in one file, its own included, that uses a word that is not used."""
    yield from _in_path(path, root)
    for node in ast.walk(tree(path)):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and node.name not in GIVEN:
            for word in _words(node.name):
                if NOT_USED.fullmatch(word):
                    yield f"{place(path, root)}:{node.lineno}: {node.name} says {word}"


def _in_path(path: Path, root: Path) -> Iterator[str]:
    here = place(path, root)
    for word in re.split(r"[/._]", here):
        if NOT_USED.fullmatch(word):
            yield f"{here}: {word}"


def _words(name: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]
