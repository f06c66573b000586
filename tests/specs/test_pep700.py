"""PEP 700: versions, sizes and upload times."""

import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.simple import document, render
from index.simple.negotiation import Representation
from tests.kit.listings import a_file, a_listing

FORMAT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def only_file(**changes):
    listing = a_listing(a_file(**changes))
    page = render.project(listing, Representation.JSON, files_url="/packages/")
    return json.loads(page.content)["files"][0]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2026-01-02T03:04:05.000006Z"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
    ],
)
def test_the_upload_time_must_use_the_utc_timezone(at, said):
    assert only_file(uploaded_at=at)["upload-time"] == said


@given(st.datetimes(timezones=st.just(UTC)))
def test_the_upload_time_has_the_one_format_and_loses_nothing(at):
    said = only_file(uploaded_at=at)["upload-time"]

    assert FORMAT.fullmatch(said)
    assert datetime.fromisoformat(said) == at


def test_the_size_is_the_file_size_in_bytes():
    assert only_file(size_bytes=2**40)["size"] == 2**40


def test_versions_may_have_no_files():
    content = document.project(
        a_listing(a_file(), versions=("0.9", "1.0", "2.0")), files_url="/packages/"
    )

    assert content["versions"] == ["0.9", "1.0", "2.0"]
    assert {file["filename"] for file in content["files"]} == {"toasting-1.0-py3-none-any.whl"}
