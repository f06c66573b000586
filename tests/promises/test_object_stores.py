"""An index whose files are in a bucket keeps every promise of one whose files are in a folder."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import sleep

import obstore
import pytest

from index.app import compose
from index.files.hot import HOT_BYTES
from index.settings import Settings
from storage import files, sweeping
from tests.kit.live import a_server
from tests.kit.makers import a_wheel
from tests.kit.mortal import a_mortal
from tests.kit.objects import ObjectStore
from tests.kit.terminal import Terminal
from tests.kit.uploaders import client_of, tokens_in, upload
from tests.kit.world import LONG_AFTER, Person, World, a_world

LARGE = a_wheel(files={"toasting/crumbs.bin": Random(1).randbytes(2 * HOT_BYTES)})
SMALL = a_wheel("crumpet")
VARYING = {"date", "x-request-id"}


@pytest.fixture
def settings(objects: ObjectStore) -> dict[str, object]:
    return dict(objects.settings)


@pytest.fixture
def usual(tmp_path: Path, template: Path):
    """A stranger at another index with the same files, in a folder."""
    with a_world(tmp_path / "usual", template) as world:
        person = world.somebody("ann")
        for archive in (LARGE, SMALL):
            assert person.uploads(archive).status_code == 200
        yield world.anyone


@pytest.mark.parametrize("archive", [LARGE, SMALL], ids=["large", "small"])
@pytest.mark.parametrize("suffix", ["", ".metadata"], ids=["file", "metadata"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nobody_can_tell_where_the_bytes_are(world, ann, usual, archive, suffix, method):
    assert ann.uploads(archive).status_code == 200
    path = f"/packages/{archive.sha256}/{archive.filename}{suffix}"

    for headers in (
        {},
        {"range": "bytes=2-5"},
        {"range": "bytes=-7"},
        {"range": "bytes=100-"},
        {"range": "bytes=999999999-"},
        {"if-none-match": f'"{archive.sha256}"'},
    ):
        answers = [who.asks(method, path, headers=headers) for who in (world.anyone, usual)]
        again = world.anyone.asks(method, path, headers=headers)
        here, there, kept = ((a.status_code, a.content, _lasting(a)) for a in (*answers, again))
        assert here == there == kept


def test_a_hold_hides_the_bytes_at_once_and_its_undo_shows_them(world: World, ann, bea, anyone):
    for archive in (LARGE, SMALL):
        ann.uploads(archive)
        assert anyone.downloads(archive).content == archive.content
        hold = bea.holds(f"file:{archive.filename}")
        assert [anyone.downloads(archive, end).status_code for end in ("", ".metadata")] == [
            404
        ] * 2
        bea.undoes(hold)
        assert anyone.downloads(archive).content == archive.content


def test_what_two_people_erase_leaves_the_bucket(world: World, objects: ObjectStore, ann, bea, cat):
    ann.uploads(LARGE)
    ann.uploads(SMALL)
    place = f"sha256/{LARGE.sha256[:2]}/{LARGE.sha256}"
    assert place in objects.objects()
    body = {"act": "erase", "subjects": [f"file:{LARGE.filename}"], "reason": "The law."}
    made = bea.asks("POST", "/api/moderation/proposals", json=body)
    number = made.json()["proposal"]["id"]
    world.clock.passes(hours=24)

    cat.asks("POST", f"/api/moderation/proposals/{number}/confirm")

    assert place not in objects.objects()
    assert world.anyone.downloads(SMALL).status_code == 200


def test_a_sweep_takes_old_litter_and_nothing_else(world: World, objects: ObjectStore, ann):
    ann.uploads(SMALL)
    kept = objects.objects()
    litter = f"sha256/ab/ab{'0' * 62}"
    obstore.put(objects.bucket, litter, b"Crumbs.")

    its, now = world.services, datetime.now(UTC)
    assert sweeping.sweep(its.database, its.blobs, at=now) == (0, 0)
    assert objects.objects() == sorted([*kept, litter])
    assert sweeping.sweep(its.database, its.blobs, at=LONG_AFTER) == (1, 0)
    assert objects.objects() == kept


def test_a_refused_upload_is_not_even_sent(world: World, objects: ObjectStore, ann: Person):
    refused = ann.uploads(SMALL, sha256_digest="0" * 64)

    assert (refused.status_code, objects.objects()) == (400, [])


def test_bytes_that_are_missing_are_no_file_that_never_was(world: World, ann: Person):
    ann.uploads(LARGE)
    world.services.blobs.remove(LARGE.sha256)

    answer = world.anyone.downloads(LARGE)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.text == "The bytes of this file are missing on the index."


def test_of_5_parallel_uploads_of_one_file_one_is_stored(objects: ObjectStore, tmp_path: Path):
    [token] = tokens_in(tmp_path, "ann")
    with a_server(tmp_path, workers="2", **objects.settings) as server:

        def answer() -> str:
            with client_of(server.url, token) as client:
                return upload(client, LARGE).text

        with ThreadPoolExecutor(5) as threads:
            answers = Counter(each.result() for each in [threads.submit(answer) for _ in range(5)])

        assert answers == {
            f"{LARGE.filename} is published.\n": 1,
            f"{LARGE.filename} was published before, with the same contents.\n": 4,
        }
        assert server.bascule("check").endswith("Everything is as it should be.\n")


@pytest.mark.parametrize("seed", range(2))
def test_a_kill_at_any_instant_loses_nothing_that_was_answered(
    objects: ObjectStore, tmp_path: Path, seed: int
):
    instants, answered = Random(seed), []
    [token] = tokens_in(tmp_path, "ann")
    for kill in range(4):
        with a_mortal(tmp_path, **objects.settings) as server, ThreadPoolExecutor(1) as thread:
            wheels = (a_wheel("toasting", f"{kill}.{minor}") for minor in range(1000))

            def uploads(url: str = server.url, wheels=wheels) -> None:
                with client_of(url, token) as client:
                    for wheel in wheels:
                        assert upload(client, wheel).status_code == 200
                        answered.append(wheel)

            under_way = thread.submit(uploads)
            sleep(instants.uniform(0.1, 0.6))
            server.dies()
            assert under_way.exception() is not None

    chosen = Settings(data=tmp_path, **objects.settings)
    its = compose(chosen)
    rows = its.database.read_now(files.referenced, after=0, limit=10_000)
    referenced = {digest for row in rows for digest in (row.sha256, row.core_metadata)}
    sweeping.sweep(its.database, its.blobs, at=LONG_AFTER)
    assert {wheel.sha256 for wheel in answered} <= referenced == set(its.blobs.digests())
    its.database.close()
    said = Terminal(tmp_path).says("check", env=objects.environment)
    assert said == "Everything is as it should be.\n"


def _lasting(answer):
    return {key: value for key, value in answer.headers.items() if key not in VARYING}
