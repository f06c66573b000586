"""PEP 740: where the provenance of a file is."""

from index.simple import document, page
from tests.kit.listings import a_file, a_listing, offered
from tests.kit.pages import read

URL = "https://index.test/integrity/toasting/1.0/toasting-1.0.tar.gz/provenance"


def test_a_file_with_provenance_says_where_it_is():
    content = document.project(a_listing(offered(a_file(), provenance=URL)), files_url="/packages/")

    assert content["files"][0]["provenance"] == URL
    assert read(page.project(content)).links[0].attributes["data-provenance"] == URL


def test_a_file_without_provenance_says_nothing():
    content = document.project(a_listing(a_file()), files_url="/packages/")

    assert "provenance" not in content["files"][0]
    assert "data-provenance" not in page.project(content)
