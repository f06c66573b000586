"""The contract of blobs that may be elsewhere: sent, linked to, and belonging to somebody."""

import asyncio
from datetime import UTC, datetime

import httpx2

from storage.blobs import Blobs
from storage.sweeping import SPARED
from tests.kit.keeping import kept, read

TOAST = b"Two sides, evenly."


def test_what_was_sent_and_not_kept_is_for_a_sweep_when_it_is_old(blobs: Blobs):
    with blobs.draft() as draft:
        draft.write(TOAST)
        digest = draft.finish().sha256
        draft.send()
    now = datetime.now(UTC)

    assert list(blobs.digests(before=now - SPARED)) == []
    assert list(blobs.digests(before=now + SPARED)) == ([digest] if blobs.is_remote else [])
    assert blobs.remove(digest, before=now + SPARED) == (1 if blobs.is_remote else 0)
    assert list(blobs.digests()) == []


def test_of_two_with_the_same_bytes_one_may_be_refused(blobs: Blobs):
    with blobs.draft() as kept_one, blobs.draft() as refused:
        for draft in (kept_one, refused):
            draft.write(TOAST)
            digest = draft.finish().sha256
            draft.send()
        kept_one.keep()

    assert read(blobs, digest, 0, 100) == [TOAST]


def test_what_nobody_sent_is_kept_all_the_same(blobs: Blobs):
    with blobs.draft() as draft:
        draft.write(TOAST)
        digest = draft.finish().sha256
        draft.keep()

    assert read(blobs, digest, 0, 100) == [TOAST]


def test_a_link_is_to_the_bytes_or_there_is_none(blobs: Blobs):
    digest = kept(blobs, TOAST).sha256

    link = asyncio.run(blobs.link(digest, seconds=60))

    assert (link is None) == (not blobs.is_remote)
    if link is not None:
        assert "X-Amz-Expires=60&" in link
        assert httpx2.get(link).content == TOAST


def test_blobs_belong_to_whom_they_were_given(blobs: Blobs):
    assert blobs.owner() is None

    blobs.give_to("0a" * 16)

    assert blobs.owner() == "0a" * 16
    assert list(blobs.digests()) == []


def test_a_blob_can_be_searched(blobs: Blobs):
    content = bytes(range(256)) * 20_000
    digest = kept(blobs, content).sha256

    with blobs.open(digest) as opened:
        assert opened.seek(-6, 2) == len(content) - 6
        assert opened.read() == content[-6:]
        assert opened.seek(1000) == 1000
        assert (opened.read(5), opened.tell()) == (content[1000:1005], 1005)
        assert opened.read() == content[1005:]
        assert opened.seek(len(content) + 9) == len(content) + 9
        assert opened.read() == b""
