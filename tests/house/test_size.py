"""Files and functions stay short, and every file says first what it is for."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.source import PACKAGES, ROOT, functions, place, plant, python_files, tree

FILE_LINES = 250
FUNCTION_LINES = 40
LINE_CHARACTERS = 100

FIVE = "".join(f"    x{n} = {n}\n" for n in range(5))


def test_files_and_functions_are_short_and_open_with_a_sentence():
    files = python_files(ROOT, *PACKAGES, "bench", "tests", "torture")

    assert [fault for path in files for fault in faults(path, ROOT)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"""A sentence."""\n' + "x = 1\n" * 250, ["a.py: 251 lines"]),
        ('"""A sentence."""\n\n\ndef f():\n' + FIVE * 8, ["a.py:4: f has 41 lines"]),
        (
            '"""A sentence."""\nclass C:\n  async def f(self):\n' + FIVE * 8,
            ["a.py:3: f has 41 lines"],
        ),
        ('"""A sentence."""\n' + f'x = "{"y" * 95}"\n', ["a.py:2: 101 characters"]),
        ("x = 1\n", ["a.py: does not open with a sentence"]),
        ("", ["a.py: does not open with a sentence"]),
        ('"""No full stop"""\n', ["a.py: does not open with a sentence"]),
        ('"""a small letter."""\n', ["a.py: does not open with a sentence"]),
        ('"""\nOn the second line.\n"""\n', ["a.py: does not open with a sentence"]),
        ('# A comment first.\n"""A sentence."""\n', ["a.py: does not open with a sentence"]),
        ('"""A sentence."""\n' + "x = 1\n" * 249, []),
        ('"""A sentence.\n\nAnd more\n"""\n\n\ndef f():\n' + FIVE * 7 + "    return 1\n", []),
    ],
)
def test_a_planted_length_is_found(tmp_path, text, found):
    plant(tmp_path, {"a.py": text})

    assert list(faults(tmp_path / "a.py", tmp_path)) == found


def faults(path: Path, root: Path) -> Iterator[str]:
    """Everything about one file that is too long, and whether its first line is a sentence."""
    here = place(path, root)
    lines = path.read_text(encoding="utf-8").splitlines()
    module = tree(path)
    if not _opens_with_a_sentence(module):
        yield f"{here}: does not open with a sentence"
    if len(lines) > FILE_LINES:
        yield f"{here}: {len(lines)} lines"
    for number, line in enumerate(lines, start=1):
        if len(line) > LINE_CHARACTERS:
            yield f"{here}:{number}: {len(line)} characters"
    for function in functions(module):
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > FUNCTION_LINES:
            yield f"{here}:{function.lineno}: {function.name} has {length} lines"


def _opens_with_a_sentence(module: ast.Module) -> bool:
    if ast.get_docstring(module) is None or module.body[0].lineno != 1:
        return False
    sentence = (ast.get_docstring(module, clean=False) or "").partition("\n")[0]
    return sentence.endswith(".") and not sentence[0].islower()
