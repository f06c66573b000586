"""Imports point down, every library has one home, and nothing hides a cycle."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.source import PACKAGES, ROOT, functions, place, plant, python_files, tree

BELOW = {
    "index": {"index", "moderation", "storage"},
    "moderation": {"moderation", "storage"},
    "storage": {"storage"},
}

# Where each library may be imported (DESIGN.md section 3). What is not here is not a dependency.
HOMES = {
    "alembic": ("storage/",),
    "anyio": ("index/", "storage/"),
    "argon2": ("index/auth/passwords.py",),
    "cryptography": ("index/signing.py",),
    "email_validator": ("index/", "moderation/"),
    "httptools": ("index/server",),
    "jinja2": ("index/",),
    "msgspec": ("index/",),
    "multipart": ("index/upload/",),
    "obstore": ("storage/blobs/",),
    "packaging": ("index/", "moderation/", "storage/"),
    "prometheus_client": ("index/",),
    "readme_renderer": ("index/", "moderation/"),
    "rich": ("index/cli/",),
    "sqlalchemy": ("storage/",),
    "starlette": ("index/",),
    "structlog": ("index/",),
    "trove_classifiers": ("index/", "moderation/"),
    "typer": ("index/cli/",),
    "uvicorn": ("index/server",),
    "uvloop": ("index/server",),
    "zstandard": ("index/",),
}

TOOLS = ("bench", "tests", "torture")
TEST_LIBRARIES = {"hypothesis", "httpx2", "pytest", "schemathesis", "yaml"}


def test_imports_point_down_and_libraries_are_at_home():
    assert [fault for path in python_files(ROOT, *PACKAGES) for fault in faults(path, ROOT)] == []


def test_tests_import_at_the_top_and_only_what_is_pinned():
    assert [fault for path in python_files(ROOT, *TOOLS) for fault in faults(path, ROOT)] == []


@pytest.mark.parametrize(
    ("where", "line", "fault"),
    [
        ("storage/journal.py", "import index.app", "storage imports index.app"),
        (
            "storage/journal.py",
            "from moderation.holds import x",
            "storage imports moderation.holds",
        ),
        ("moderation/cases.py", "from index import app", "moderation imports index"),
        ("index/api/desk.py", "from sqlalchemy import select", "sqlalchemy is not at home here"),
        ("index/app.py", "import uvicorn.config", "uvicorn is not at home here"),
        ("index/guard.py", "import argon2", "argon2 is not at home here"),
        ("index/app.py", "import requests", "requests is not a dependency"),
        ("index/app.py", "from tests.kit import source", "tests is not a dependency"),
        ("tests/pure/test_a.py", "import requests", "requests is not a dependency"),
        ("index/app.py", "from . import guard", "relative import"),
        ("index/app.py", "def f():\n    import json", "import inside a function"),
        (
            "index/app.py",
            "async def f():\n    if 1:\n        from os import path",
            "import inside a function",
        ),
        ("index/app.py", "if typing.TYPE_CHECKING:\n    import json", "TYPE_CHECKING"),
        ("index/app.py", "if TYPE_CHECKING:\n    import json", "TYPE_CHECKING"),
    ],
)
def test_a_planted_import_is_found(tmp_path, where, line, fault):
    path = plant(tmp_path, {where: line}) / where

    assert [found.split(": ", 1)[1] for found in faults(path, tmp_path)] == [fault]


def test_what_is_allowed_is_not_found(tmp_path):
    text = (
        "import json\nimport starlette\nfrom moderation import holds\nfrom storage import files\n"
    )
    path = plant(tmp_path, {"index/app.py": text}) / "index/app.py"

    assert list(faults(path, tmp_path)) == []


def faults(path: Path, root: Path) -> Iterator[str]:
    """Everything that is wrong with the imports of one file of the three packages."""
    yield from _hidden(path, root)
    here = place(path, root)
    layer = here.split("/")[0]
    for line, module in _imports(path):
        library = module.split(".")[0]
        if layer in TOOLS:
            if library not in {
                *sys.stdlib_module_names,
                *PACKAGES,
                *HOMES,
                *TEST_LIBRARIES,
                *TOOLS,
            }:
                yield f"{here}:{line}: {library} is not a dependency"
        elif library in PACKAGES:
            if library not in BELOW[layer]:
                yield f"{here}:{line}: {layer} imports {module}"
        elif library in sys.stdlib_module_names:
            continue
        elif library not in HOMES:
            yield f"{here}:{line}: {library} is not a dependency"
        elif not here.startswith(HOMES[library]):
            yield f"{here}:{line}: {library} is not at home here"


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""


def _hidden(path: Path, root: Path) -> Iterator[str]:
    here = place(path, root)
    module = tree(path)
    for function in functions(module):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{here}:{node.lineno}: import inside a function"
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.level > 0:
            yield f"{here}:{node.lineno}: relative import"
        named = getattr(node, "id", None) or getattr(node, "attr", None)
        if isinstance(node, ast.Name | ast.Attribute) and named == "TYPE_CHECKING":
            yield f"{here}:{node.lineno}: TYPE_CHECKING"
