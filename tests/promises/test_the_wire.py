"""What clients may rely on between the first byte of a request and the last of its answer."""

import http.client
import json
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import reason_phrase
from index.settings import Settings
from tests.kit import tiny
from tests.kit.wire import (
    PATIENCE_SECONDS,
    all_of,
    ask,
    connected,
    listening,
    statuses,
)

APP = tiny.create(Settings())
WORKER = b"GET /worker HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /worker HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
MIB = 1 << 20


@pytest.fixture(scope="module")
def port():
    with listening(APP) as port:
        yield port


def test_the_reason_phrase_says_what_the_body_says(port):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/refuse")
    refused = connection.getresponse()

    said = "Files may be at most 100 bytes. Send a smaller one."
    assert (refused.status, refused.reason, refused.read().decode()) == (413, said, said)

    connection.request("GET", "/worker")
    answered = connection.getresponse()
    assert (answered.status, answered.reason) == (200, "OK")
    connection.close()


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_whatever_is_said_the_answer_stays_http(port, text):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/say", body=text.encode("utf-8", "replace"))
    answer = connection.getresponse()

    said = reason_phrase(text.encode("utf-8", "replace").decode()).decode("latin-1")
    assert (answer.version, answer.status, answer.reason) == (11, 400, said)
    assert answer.read() is not None
    connection.request("GET", "/worker")
    assert connection.getresponse().status == 200
    connection.close()


def test_an_early_answer_is_read_by_a_client_that_sends_all_it_has(port):
    with connected(port) as connection:
        head = b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % (50 * MIB))
        for _ in range(50):
            connection.sendall(bytes(MIB))
        answer = all_of(connection)

    assert answer.startswith(b"HTTP/1.1 413 Files may be at most 100 bytes. ")
    assert b"\r\nconnection: close\r\n" in answer
    assert answer.endswith(b"\r\n\r\nFiles may be at most 100 bytes. Send a smaller one.")


def test_a_body_that_came_whole_leaves_the_connection_open(port):
    with connected(port) as connection:
        connection.sendall(
            b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + LAST
        )

        assert statuses(all_of(connection)) == [413, 200]


@pytest.mark.parametrize(
    ("limits", "pause_seconds"),
    [({"linger_seconds": 0.2}, 0.02), ({"linger_bytes": 5 * MIB}, 0)],
    ids=["seconds", "bytes"],
)
def test_after_its_answer_a_client_is_not_listened_to_for_ever(limits, pause_seconds):
    with listening(APP, **limits) as port, connected(port) as connection:
        connection.sendall(b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n")
        assert all_of(connection).startswith(b"HTTP/1.1 413 ")

        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            _send_for_ever(connection, pause_seconds=pause_seconds)


def test_a_client_that_waits_to_be_asked_for_its_body_is_refused_without_it(port):
    head = b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"

    assert ask(port, head).startswith(b"HTTP/1.1 413 Files may be")


def test_a_slow_head_is_turned_away():
    with listening(APP, head_seconds=0.3) as port:
        began = time.monotonic()
        answer = ask(port, b"GET /worker HTTP/1.1\r\nHost: ")

    assert answer.startswith(b"HTTP/1.1 408 The head of the request did not arrive in time.\r\n")
    assert time.monotonic() - began < PATIENCE_SECONDS / 2


@pytest.mark.parametrize("first", [b"", WORKER], ids=["at first", "after a request"])
def test_dripping_bytes_do_not_keep_a_connection(first):
    with listening(APP, head_seconds=0.3) as port, connected(port) as connection:
        connection.sendall(first)

        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            _send_for_ever(connection, b"\r\n", pause_seconds=0.02)


def test_a_silent_connection_is_closed_without_a_word():
    with listening(APP, head_seconds=0.3) as port:
        assert ask(port, b"") == b""


@pytest.mark.parametrize(
    "endless",
    [b"GET /" + b"a" * MIB, b"GET / HTTP/1.1\r\nHost: " + b"x" * MIB, b"\r\n" * MIB],
    ids=["path", "header", "empty lines"],
)
def test_a_head_without_end_is_turned_away(port, endless):
    assert ask(port, endless).startswith(b"HTTP/1.1 431 The head of the request is too large.")


def test_trailers_without_end_are_cut(port):
    chunked = b"POST /headers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    with connected(port) as connection:
        connection.sendall(chunked)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            _send_for_ever(connection)


def test_trailers_are_not_headers(port):
    request = (
        b"POST /headers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n3\r\nabc\r\n0\r\nAuthorization: Basic eDp5\r\n\r\n"
    )

    assert json.loads(ask(port, request).partition(b"\r\n\r\n")[2]) == {
        "host": "x",
        "transfer-encoding": "chunked",
        "connection": "close",
    }


def test_what_is_not_http_is_turned_away_in_a_sentence(port):
    answer = ask(port, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")

    assert answer.startswith(b"HTTP/1.1 400 This is not a request in HTTP/1.1.\r\n")


def test_pipelined_requests_are_answered_in_their_order(port):
    refuse = b"POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    slow = b"GET /slow/0.2 HTTP/1.1\r\nHost: x\r\n\r\n"

    answers = ask(port, slow + refuse + WORKER + refuse + LAST)

    assert statuses(answers) == [200, 413, 200, 413, 200]


def test_an_answer_that_broke_off_does_not_look_whole(port):
    head, body = ask(port, b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n").split(b"\r\n\r\n")

    assert (b"\r\ncontent-length: 8\r\n" in head, body) == (True, b"half")


def test_a_client_that_takes_nothing_of_its_answer_is_cut():
    with listening(APP, stall_seconds=0.3) as port, connected(port) as connection:
        connection.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(1)

        assert 0 < len(all_of(connection)) < len(tiny.LARGE)


def test_a_client_that_takes_its_time_gets_the_whole_answer(port):
    with connected(port) as connection:
        connection.sendall(b"GET /much HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        time.sleep(0.5)

        assert all_of(connection).partition(b"\r\n\r\n")[2] == tiny.LARGE


def _send_for_ever(
    connection: socket.socket, piece: bytes = bytes(65536), *, pause_seconds: float = 0
) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        connection.sendall(piece)
        time.sleep(pause_seconds)
