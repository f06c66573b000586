"""PEP 658: the metadata of a file, beside it."""

from index.simple import document, page
from tests.kit.listings import a_file, a_listing, digest
from tests.kit.pages import read


def test_the_hash_of_the_metadata_is_given_as_hashname_and_hashvalue():
    content = document.project(
        a_listing(a_file(core_metadata=digest("METADATA"))), files_url="/packages/"
    )

    (link,) = read(page.project(content)).links

    assert link.attributes["data-dist-info-metadata"] == f"sha256={digest('METADATA')}"


def test_the_attributes_absence_indicates_that_there_is_no_metadata():
    content = document.project(a_listing(a_file(core_metadata=None)), files_url="/packages/")

    assert "core-metadata" not in content["files"][0]
    assert "metadata" not in page.project(content)
