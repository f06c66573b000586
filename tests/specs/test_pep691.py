"""PEP 691: the same pages as JSON."""

import json

import msgspec
import pytest

from index.ready import Coding
from index.simple import document, page, render
from index.simple.negotiation import Representation
from storage.records import Listed
from tests.kit.listings import UPLOADED_AT, a_file, a_listing, digest, offered

FILENAME = "toasting-1.0+local-py3-none-any.whl"
LISTED = [Listed(name="frob", serial=3), Listed(name="spam", serial=9)]


def test_a_project_is_exactly_this():
    file = offered(a_file(FILENAME, yanked="Broken."), provenance="https://here.test/provenance")

    assert document.project(a_listing(file), files_url="/packages/") == {
        "meta": {"api-version": "1.4"},
        "name": "toasting",
        "project-status": {"status": "active"},
        "versions": ["1.0"],
        "files": [
            {
                "filename": FILENAME,
                "url": f"/packages/{digest(FILENAME)}/toasting-1.0%2Blocal-py3-none-any.whl",
                "hashes": {"sha256": digest(FILENAME)},
                "size": 4321,
                "upload-time": UPLOADED_AT,
                "requires-python": ">=3.9",
                "core-metadata": {"sha256": digest(f"{FILENAME}.metadata")},
                "yanked": "Broken.",
                "provenance": "https://here.test/provenance",
            }
        ],
    }


def test_the_list_of_projects_is_exactly_this():
    assert document.projects(LISTED, serial=9) == {
        "meta": {"api-version": "1.4", "_last-serial": 9},
        "projects": [
            {"name": "frob", "_last-serial": 3},
            {"name": "spam", "_last-serial": 9},
        ],
    }


@pytest.mark.parametrize("representation", Representation)
def test_each_representation_has_its_type_its_serial_and_its_words(representation):
    listing = a_listing(a_file())
    content = document.project(listing, files_url="/packages/")

    ready = render.project(listing, representation, files_url="/packages/")

    assert ready.content_type.partition(";")[0] == representation
    assert (ready.serial, ready.vary) == (41, ("Accept", "Accept-Encoding"))
    if representation is Representation.JSON:
        assert json.loads(ready.content) == msgspec.to_builtins(content)
    else:
        assert ready.content.decode() == page.project(content)


@pytest.mark.parametrize("representation", Representation)
def test_each_representation_of_the_list_has_its_words(representation):
    content = document.projects(LISTED, serial=9)

    ready = render.projects(LISTED, representation, serial=9)

    assert ready.serial == 9
    if representation is Representation.JSON:
        assert json.loads(ready.content) == content
    else:
        assert ready.content.decode() == page.projects(content)


def test_no_two_representations_share_a_validator():
    listing = a_listing(a_file())
    ready = [render.project(listing, each, files_url="/packages/") for each in Representation]

    etags = {each.etag(coding) for each in ready for coding in Coding}

    assert len(etags) == 9


def test_equal_projects_render_to_equal_bytes_and_a_change_to_others():
    def etag(**changes):
        listing = a_listing(a_file(**changes))
        ready = render.project(listing, Representation.JSON, files_url="/packages/")
        return ready.etag(Coding.GZIP)

    assert etag() == etag()
    assert etag() != etag(yanked="")
