"""PEP 629: every page says which version of the API it is."""

from index.simple import document, page
from tests.kit.listings import a_file, a_listing
from tests.kit.pages import read


def test_every_page_has_the_version_as_major_and_minor():
    pages = [
        page.project(document.project(a_listing(a_file()), files_url="/packages/")),
        page.projects(document.projects([], serial=0)),
    ]

    assert [read(each).metas["pypi:repository-version"] for each in pages] == ["1.4", "1.4"]
