"""BASCULE_OFFLOAD=redirect: the object store sends files, after the index has said who may."""

from pathlib import Path
from random import Random

import httpx2
import pytest

from index.app import compose
from index.files.hot import HOT_BYTES
from index.files.offload import Offload
from index.settings import Settings
from storage.problems import Invalid
from storage.schema import downloads
from tests.kit.makers import a_wheel
from tests.kit.objects import ObjectStore
from tests.kit.world import Person, World

WHEEL = a_wheel(files={"toasting/crumbs.bin": Random(1).randbytes(2 * HOT_BYTES)})
SMALL = a_wheel("crumpet")
TALKATIVE = a_wheel("waffle", description="Waffle. " * HOT_BYTES)
SIZE = str(len(WHEEL.content))


@pytest.fixture
def settings(objects: ObjectStore) -> dict[str, object]:
    return {**objects.settings, "offload": Offload.REDIRECT}


@pytest.fixture(autouse=True)
def shelf(ann: Person) -> None:
    for archive in (WHEEL, SMALL, TALKATIVE):
        assert ann.uploads(archive).status_code == 200


def test_a_file_is_fetched_from_the_store_for_a_minute_at_most(
    anyone: Person, objects: ObjectStore
):
    sent = anyone.downloads(WHEEL)

    assert (sent.status_code, sent.content) == (302, b"")
    assert sent.headers["cache-control"] == "no-store"
    url = sent.headers["location"]
    assert url.startswith(f"{objects.endpoint}/bascule/{objects.prefix}/sha256/")
    assert "X-Amz-Expires=60&" in url
    assert objects.key not in url
    fetched = httpx2.get(url)
    assert (fetched.status_code, fetched.content) == (200, WHEEL.content)
    assert fetched.headers["content-type"] == "application/octet-stream"


def test_a_part_of_a_file_is_fetched_there_too(anyone: Person):
    asked = {"range": "bytes=5-99"}
    sent = anyone.downloads(WHEEL, headers=asked)

    part = httpx2.get(sent.headers["location"], headers=asked)

    assert (sent.status_code, part.status_code, part.content) == (302, 206, WHEEL.content[5:100])


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("HEAD", {}, 200),
        ("GET", {"if-none-match": f'"{WHEEL.sha256}"'}, 304),
        ("GET", {"range": "bytes=999999999-"}, 416),
    ],
)
def test_what_needs_no_bytes_is_answered_here(anyone: Person, method, headers, status):
    answer = anyone.asks(method, f"/packages/{WHEEL.sha256}/{WHEEL.filename}", headers=headers)

    assert (answer.status_code, "location" in answer.headers) == (status, False)
    if method == "HEAD":
        assert answer.headers["content-length"] == SIZE


def test_metadata_and_small_files_come_from_here(anyone: Person):
    for archive in (WHEEL, SMALL, TALKATIVE):
        metadata = anyone.downloads(archive, ".metadata")
        assert (metadata.status_code, metadata.content[:16]) == (200, b"Metadata-Version")
    assert anyone.downloads(SMALL).content == SMALL.content


def test_nobody_is_sent_to_a_held_file(anyone: Person, bea: Person):
    assert anyone.downloads(WHEEL).status_code == 302

    hold = bea.holds(f"file:{WHEEL.filename}")
    held = anyone.downloads(WHEEL)
    bea.undoes(hold)

    assert (held.status_code, "location" in held.headers) == (404, False)
    assert anyone.downloads(WHEEL).status_code == 302


def test_each_whole_file_that_somebody_is_sent_to_counts(world: World, anyone: Person):
    for headers in ({}, {}, {"range": "bytes=5-99"}):
        assert anyone.downloads(WHEEL, headers=headers).status_code == 302
    assert anyone.asks("HEAD", f"/packages/{WHEEL.sha256}/{WHEEL.filename}").status_code == 200

    world.services.downloads.note(world.services.database)
    [row] = world.rows(downloads)["downloads"]
    assert row[-1] == 2


def test_without_an_object_store_the_index_does_not_start(tmp_path: Path):
    for url in ("memory:", ""):
        with pytest.raises(Invalid, match="BASCULE_OFFLOAD is redirect, but the files are not in"):
            compose(Settings(data=tmp_path, blobs_url=url, offload=Offload.REDIRECT))


def test_a_proxy_that_reads_a_folder_reads_no_bucket(objects: ObjectStore, tmp_path: Path):
    with pytest.raises(Invalid, match="BASCULE_OFFLOAD is x-sendfile, but"):
        compose(Settings(data=tmp_path, **objects.settings, offload=Offload.X_SENDFILE))
