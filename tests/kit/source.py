"""The project's own source, read as files, lines and syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("index", "moderation", "storage")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def python_files(root: Path, *folders: str) -> list[Path]:
    """Every Python file under these folders of *root*, in order."""
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, root: Path) -> str:
    """Where a file is, as people write it: storage/blobs/disk.py."""
    return path.relative_to(root).as_posix()


def functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method within *node*, nested ones too."""
    for child in ast.walk(node):
        if isinstance(child, FUNCTIONS):
            yield child


def our_files() -> list[Path]:
    """Every file that is committed, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [path for name in listed.split("\0") if (path := ROOT / name).is_file()]


def plant(root: Path, files: dict[str, str]) -> Path:
    """Write *files* under *root*, for a test that plants the fault it should catch."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
