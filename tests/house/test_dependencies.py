"""Every dependency has a written reason and a hashed pin that fits what pyproject.toml asks for."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.kit.source import ROOT, plant

SERVE, TEST = Path("requirements/serve.txt"), Path("requirements/test.txt")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")

FITTING = """\
# via scripts/pins
alembic==1.20.1 \\
    --hash=sha256:{digest} \\
    --hash=sha256:{digest}
    # via bascule
uvloop==0.23.0 ; sys_platform != 'win32' \\
    --hash=sha256:{digest}
""".format(digest="0a" * 32)


def test_the_pins_fit_what_is_asked_for():
    project = _project(ROOT)
    tested = [line for group in project["dependency-groups"].values() for line in group]

    assert unfit(_served(project), pins(ROOT / SERVE)) == []
    assert unfit(tested, pins(ROOT / TEST)) == []


def test_the_two_files_of_pins_agree():
    served, tested = pins(ROOT / SERVE), pins(ROOT / TEST)

    assert {name: served[name] for name in served.keys() & tested.keys()} == {
        name: tested[name] for name in served.keys() & tested.keys()
    }


def test_every_dependency_has_its_reason_in_docs_decisions():
    project = _project(ROOT)
    groups = project["dependency-groups"].values()
    asked = [*_served(project), *(line for group in groups for line in group)]

    assert unexplained(asked, ROOT / "docs" / "decisions") == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (["alembic>=1.20", "uvloop"], []),
        ([{"include-group": "test"}], []),
        (["alembic>=1.21"], ["alembic==1.20.1 is pinned, but alembic>=1.21 is asked for"]),
        (["Jinja2"], ["jinja2 is not pinned"]),
    ],
)
def test_a_pin_that_does_not_fit_is_found(tmp_path, asked, found):
    plant(tmp_path, {"serve.txt": FITTING})

    assert unfit(asked, pins(tmp_path / "serve.txt")) == found


@pytest.mark.parametrize(
    "line",
    [
        "rich==15.0.0",
        "rich>=15 --hash=sha256:" + "0a" * 32,
        "rich @ https://example.org/rich.whl --hash=sha256:" + "0a" * 32,
        "--extra-index-url https://example.org/simple",
        "-e .",
    ],
)
def test_a_line_that_is_no_hashed_pin_is_found(tmp_path, line):
    plant(tmp_path, {"serve.txt": FITTING + line + "\n"})

    with pytest.raises(AssertionError, match="is not a hashed pin"):
        pins(tmp_path / "serve.txt")


def test_a_dependency_without_a_reason_is_found(tmp_path):
    plant(tmp_path, {"0001-a.md": "`alembic`, and sqlalchemy-utils.", "0002-b.md": "## Rich text"})

    asked = ["alembic>=1", "sqlalchemy", "Rich[x]>=2", {"include-group": "test"}]
    assert unexplained(asked, tmp_path) == ["sqlalchemy"]


def pins(path: Path) -> dict[str, str]:
    """The version that each project is pinned to. Fails for a line without a version or a hash."""
    found = {}
    for line in path.read_text(encoding="utf-8").replace("\\\n", "").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pin, *hashes = re.split(r"\s+(?=--hash)", line.strip())
            match = re.fullmatch(r"([a-z0-9-]+)==(\S+)( ; .+)?", pin)
            hashed = hashes != [] and all(map(HASH.fullmatch, hashes))
            assert (match is not None, hashed) == (True, True), f"{line} is not a hashed pin"
            found[match[1]] = match[2]
    return found


def unfit(asked: list[Any], pinned: Mapping[str, str]) -> list[str]:
    """The requirements that no pin meets. A group included in another is judged by itself."""
    found = []
    for requirement in map(Requirement, filter(_is_text, asked)):
        name = canonicalize_name(requirement.name)
        if name not in pinned:
            found.append(f"{name} is not pinned")
        elif not requirement.specifier.contains(pinned[name], prereleases=True):
            found.append(f"{name}=={pinned[name]} is pinned, but {requirement} is asked for")
    return found


def unexplained(asked: list[Any], decisions: Path) -> list[str]:
    """The dependencies that no page of *decisions* names."""
    pages = "\n".join(path.read_text(encoding="utf-8") for path in decisions.glob("*.md"))
    words = {canonicalize_name(word) for word in re.findall(r"[\w.-]*\w", pages)}
    names = {canonicalize_name(Requirement(line).name) for line in filter(_is_text, asked)}
    return sorted(names - words)


def _project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))


def _served(project: dict[str, Any]) -> list[str]:
    return [*project["project"]["dependencies"], *project["build-system"]["requires"]]


def _is_text(line: object) -> bool:
    return isinstance(line, str)
