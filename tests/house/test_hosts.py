"""No file names a package registry's host: where packages come from is configured elsewhere."""

import re
from pathlib import Path

import pytest

from tests.kit.source import ROOT, our_files, plant

# In two halves each, so that this file names none of them either.
HALVES = [
    ("pypi", ".org"),
    ("pypi", ".python.org"),
    ("python", "hosted.org"),
    ("registry.npm", "js.org"),
    ("registry.", "yarnpkg.com"),
    ("deb.", "debian.org"),
    ("archive.", "ubuntu.com"),
    ("crates", ".io"),
    ("proxy.", "golang.org"),
    ("repo.maven", ".apache.org"),
    ("conda.", "anaconda.org"),
]
HOST = re.compile("|".join(re.escape(first + second) for first, second in HALVES), re.IGNORECASE)


def test_no_registry_host_is_named():
    assert [fault for path in our_files() for fault in faults(path, ROOT)] == []


@pytest.mark.parametrize("halves", HALVES, ids="".join)
def test_a_planted_host_is_found(tmp_path, halves):
    host = "".join(halves)
    plant(tmp_path, {"docs/a.md": f"One.\nSee https://upload.{host.upper()}/x.\n"})

    assert faults(tmp_path / "docs/a.md", tmp_path) == ["docs/a.md:2"]


def faults(path: Path, root: Path) -> list[str]:
    """The lines of one file that name a registry's host. A picture or an archive has no lines."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
    where = path.relative_to(root).as_posix()
    return [f"{where}:{number}" for number, line in enumerate(lines, 1) if HOST.search(line)]
