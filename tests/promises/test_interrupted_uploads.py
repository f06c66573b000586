"""Uploads that break off or do not get on: rows 37 and 38 of UPLOADS.md."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.kit.forms import FORM, an_upload
from tests.kit.makers import a_wheel
from tests.kit.nearby import Nearby, a_server_nearby
from tests.kit.refusing import at_rest, nothing_has_changed
from tests.kit.uploaders import client_of, upload
from tests.kit.wire import all_of, connected, get

TOAST = a_wheel(files={"toasting/crumbs.bin": bytes(range(256)) * 200})
BODY = an_upload(TOAST)
CRUMBS = Random(1).randbytes(2500)
TOKEN = "bascule_" + "t" * 43  # As long as a real one is.
PATIENCE_SECONDS = 1
SETTLED_SECONDS = 10
TOO_SLOW = (
    b"The upload came in too slowly: less than 1024 bytes a second. "
    b"Try again over a better connection."
)


def request(token: str, body: bytes = BODY) -> bytes:
    """The whole upload as it goes over the wire."""
    head = [
        "POST /legacy/ HTTP/1.1",
        "Host: index.test",
        f"Authorization: Bearer {token}",
        f"Content-Type: {FORM['content-type']}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


WHOLE = request(TOKEN)
HEAD_BYTES = len(WHOLE) - len(BODY)
CONTENT_AT = WHOLE.index(b"PK\3\4")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nearby]:
    """Without any file yet."""
    folder = tmp_path_factory.mktemp("interrupted")
    limits = {"linger_seconds": PATIENCE_SECONDS}
    with a_server_nearby(folder, limits=limits, upload_patience_seconds=PATIENCE_SECONDS) as server:
        yield server


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(0, len(WHOLE) - 1), reset=st.booleans())
@example(cut=HEAD_BYTES, reset=False)
@example(cut=CONTENT_AT, reset=False)
@example(cut=CONTENT_AT + len(TOAST.content), reset=True)
@example(cut=len(WHOLE) - 4, reset=False)
@example(cut=len(WHOLE) - 1, reset=True)
def test_row_37_a_connection_cut_at_any_byte_leaves_nothing(index: Nearby, cut: int, reset: bool):
    before = at_rest(index.services)

    with connected(index.port) as connection:
        connection.sendall(request(index.token)[:cut])
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    assert get(index.port, "/simple/toasting/") == "There is no project toasting."
    nothing_has_changed(index.services, before)


def test_row_37_what_hangs_half_sent_stops_nobody(tmp_path: Path):
    with a_server_nearby(tmp_path) as server, ExitStack() as broken:
        for cut in range(0, len(WHOLE), 2048):
            connection = broken.enter_context(connected(server.port))
            connection.sendall(request(server.token)[:cut])

        with client_of(server.url, server.token) as client:
            assert upload(client, TOAST).text == f"{TOAST.filename} is published.\n"
            page = client.get(f"/packages/{TOAST.sha256}/{TOAST.filename}")
            assert page.content == TOAST.content


@pytest.mark.parametrize(
    "sent",
    [HEAD_BYTES, HEAD_BYTES + 500, CONTENT_AT + len(TOAST.content) // 2, len(WHOLE) - 1],
    ids=["the head", "some fields", "half the file", "all but a byte"],
)
def test_row_38_who_falls_silent_is_cut_after_a_limit(index: Nearby, sent: int):
    before = at_rest(index.services)

    with connected(index.port) as connection:
        began = time.monotonic()
        connection.sendall(request(index.token)[:sent])
        answer = all_of(connection)
        took = time.monotonic() - began

    assert answer.startswith(b"HTTP/1.1 408 " + TOO_SLOW + b"\r\n")
    assert answer.endswith(b"\r\n\r\n" + TOO_SLOW)
    assert PATIENCE_SECONDS <= took < PATIENCE_SECONDS + SETTLED_SECONDS
    nothing_has_changed(index.services, before)


def test_row_38_a_drip_is_cut_and_nobody_else_waits(index: Nearby):
    others: list[float] = []
    dripping = [threading.Thread(target=drip, args=(index,)) for _ in range(30)]
    began = time.monotonic()
    for thread in dripping:
        thread.start()

    with client_of(index.url, index.token) as client:
        while any(thread.is_alive() for thread in dripping):
            asked = time.monotonic()
            assert client.get("/simple/").status_code == 200
            crumpet = a_wheel("crumpet", f"1.{len(others)}")
            assert upload(client, crumpet).status_code == 200
            others.append(time.monotonic() - asked)

    assert time.monotonic() - began < 4 * PATIENCE_SECONDS + SETTLED_SECONDS
    assert len(others) >= 3
    assert sorted(others)[len(others) // 2] < PATIENCE_SECONDS


def test_row_38_who_is_slow_but_steady_is_waited_for(index: Nearby):
    whole = request(index.token, an_upload(a_wheel("bread", files={"crumbs": CRUMBS})))
    began = time.monotonic()

    with connected(index.port) as connection:
        for at in range(0, len(whole), 300):
            connection.sendall(whole[at : at + 300])
            time.sleep(0.2)  # 1,500 bytes a second.
        answer = connection.recv(1 << 16)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert time.monotonic() - began > 2 * PATIENCE_SECONDS


def drip(index: Nearby) -> None:
    """Send half an upload at once, and then a byte now and then until the server has enough."""
    with connected(index.port) as connection:
        connection.sendall(request(index.token)[:CONTENT_AT])
        try:
            for _ in range(1000):
                connection.sendall(b"x")
                time.sleep(0.1)
        except (BrokenPipeError, ConnectionResetError):
            return
    raise AssertionError("The server listens to a drip for ever.")
