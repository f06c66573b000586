"""More connections than the server may have files: whoever comes is told to come again."""

import os
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from tests.kit.live import BASCULE, a_server
from tests.kit.makers import a_wheel
from tests.kit.uploaders import client_of, tokens_in, upload

FILES = 64
SOON_SECONDS = 20
FEW_FILES = ["sh", "-c", f'ulimit -n {FILES} && exec "$@"', "sh", *BASCULE, "serve"]


def test_an_upload_that_no_file_is_left_for_can_be_sent_again(tmp_path: Path):
    [token] = tokens_in(tmp_path, "ann")
    with (
        a_server(tmp_path, command=FEW_FILES) as server,
        client_of(server.url, token) as client,
        client_of(server.url, token) as reader,
    ):
        assert upload(client, a_wheel(version="1.0")).status_code == 200
        assert reader.get("/simple/toasting/").status_code == 200
        with ExitStack() as silent:
            address = ("127.0.0.1", urlsplit(server.url).port)
            for _ in range(2 * FILES):
                silent.enter_context(socket.create_connection(address))
            wait_until(lambda: len(os.listdir(f"/proc/{server.process.pid}/fd")) >= FILES)

            answer = upload(client, a_wheel(version="2.0"))
            assert (answer.status_code, answer.text, answer.headers["retry-after"]) == (
                429,
                "The index is busy: it has no file left to open.",
                "2",
            )
            # On a connection of its own: the refused one may have been closed with its answer.
            assert reader.get("/simple/toasting/").status_code == 200

        wait_until(lambda: sent_again(client) == 200)


def sent_again(client: httpx2.Client) -> int | None:
    """What the index says to the same upload; None when it had no file for the connection."""
    try:
        return upload(client, a_wheel(version="2.0")).status_code
    except httpx2.TransportError:
        return None


def wait_until(come: Callable[[], bool]) -> None:
    """Return when it is so; fail when it takes too long."""
    deadline = time.monotonic() + SOON_SECONDS
    while not come():
        assert time.monotonic() < deadline
        time.sleep(0.01)
