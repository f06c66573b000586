"""PEP 792: the status of a project."""

import pytest

from index.simple import document, page
from storage.records import Status
from tests.kit.listings import a_file, a_listing
from tests.kit.pages import read

REASON = "The project is <haunted> & closed."


def content_of(status, reason=""):
    listing = a_listing(a_file(), status=status, status_reason=reason)
    return document.project(listing, files_url="/packages/")


@pytest.mark.parametrize("status", Status)
def test_each_status_is_told_with_its_reason(status):
    content = content_of(status, REASON)

    assert content["meta"]["api-version"] == "1.4"
    assert content["project-status"] == {"status": status.value, "reason": REASON}
    assert read(page.project(content)).metas == {
        "pypi:repository-version": "1.4",
        "pypi:project-status": status.value,
        "pypi:project-status-reason": REASON,
    }


def test_no_reason_is_told_when_there_is_none():
    content = content_of(Status.ARCHIVED)

    assert content["project-status"] == {"status": "archived"}
    assert "pypi:project-status-reason" not in read(page.project(content)).metas


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.ARCHIVED, Status.DEPRECATED])
def test_the_index_offers_existing_distributions(status):
    content = content_of(status)

    assert len(content["files"]) == len(read(page.project(content)).links) == 1


def test_of_a_quarantined_project_nothing_is_offered_and_its_versions_stay():
    content = content_of(Status.QUARANTINED)

    assert (content["files"], content["versions"]) == ([], ["1.0"])
    assert read(page.project(content)).links == []
    assert "toasting-1.0" not in page.project(content)
