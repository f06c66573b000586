"""Files are streamed as they are read, and read only when they must be."""

import asyncio

import pytest

from index.caching import PRIVATE, PUBLIC
from index.files.downloads import answer
from storage.problems import Unavailable
from tests.kit.asgi import Sent, sent
from tests.kit.listings import digest

CONTENT = b"0123456789" * 3
SHA256 = digest("a file")
ETAG = f'"{SHA256}"'
LASTING = {
    "etag": ETAG,
    "cache-control": "public, max-age=365000000, s-maxage=0, immutable",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "X-PyPI-Last-Serial",
}
FILE = {
    **LASTING,
    "content-type": "application/octet-stream",
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
}


class Blob:
    """Bytes in pieces of four, and a record of what was read and closed."""

    def __init__(self):
        self.reads = []
        self.closed = False

    async def read(self, start, stop):
        self.reads.append((start, stop))
        try:
            for at in range(start, stop, 4):
                yield CONTENT[at : min(at + 4, stop)]
        finally:
            self.closed = True


def response_to(headers, blob, method="GET", *, size_bytes=30, caching=PUBLIC):
    return answer(
        headers, method, sha256=SHA256, size_bytes=size_bytes, read=blob.read, caching=caching
    )


def test_a_plain_request_gets_all_of_the_file():
    blob = Blob()

    response = sent(response_to({}, blob))

    assert response == Sent(200, {**FILE, "content-length": "30"}, CONTENT)
    assert (blob.reads, blob.closed) == ([(0, 30)], True)


@pytest.mark.parametrize(
    ("asked", "content_range", "body"),
    [
        ("bytes=0-", "bytes 0-29/30", CONTENT),
        ("bytes=3-12", "bytes 3-12/30", CONTENT[3:13]),
        ("bytes=28-99", "bytes 28-29/30", CONTENT[28:]),
        ("bytes=-7", "bytes 23-29/30", CONTENT[-7:]),
        ("bytes=-99", "bytes 0-29/30", CONTENT),
    ],
)
def test_a_range_gets_that_part(asked, content_range, body):
    response = sent(response_to({"range": asked}, Blob()))

    headers = {**FILE, "content-length": str(len(body)), "content-range": content_range}
    assert response == Sent(206, headers, body)


def test_a_range_beyond_the_end_learns_the_length():
    blob = Blob()

    response = sent(response_to({"range": "bytes=30-"}, blob))

    assert (response.status, response.headers["content-range"]) == (416, "bytes */30")
    assert response.body == b"The file has 30 bytes, and none in the range asked for.\n"
    assert blob.reads == []


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-3", "lines=1-2"])
def test_a_range_that_makes_no_sense_or_more_than_one_gets_all_of_the_file(asked):
    assert sent(response_to({"range": asked}, Blob())).body == CONTENT


def test_a_client_resumes_what_it_began_and_begins_anew_what_it_did_not():
    resumed = sent(response_to({"range": "bytes=20-", "if-range": ETAG}, Blob()))
    begun = sent(response_to({"range": "bytes=20-", "if-range": '"other"'}, Blob()))

    assert (resumed.status, resumed.body) == (206, CONTENT[20:])
    assert (begun.status, begun.body) == (200, CONTENT)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("if_none_match", [ETAG, f"W/{ETAG}", f'"a", {ETAG}', "*"])
def test_a_client_that_has_the_file_gets_a_304_even_if_it_asks_for_a_part(method, if_none_match):
    blob = Blob()
    headers = {"if-none-match": if_none_match, "range": "bytes=0-3"}

    assert sent(response_to(headers, blob, method)) == Sent(304, LASTING, b"")
    assert blob.reads == []


def test_head_says_what_get_would_send_and_never_opens_the_file():
    blob = Blob()

    response = sent(response_to({"range": "bytes=0-3"}, blob, "HEAD"))

    assert response == Sent(200, {**FILE, "content-length": "30"}, b"")
    assert blob.reads == []


def test_an_empty_file_is_served():
    response = sent(response_to({}, Blob(), size_bytes=0))

    assert response == Sent(200, {**FILE, "content-length": "0"}, b"")


def test_a_private_index_lets_no_shared_cache_keep_the_file():
    headers = sent(response_to({}, Blob(), caching=PRIVATE)).headers

    assert headers["cache-control"] == "private, max-age=365000000, immutable"
    assert headers["vary"] == "Authorization"


def test_bytes_that_cannot_be_read_are_a_problem_before_anything_is_sent():
    async def read(start, stop):
        raise Unavailable("The files cannot be reached.")
        yield b""

    response = answer({}, "GET", sha256=SHA256, size_bytes=30, read=read, caching=PUBLIC)

    with pytest.raises(Unavailable):
        sent(response)


def test_no_piece_is_read_before_the_one_before_it_is_sent():
    blob, log = Blob(), []

    async def read(start, stop):
        async for piece in blob.read(start, stop):
            log.append("read")
            yield piece

    async def send(message):
        if message.get("body"):
            log.append("sent")

    async def receive():
        await asyncio.Event().wait()

    response = answer({}, "GET", sha256=SHA256, size_bytes=30, read=read, caching=PUBLIC)
    asyncio.run(response({"type": "http"}, receive, send))

    assert log == ["read", "sent"] * 8


def test_when_the_client_goes_away_reading_stops_and_the_file_is_closed():
    blob = Blob()
    taken = []

    async def run():
        gone = asyncio.Event()

        async def send(message):
            taken.append(message)
            if len(taken) == 3:
                gone.set()
                await asyncio.sleep(60)

        async def receive():
            await gone.wait()
            return {"type": "http.disconnect"}

        await response_to({}, blob)({"type": "http"}, receive, send)
        return blob.closed

    closed_at_once = asyncio.run(run())

    assert (len(taken), closed_at_once) == (3, True)
