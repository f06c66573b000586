"""What clients may rely on when the kernel sends a file: it comes as if it were streamed."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest

from index.files.downloads import MESSAGE_BYTES
from index.server.zerocopy import PIECE_BYTES
from tests.kit.sending import LAST, Shelf, answers, asked, leave_rudely, open_descriptors
from tests.kit.wire import PATIENCE_SECONDS, all_of, ask, connected, listening

LARGE = 30_000_000
"""More than the buffers of both ends of a connection hold."""

SIZES = [0, 1, *(size + more for size in (PIECE_BYTES, MESSAGE_BYTES) for more in (-1, 0, 1))]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def port(shelf: Shelf) -> Iterator[int]:
    with listening(shelf.app) as port:
        yield port


@pytest.mark.parametrize("size_bytes", SIZES)
def test_a_file_arrives_as_if_it_had_been_streamed(shelf: Shelf, port: int, size_bytes: int):
    sent = ask(port, asked(shelf.path(size_bytes), *LAST))
    streamed = ask(port, asked(shelf.path(size_bytes, way="streamed"), *LAST))

    assert answers(sent) == answers(streamed)
    assert _digests(sent) == [shelf.path(size_bytes).split("/")[2]]


@pytest.mark.parametrize("part", ["5-9", f"{PIECE_BYTES - 1}-{PIECE_BYTES}", "-7", "1-", "-0"])
def test_a_part_arrives_as_if_it_had_been_streamed(shelf: Shelf, port: int, part: str):
    head = (f"Range: bytes={part}", *LAST)
    size_bytes = 2 * MESSAGE_BYTES + 123

    sent = answers(ask(port, asked(shelf.path(size_bytes), *head)))
    streamed = answers(ask(port, asked(shelf.path(size_bytes, way="streamed"), *head)))

    assert sent == streamed


def test_requests_on_one_connection_are_answered_one_after_the_other(shelf: Shelf, port: int):
    paths = [shelf.path(size_bytes) for size_bytes in (LARGE, 0, PIECE_BYTES + 1, 7)]
    with connected(port) as connection:
        connection.sendall(b"".join(map(asked, [*paths, "/page/7"])) + asked(paths[0], *LAST))
        pipelined = _digests(all_of(connection))
    with connected(port) as connection:
        one_by_one = []
        for path in paths:
            connection.sendall(asked(path))
            one_by_one += _digests(_one_answer(connection, path))

    wanted = [path.split("/")[2] for path in paths]
    assert (pipelined[:4], pipelined[5], one_by_one) == (wanted, wanted[0], wanted)


def test_a_client_that_takes_its_time_gets_all_of_it(shelf: Shelf, port: int):
    path = shelf.path(LARGE)
    with connected(port) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        connection.sendall(asked(path, *LAST))
        time.sleep(0.3)

        assert _digests(all_of(connection)) == [path.split("/")[2]]


def test_a_file_that_is_in_no_cache_arrives(shelf: Shelf, port: int):
    path = shelf.path(LARGE)
    with shelf.blobs.open(path.split("/")[2]) as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    assert _digests(ask(port, asked(path, *LAST))) == [path.split("/")[2]]


def test_a_file_that_is_shorter_than_promised_breaks_off(shelf: Shelf, port: int):
    path = shelf.path(PIECE_BYTES + 1, promised_bytes=PIECE_BYTES + 2)

    with connected(port) as connection:
        connection.sendall(asked(path) + asked("/page/7"))
        raw = all_of(connection)

    assert len(raw.partition(b"\r\n\r\n")[2]) == PIECE_BYTES + 1
    assert _digests(raw) == ["cut"]


@pytest.mark.parametrize("leave", [socket.socket.close, leave_rudely], ids=["politely", "rudely"])
@pytest.mark.parametrize("more", [b"", asked("/page/7")], ids=["one request", "more of them"])
def test_whoever_leaves_leaves_nothing_open(shelf: Shelf, port: int, leave, more: bytes):
    path = shelf.path(LARGE)
    before = open_descriptors()
    for read_bytes in (0, 100, PIECE_BYTES * 3):
        with connected(port) as connection:
            connection.sendall(asked(path) + more)
            left = read_bytes
            while left > 0:
                left -= len(connection.recv(left))
            time.sleep(0.05)
            leave(connection)

    _wait_for(before)


def test_a_client_that_takes_nothing_is_cut(shelf: Shelf, capsys: pytest.CaptureFixture[str]):
    path = shelf.path(LARGE)
    before = open_descriptors()
    with listening(shelf.app, stall_seconds=0.3) as port, ExitStack() as stack:
        one, another = (stack.enter_context(connected(port)) for _ in range(2))
        one.sendall(asked(path))
        another.sendall(asked(path) + asked("/page/7"))
        _wait_until(lambda: _blobs_open() == 2)
        _wait_until(lambda: _blobs_open() == 0)

        assert [_digests(all_of(each)) for each in (one, another)] == [["cut"]] * 2

    _wait_for(before)
    said = capsys.readouterr().out
    assert [said.count(each) for each in ("Failed to answer.", f"bytes={LARGE}")] == [0, 0]


def test_a_client_that_says_no_more_is_answered_as_by_a_stream(shelf: Shelf, port: int):
    before = open_descriptors()
    for way in ("kernel", "streamed"):
        path = shelf.path(LARGE, way=way)
        with connected(port) as connection:
            connection.sendall(asked(path))
            connection.shutdown(socket.SHUT_WR)

            assert _digests(all_of(connection)) in (["cut"], [path.split("/")[2]], [])

    _wait_for(before)


def test_pages_are_answered_while_fifty_are_in_the_middle_of_a_file(shelf: Shelf, port: int):
    path = shelf.path(LARGE // 3)
    with ExitStack() as stack:
        takers = [stack.enter_context(connected(port)) for _ in range(50)]
        for taker in takers:
            taker.sendall(asked(path, *LAST))
        heads = [taker.recv(15) for taker in takers]
        pages = [ask(port, asked("/page/7", *LAST)) for _ in range(50)]
        digests = [
            _digests(head + all_of(taker)) for head, taker in zip(heads, takers, strict=True)
        ]

    assert {page.partition(b"\r\n\r\n")[2] for page in pages} == {b"+++++++"}
    assert digests == [[path.split("/")[2]]] * 50


def test_fifty_at_once_get_all_of_it_and_leave_nothing_open(shelf: Shelf, port: int):
    path = shelf.path(LARGE // 10)
    before = open_descriptors()
    with ThreadPoolExecutor(50) as threads:
        came = list(threads.map(partial(ask, port), [asked(path, *LAST)] * 50))

    assert [_digests(raw) for raw in came] == [[path.split("/")[2]]] * 50
    _wait_for(before)


def test_a_stop_lets_a_download_end(shelf: Shelf):
    path = shelf.path(LARGE)
    with ExitStack() as stack, ThreadPoolExecutor(1) as threads:
        with listening(shelf.app) as port:
            connection = stack.enter_context(connected(port))
            connection.sendall(asked(path))
            head = connection.recv(15)
            rest = threads.submit(_later, connection)

        assert _digests(head + rest.result()) == [path.split("/")[2]]


def _later(connection: socket.socket) -> bytes:
    time.sleep(0.5)
    return all_of(connection)


def _digests(raw: bytes) -> list[str]:
    return [digest for _, digest in answers(raw)]


def _one_answer(connection: socket.socket, path: str) -> bytes:
    raw = bytearray()
    size_bytes = int(path.split("/")[3])
    while len(raw.partition(b"\r\n\r\n")[2]) < size_bytes or b"\r\n\r\n" not in raw:
        raw += connection.recv(1 << 22)
    return bytes(raw)


def _blobs_open() -> int:
    return sum("/sha256/" in each for each in open_descriptors())


def _wait_for(before: list[str]) -> None:
    _wait_until(lambda: open_descriptors() == before)


def _wait_until(settled: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not settled():
        assert time.monotonic() < deadline, open_descriptors()
        time.sleep(0.02)
