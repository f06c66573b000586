"""Blobs in a bucket that others fill too, that lets nobody in, or that does not answer."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from threading import Thread

import obstore
import pytest

from storage.blobs.objects import PART_BYTES, ObjectBlobs
from storage.problems import Invalid, NotFound, Unavailable
from storage.records import Digest
from storage.sweeping import SPARED
from tests.kit.keeping import kept, read
from tests.kit.objects import ObjectStore

TOAST = b"Two sides, evenly."
SWEPT = "The same bytes, left by another upload, were just swept away."
AWAY = "The object store of the index cannot be reached at the moment."
LOCKED = "The object store of the index does not let the index in."
ASK = "Whoever runs it finds what to check in docs/operators/object-stores.md."
MISSING = "The bucket of the index is not there."


@pytest.fixture
def blobs(objects: ObjectStore, tmp_path: Path) -> ObjectBlobs:
    return objects.blobs(tmp_path)


def test_a_large_blob_goes_up_in_parts_and_comes_back_whole(blobs: ObjectBlobs):
    content = Random(1).randbytes(2 * PART_BYTES + 12_345)

    digest = kept(blobs, content).sha256

    assert b"".join(read(blobs, digest, 0, len(content))) == content
    with blobs.open(digest) as opened:
        assert opened.read() == content


def test_blobs_lie_as_in_a_folder(blobs: ObjectBlobs, objects: ObjectStore):
    digest = kept(blobs, TOAST).sha256
    for stray in ("notes.txt", f"sha256/{digest}", f"sha256/zz/zz{'0' * 62}"):
        obstore.put(objects.bucket, stray, b"")

    assert list(blobs.digests()) == [digest]
    assert f"sha256/{digest[:2]}/{digest}" in objects.objects()


def test_what_is_there_already_is_not_sent_again(blobs: ObjectBlobs, objects: ObjectStore):
    digest = kept(blobs, TOAST).sha256
    place = f"sha256/{digest[:2]}/{digest}"
    before = obstore.head(objects.bucket, place)["last_modified"]
    time.sleep(1.1)  # The store tells whole seconds.

    assert kept(blobs, TOAST).sha256 == digest
    assert obstore.head(objects.bucket, place)["last_modified"] == before


def test_half_of_a_blob_is_replaced_by_all_of_it(blobs: ObjectBlobs, objects: ObjectStore):
    digest = kept(blobs, TOAST).sha256
    obstore.put(objects.bucket, f"sha256/{digest[:2]}/{digest}", TOAST[:5])

    kept(blobs, TOAST)

    assert read(blobs, digest, 0, 100) == [TOAST]


def test_what_was_swept_since_it_was_found_is_not_kept(blobs: ObjectBlobs):
    digest = kept(blobs, TOAST).sha256
    with blobs.draft() as draft:
        draft.write(TOAST)
        draft.finish()
        draft.send()
        assert blobs.remove(digest, before=datetime.now(UTC) + SPARED) == 1

        with pytest.raises(Unavailable, match=SWEPT):
            draft.keep()

    assert kept(blobs, TOAST).sha256 == digest
    assert read(blobs, digest, 0, 100) == [TOAST]


def test_what_was_sent_since_a_sweep_listed_it_is_spared(blobs: ObjectBlobs):
    """As it was: a sweep has listed old litter, another one removes it, and then it is uploaded."""
    a_day_ago = datetime.now(UTC) - SPARED
    with blobs.draft() as draft:
        draft.write(TOAST)
        digest = draft.finish().sha256
        draft.send()
        assert blobs.remove(digest, before=a_day_ago) == 0
        draft.keep()

    assert read(blobs, digest, 0, 100) == [TOAST]


@pytest.mark.parametrize(
    ("other", "told", "code"),
    [
        ({"blobs_key": "wrong"}, LOCKED, "SignatureDoesNotMatch"),
        ({"blobs_key_id": "nobody"}, LOCKED, "InvalidAccessKeyId"),
        ({"blobs_url": "s3://of-nobody/x"}, MISSING, "NoSuchBucket"),
        ({"blobs_endpoint": "http://127.0.0.1:1"}, AWAY, ""),
    ],
    ids=["wrong key", "wrong id", "no bucket", "away"],
)
def test_a_store_that_cannot_be_had_says_why(
    objects: ObjectStore, tmp_path: Path, other: dict[str, str], told: str, code: str
):
    blobs = objects.blobs(tmp_path, **other)

    for asked in (blobs.check_writable, lambda: kept(blobs, TOAST)):
        with pytest.raises(Unavailable, match=told) as raised:
            asked()
        assert objects.key not in f"{raised.value!r}{raised.value.__cause__!r}"
    with pytest.raises(Unavailable) as raised:
        blobs.check_writable()
    assert raised.value.hint == (f"{ASK} It says {code}." if code else ASK)
    assert blobs.remove_abandoned_drafts() == 0


def test_a_busy_store_is_asked_again_and_not_for_ever(objects: ObjectStore, tmp_path: Path):
    with a_busy_store() as (endpoint, asked):
        blobs = objects.blobs(tmp_path, blobs_endpoint=endpoint)
        with pytest.raises(Unavailable, match=AWAY):
            read(blobs, Digest("0" * 64), 0, 5)

    # Six times for the bytes, and twice to find out whether there are any.
    assert asked == ["GET"] * 6 + ["HEAD"] * 2


def test_a_store_that_never_answers_is_waited_for_a_few_seconds(
    objects: ObjectStore, tmp_path: Path
):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        blobs = objects.blobs(tmp_path, blobs_endpoint=endpoint)
        began = time.monotonic()
        with pytest.raises(Unavailable, match=AWAY):
            blobs.check_writable()

    assert 3 < time.monotonic() - began < 10


def test_a_missing_blob_is_no_store_that_is_away(blobs: ObjectBlobs):
    with pytest.raises(NotFound):
        read(blobs, Digest("0" * 64), 5, 9)


def test_a_key_that_makes_no_sense_is_told_without_it(objects: ObjectStore, tmp_path: Path):
    with pytest.raises(Invalid, match=r"It is not said well enough how gs://toast is reached"):
        objects.blobs(tmp_path, blobs_url="gs://toast", blobs_key="no JSON at all")
    with pytest.raises(Invalid, match=r"It is not said well enough how az://toast is reached"):
        objects.blobs(tmp_path, blobs_url="az://toast", blobs_key_id="", blobs_key="!")


@contextmanager
def a_busy_store() -> Iterator[tuple[str, list[str]]]:
    """A store that says SlowDown to everybody, and what it was asked."""
    asked: list[str] = []

    class Busy(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            asked.append(self.command)
            self.send_response(503, "Slow Down")
            self.send_header("content-length", "0")
            self.end_headers()

        do_GET = do_HEAD = do_PUT = _answer

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Busy)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
