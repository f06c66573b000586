"""The benchmark's corpus is the same for every server and every time."""

import pytest

from bench.corpus import PAGE, part, write


@pytest.mark.parametrize(
    ("name", "quick", "projects", "files"),
    [("crowd", False, 500, 5000), ("crowd", True, 20, 200), ("graph", False, 60, 600)],
)
def test_a_part_has_its_projects_and_files(name, quick, projects, files):
    made = part(name, quick=quick)

    assert len(made.projects) == projects
    assert len({archive.filename for archive in made.archives()}) == files


def test_the_page_that_is_asked_for_has_10_files_also_in_the_quick_corpus(tmp_path):
    write(part("crowd", quick=True), tmp_path)

    assert len(list((tmp_path / PAGE).iterdir())) == 10


def test_it_is_the_same_each_time():
    first, second = (
        [archive.sha256 for archive in part("graph", quick=True).archives()] for _ in range(2)
    )

    assert first == second
