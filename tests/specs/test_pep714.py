"""PEP 714: the metadata under its new name, and under the old one in HTML alone."""

from index.simple import document, page
from tests.kit.listings import a_file, a_listing, digest
from tests.kit.pages import read

CONTENT = document.project(
    a_listing(a_file(core_metadata=digest("METADATA"))), files_url="/packages/"
)


def test_in_json_the_key_is_core_metadata_and_the_old_name_does_not_occur():
    (file,) = CONTENT["files"]

    assert [key for key in file if "metadata" in key] == ["core-metadata"]
    assert file["core-metadata"] == {"sha256": digest("METADATA")}


def test_in_html_both_names_match():
    (link,) = read(page.project(CONTENT)).links

    assert {key: value for key, value in link.attributes.items() if "metadata" in key} == {
        "data-core-metadata": f"sha256={digest('METADATA')}",
        "data-dist-info-metadata": f"sha256={digest('METADATA')}",
    }
