"""What one page of the docs links to is there."""

import re
from pathlib import Path

import pytest

from tests.kit.source import ROOT, our_files, plant

LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


def test_every_link_to_a_file_leads_to_one():
    pages = [path for path in our_files() if path.suffix == ".md"]

    assert [fault for page in pages for fault in faults(page, ROOT)] == []


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("[a](b.md)", ["docs/a.md: b.md"]),
        ("[a](../c/b.md#part) and [b](/b.md)", ["docs/a.md: ../c/b.md", "docs/a.md: /b.md"]),
        ("[a](../docs/a.md#part), [b](#part), [c](https://example.org/x)", []),
    ],
)
def test_a_planted_link_is_found(tmp_path, link, found):
    plant(tmp_path, {"docs/a.md": f"# A\n\nSee {link}.\n"})

    assert faults(tmp_path / "docs/a.md", tmp_path) == found


def faults(page: Path, root: Path) -> list[str]:
    """The links of a page that lead to no file. Those to other sites are not followed."""
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    missing = [link for link in links if not (page.parent / link).exists()]
    return [f"{page.relative_to(root).as_posix()}: {link}" for link in missing]
