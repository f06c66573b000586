"""The contract of blobs: bytes named by their sha256, written once, whole, or not at all."""

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.blobs import CHUNK_BYTES, Blobs
from storage.blobs.disk import DiskBlobs
from storage.problems import NotFound
from storage.records import Blob, Digest
from tests.kit.keeping import kept, read

TOAST = b"Two sides, evenly."
NOWHERE = Digest("0" * 64)
EVERY_EXAMPLE = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,  # A real server may be slow for once.
)


@EVERY_EXAMPLE
@given(pieces=st.lists(st.binary(max_size=50), max_size=5))
def test_a_blob_is_known_by_what_was_written(blobs: Blobs, pieces: list[bytes]):
    content = b"".join(pieces)
    with blobs.draft() as draft:
        for piece in pieces:
            draft.write(piece)
        blob = draft.finish()
        with draft.reopen() as reopened:
            assert reopened.read() == content
        draft.keep()

    assert blob == Blob(
        sha256=Digest(hashlib.sha256(content).hexdigest()),
        md5=hashlib.md5(content).hexdigest(),
        blake2b_256=hashlib.blake2b(content, digest_size=32).hexdigest(),
        size_bytes=len(content),
    )
    with blobs.open(blob.sha256) as opened:
        assert opened.read() == content


@EVERY_EXAMPLE
@given(content=st.binary(max_size=60), start=st.integers(0, 70), stop=st.integers(0, 70))
def test_a_part_of_a_blob_is_that_part(blobs: Blobs, content: bytes, start: int, stop: int):
    blob = kept(blobs, content)

    assert b"".join(read(blobs, blob.sha256, start, stop)) == content[start:stop]


def test_a_large_blob_comes_in_pieces(blobs: Blobs):
    content = bytes(range(256)) * (3 * CHUNK_BYTES // 256) + b"and more"
    blob = kept(blobs, content)

    pieces = read(blobs, blob.sha256, 1, len(content) - 1)

    assert b"".join(pieces) == content[1:-1]
    assert [len(piece) for piece in pieces] == [CHUNK_BYTES] * 3 + [6]


def test_what_has_a_place_can_be_sent_by_the_kernel(blobs: Blobs):
    digest = kept(blobs, TOAST).sha256

    place = blobs.place(digest)

    assert (place is None) == (not isinstance(blobs, DiskBlobs))
    if place is not None:
        assert place.read_bytes() == TOAST
        with blobs.open(digest) as opened:
            assert os.pread(opened.fileno(), 100, 4) == TOAST[4:]


def test_a_place_is_told_whether_or_not_there_is_a_blob(blobs: Blobs):
    place = blobs.place(NOWHERE)

    assert place is None or not place.exists()
    assert list(blobs.digests()) == []


def test_a_finished_draft_can_be_searched(blobs: Blobs):
    with blobs.draft() as draft:
        draft.write(TOAST)
        draft.finish()
        with draft.reopen() as reopened:
            reopened.seek(-7, 2)
            assert reopened.read() == b"evenly."


def test_what_is_not_kept_is_gone(blobs: Blobs, files: Callable[[], list[str]]):
    with blobs.draft() as draft:
        draft.write(TOAST)
        draft.finish()

    assert (list(blobs.digests()), files()) == ([], [])


def test_a_writer_that_breaks_off_leaves_nothing(blobs: Blobs, files: Callable[[], list[str]]):
    def breaks_off() -> None:
        with blobs.draft() as draft:
            draft.write(TOAST)
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        breaks_off()

    assert (list(blobs.digests()), files()) == ([], [])


def test_nobody_sees_a_blob_before_it_is_kept(blobs: Blobs):
    with blobs.draft() as draft:
        draft.write(TOAST)
        digest = draft.finish().sha256

        with pytest.raises(NotFound):
            blobs.open(digest)
        with pytest.raises(NotFound):
            read(blobs, digest, 0, 5)
        assert list(blobs.digests()) == []
        draft.keep()
        assert read(blobs, digest, 0, 5) == [b"Two s"]


def test_the_same_bytes_are_one_blob(blobs: Blobs, files: Callable[[], list[str]]):
    first, second = kept(blobs, TOAST), kept(blobs, TOAST)

    assert first == second
    assert list(blobs.digests()) == [first.sha256]
    assert files() in ([first.sha256], [])


def test_a_removed_blob_is_gone_and_can_be_kept_again(blobs: Blobs):
    digest = kept(blobs, TOAST).sha256
    other = kept(blobs, b"Other toast.").sha256

    blobs.remove(digest)
    blobs.remove(digest)

    assert list(blobs.digests()) == [other]
    with pytest.raises(NotFound, match=f"There is no blob {digest}."):
        blobs.open(digest)
    assert kept(blobs, TOAST).sha256 == digest
    assert set(blobs.digests()) == {digest, other}


def test_a_blob_that_never_was_cannot_be_read(blobs: Blobs):
    with pytest.raises(NotFound):
        blobs.open(NOWHERE)
    with pytest.raises(NotFound):
        read(blobs, NOWHERE, 0, 1)
    blobs.remove(NOWHERE)


def test_a_store_that_can_be_written_says_nothing(blobs: Blobs, files: Callable[[], list[str]]):
    blobs.check_writable()

    assert (list(blobs.digests()), files()) == ([], [])


def test_a_draft_that_is_being_written_is_not_swept(blobs: Blobs):
    with blobs.draft() as draft:
        draft.write(TOAST)
        assert blobs.remove_abandoned_drafts() == 0
        digest = draft.finish().sha256
        assert blobs.remove_abandoned_drafts() == 0
        draft.keep()

    assert read(blobs, digest, 0, 100) == [TOAST]


def test_drafts_are_safe_from_a_sweep_that_never_stops(blobs: Blobs):
    contents = [f"Slice {number}.".encode() for number in range(200)]
    with ThreadPoolExecutor(5) as threads:
        writers = [threads.submit(kept, blobs, content) for content in contents]
        while not all(writer.done() for writer in writers):
            blobs.remove_abandoned_drafts()
        digests = {writer.result().sha256 for writer in writers}

    assert set(blobs.digests()) == digests == {hashlib.sha256(c).hexdigest() for c in contents}
