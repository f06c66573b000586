"""Uploads that are framed wrongly, or in a way that no client of today frames them."""

import re
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.kit.forms import FORM, an_upload
from tests.kit.makers import a_wheel
from tests.kit.nearby import Nearby, a_server_nearby
from tests.kit.refusing import everything, nothing_has_changed
from tests.kit.wire import all_of, connected, statuses

NUMBERS = count()
PATIENCE_SECONDS = 1

hostile = settings(max_examples=60, deadline=None)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nearby]:
    limits = {"head_seconds": PATIENCE_SECONDS, "linger_seconds": PATIENCE_SECONDS}
    folder = tmp_path_factory.mktemp("wire")
    with a_server_nearby(folder, limits=limits, upload_patience_seconds=PATIENCE_SECONDS) as server:
        yield server


def a_body() -> bytes:
    """A sound upload, of a file of its own."""
    return an_upload(a_wheel(version=f"1.{next(NUMBERS)}"))


def answers(index: Nearby, framing: list[str], body: bytes) -> bytes:
    """Everything that comes back for a request framed like that, until the server closes."""
    head = [
        "POST /legacy/ HTTP/1.1",
        "Host: index.test",
        f"Authorization: Bearer {index.token}",
        f"Content-Type: {FORM['content-type']}",
        "Connection: close",
        *framing,
    ]
    with connected(index.port) as connection:
        try:
            connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
            return all_of(connection)
        except (BrokenPipeError, ConnectionResetError):
            return b""


def chunked(body: bytes, sizes: list[int]) -> bytes:
    """*body* in chunks of those sizes, the last as large as need be."""
    pieces = []
    for size in sizes:
        pieces.append(body[:size])
        body = body[size:]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, body] if piece)


@hostile
@given(st.lists(st.integers(1, 700), max_size=9))
@example([1] * 1000)
def test_a_body_in_chunks_is_as_good_as_any(index: Nearby, sizes: list[int]):
    body = chunked(a_body(), sizes) + b"0\r\n\r\n"

    answer = answers(index, ["Transfer-Encoding: chunked"], body)

    assert statuses(answer) == [200]


@pytest.mark.parametrize(
    "tail",
    [
        b"",
        b"0\r\n",
        b"-1\r\nx\r\n",
        b"xyz\r\n",
        b"5\r\nabc",
        b"ffffffffffffffffff\r\n",
        b"1\r\nabc",
    ],
)
def test_chunks_that_are_wrong_are_not_an_upload(index: Nearby, tail: bytes):
    before = everything(index.services)

    answer = answers(index, ["Transfer-Encoding: chunked"], chunked(a_body(), [99]) + tail)

    assert all(400 <= status < 500 for status in statuses(answer))
    nothing_has_changed(index.services, before)


@pytest.mark.parametrize(
    "length", ["-1", "+5", "0x10", "5, 6", "", "1e3", "٣", "9" * 30, "184467440737095516160"]
)
def test_a_length_that_is_no_number_is_turned_away(index: Nearby, length: str):
    before = everything(index.services)
    lengths = [f"Content-Length: {length}".encode().decode("latin-1")]

    assert statuses(answers(index, lengths, a_body()))[:1] in ([400], [413])
    nothing_has_changed(index.services, before)


@pytest.mark.parametrize(
    "framing",
    [
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding:\tchunked", "Content-Length: 5"],
        ["Content-Length : 5"],
        ["Content-Length: 5", "\tTransfer-Encoding: chunked"],
    ],
)
def test_a_body_with_two_readings_hides_no_second_request(index: Nearby, framing: list[str]):
    before = everything(index.services)
    hidden = b"0\r\n\r\nGET /simple/ HTTP/1.1\r\nHost: hidden\r\n\r\n"

    answer = answers(index, framing, hidden)

    assert all(400 <= status < 500 for status in statuses(answer))
    nothing_has_changed(index.services, before)


@hostile
@given(st.integers(3, 3000))
def test_a_length_that_is_too_short_ends_the_body_there(index: Nearby, short: int):
    body = a_body()
    before = everything(index.services)
    length = max(0, len(body) - short)

    answer = answers(index, [f"Content-Length: {length}"], body)

    assert statuses(answer) == [400]
    nothing_has_changed(index.services, before)


def test_a_length_that_is_too_long_is_waited_for_and_then_cut(index: Nearby):
    before = everything(index.services)
    body = a_body()

    answer = answers(index, [f"Content-Length: {len(body) + 1}"], body)

    assert statuses(answer) == [408]
    nothing_has_changed(index.services, before)


@pytest.mark.parametrize(
    "headers",
    [
        ["X-Toast: yes"] * 20_000,
        ["X-Toast: " + "x" * 100_000],
        ["X" * 70_000 + ": toast"],
        [f"Authorization: Bearer {'x' * 60_000}"] * 3,
    ],
    ids=["many", "long", "long name", "long tokens"],
)
def test_a_head_without_measure_is_turned_away(index: Nearby, headers: list[str]):
    answer = answers(index, [*headers, "Content-Length: 0"], b"")

    assert statuses(answer) in ([400], [431], [])


def test_the_answer_is_one_line_of_text_whatever_the_body_says(index: Nearby):
    markup = "<script>alert(1)</script>"
    body = a_body().replace(b"file_upload", markup.encode())

    answer = answers(index, [f"Content-Length: {len(body)}"], body)

    head, _, told = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 The :action of an upload is file_upload, not ")
    assert re.search(rb"\r\ncontent-type: text/plain; charset=utf-8\r\n", head)
    assert re.search(rb"\r\nx-content-type-options: nosniff\r\n", head)
    assert told.count(b"\n") == 0
