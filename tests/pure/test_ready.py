"""Ready bytes are answered in the coding that was asked for, or not at all when they are known."""

import gzip
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from index.caching import PRIVATE, PUBLIC
from index.ready import Coding, Ready, answer, choose_coding
from storage.problems import NotAcceptable
from tests.kit.asgi import Sent, sent

CONTENT = b'{"name":"toasting","files":[]}' * 20
READY = Ready(content=CONTENT, content_type="application/json", serial=7)
UNPACKED = {
    Coding.IDENTITY: bytes,
    Coding.GZIP: gzip.decompress,
    Coding.ZSTD: zstandard.decompress,
}


@pytest.mark.parametrize("coding", Coding)
def test_a_first_request_gets_the_bytes_and_their_validator(coding):
    response = sent(answer({"accept-encoding": coding}, "GET", READY, caching=PUBLIC))

    expected = {
        "etag": READY.etag(coding),
        "cache-control": "max-age=0, must-revalidate",
        "vary": "Accept-Encoding",
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "X-PyPI-Last-Serial",
        "x-pypi-last-serial": "7",
        "content-type": "application/json",
        "content-length": str(len(READY.body(coding))),
        "x-content-type-options": "nosniff",
    }
    if coding is not Coding.IDENTITY:
        expected["content-encoding"] = coding
    assert response == Sent(200, expected, READY.body(coding))
    assert UNPACKED[coding](response.body) == CONTENT


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("coding", Coding)
def test_a_304_says_the_same_strong_tag_and_nothing_of_content(coding, method):
    headers = {"accept-encoding": coding, "if-none-match": READY.etag(coding)}

    response = sent(answer(headers, method, READY, caching=PUBLIC))

    assert response == Sent(
        304,
        {
            "etag": READY.etag(coding),
            "cache-control": "max-age=0, must-revalidate",
            "vary": "Accept-Encoding",
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "X-PyPI-Last-Serial",
            "x-pypi-last-serial": "7",
        },
        b"",
    )


ETAG = READY.etag(Coding.IDENTITY)


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        (ETAG, 304),
        (f"W/{ETAG}", 304),
        (f'"other", {ETAG}', 304),
        (f'W/"other",W/{ETAG} , "third"', 304),
        ("*", 304),
        (" * ", 304),
        ('"other"', 200),
        (ETAG.strip('"'), 200),
        (f"w/{ETAG[1:-1]}", 200),
        (READY.etag(Coding.GZIP), 200),
        ('"*"', 200),
        ("", 200),
        ('"' * 10_000, 200),
    ],
)
def test_a_copy_counts_only_if_it_is_this_one(if_none_match, status):
    response = sent(answer({"if-none-match": if_none_match}, "GET", READY, caching=PUBLIC))

    assert response.status == status


def test_head_has_the_headers_of_get_and_no_body():
    headers = {"accept-encoding": "gzip"}

    head = sent(answer(headers, "HEAD", READY, caching=PUBLIC))
    get = sent(answer(headers, "GET", READY, caching=PUBLIC))

    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


def test_a_private_index_says_so_and_varies_on_who_asks():
    response = sent(answer({}, "GET", READY, caching=PRIVATE))

    assert response.headers["cache-control"] == "private, max-age=0"
    assert response.headers["vary"] == "Accept-Encoding, Authorization"


def test_what_has_no_serial_says_none():
    feed = Ready(content=b"<rss/>", content_type="application/rss+xml")

    response = sent(answer({}, "GET", feed, caching=PUBLIC))

    assert "x-pypi-last-serial" not in response.headers


def test_each_coding_and_each_type_has_its_own_strong_tag():
    ready = [Ready(content=CONTENT, content_type=each) for each in ("text/html", "text/plain")]

    etags = [each.etag(coding) for each in ready for coding in Coding]

    assert len(set(etags)) == 6
    assert all(etag[0] == etag[-1] == '"' for etag in etags)


@given(st.binary())
def test_compressing_again_gives_the_same_bytes(content):
    first, second = (Ready(content=content, content_type="text/html") for _ in range(2))

    for coding, unpack in UNPACKED.items():
        assert first.etag(coding) == second.etag(coding)
        assert first.body(coding) == second.body(coding)
        assert unpack(first.body(coding)) == content


def test_the_clock_leaves_no_mark_in_the_bytes():
    no_time = b"\0\0\0\0"

    assert READY.body(Coding.GZIP)[4:8] == no_time


def test_a_coding_is_compressed_once():
    ready = Ready(content=CONTENT, content_type="text/html")

    assert ready.body(Coding.GZIP) is ready.body(Coding.GZIP)
    assert ready.body(Coding.ZSTD) is ready.body(Coding.ZSTD)


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        (None, Coding.IDENTITY),
        ("", Coding.IDENTITY),
        ("identity", Coding.IDENTITY),
        ("gzip, deflate", Coding.GZIP),
        ("gzip, deflate, zstd", Coding.ZSTD),
        ("zstd,gzip,deflate", Coding.ZSTD),
        ("gzip, deflate, br, zstd", Coding.ZSTD),
        ("gzip;q=1.0, zstd;q=0.5", Coding.GZIP),
        ("gzip;q=0.001", Coding.GZIP),
        ("gzip;q=0.5, identity", Coding.IDENTITY),
        ("gzip;q=0", Coding.IDENTITY),
        ("br, deflate", Coding.IDENTITY),
        ("x-gzip", Coding.GZIP),
        ("GZIP", Coding.GZIP),
        ("*", Coding.GZIP),
        ("*;q=0, zstd", Coding.ZSTD),
        ("identity;q=0, *", Coding.GZIP),
        ("gzip;q=0, *;q=0.3", Coding.IDENTITY),
        ("gzip;q=9", Coding.IDENTITY),
        ("gzip/1", Coding.IDENTITY),
    ],
)
def test_the_coding_is_the_one_the_client_likes_best(accept_encoding, coding):
    assert choose_coding(accept_encoding) is coding


@pytest.mark.parametrize(
    "accept_encoding", ["identity;q=0", "*;q=0", "br, *;q=0", "gzip;q=0, identity;q=0"]
)
def test_a_client_that_takes_no_coding_learns_which_there_are(accept_encoding):
    with pytest.raises(NotAcceptable) as refusal:
        choose_coding(accept_encoding)

    assert refusal.value.message == (
        "The request accepts none of the codings there are. "
        "This answer comes as zstd, gzip or identity."
    )


@given(st.text())
def test_no_header_does_more_than_be_refused(accept_encoding):
    with suppress(NotAcceptable):
        assert choose_coding(accept_encoding) in Coding
