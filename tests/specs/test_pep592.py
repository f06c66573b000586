"""PEP 592: yanked files, with a reason or without."""

import pytest

from index.simple import document, page
from tests.kit.listings import a_file, a_listing
from tests.kit.pages import read

REASON = 'It eats "files" & more.'


@pytest.mark.parametrize(
    ("yanked", "in_json", "in_html"),
    [
        (None, None, None),
        ("", True, ""),
        (REASON, REASON, REASON),
    ],
    ids=["not yanked", "without a reason", "with a reason"],
)
def test_a_yanked_file_says_so_and_why(yanked, in_json, in_html):
    content = document.project(a_listing(a_file(yanked=yanked)), files_url="/packages/")

    assert content["files"][0].get("yanked") == in_json
    assert read(page.project(content)).links[0].attributes.get("data-yanked") == in_html


def test_a_file_that_is_not_yanked_has_no_key_at_all():
    content = document.project(a_listing(a_file()), files_url="/packages/")

    assert "yanked" not in content["files"][0]
    assert "data-yanked" not in page.project(content)
