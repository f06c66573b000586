"""Servers on real sockets, in this process or in their own, and bytes to and from them."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.types import ASGIApp
from uvicorn import Config, Server

from index.server import KEEP_ALIVE_SECONDS
from index.server.protocol import IndexProtocol
from tests.kit.source import ROOT

PATIENCE_SECONDS = 20


@contextmanager
def listening(
    app: ASGIApp, *, keep_alive_seconds: int = KEEP_ALIVE_SECONDS, **limits: float
) -> Iterator[int]:
    """The port at which *app* answers, in a thread, with other limits than IndexProtocol has."""
    protocol = type("Hurried", (IndexProtocol,), limits)
    config = Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        timeout_keep_alive=keep_alive_seconds,
    )
    server = Server(config)
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=[[listener]])
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection on which nothing takes longer than our patience."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
        yield connection


def all_of(connection: socket.socket) -> bytes:
    """Everything that comes until the server closes."""
    pieces = []
    while piece := connection.recv(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def ask(port: int, request: bytes) -> bytes:
    """What *request*, alone on its connection, is answered; the server has to close it."""
    with connected(port) as connection:
        connection.sendall(request)
        return all_of(connection)


def statuses(answers: bytes) -> list[int]:
    """The status of each answer on a connection."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)]


def get(port: int, path: str) -> str:
    """The body of the answer to a GET."""
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    return ask(port, request.encode()).partition(b"\r\n\r\n")[2].decode()


def served(folder: Path, made: str, **settings: object) -> subprocess.Popen[str]:
    """A server in a process of its own. The first line it prints says when it is ready."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("BASCULE_")}
    given = {"DATA": folder, "PORT": 0} | settings
    environ |= {f"BASCULE_{name}": str(value) for name, value in given.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kit.tiny", made],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def ready(folder: Path, **settings: object) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server that answers, and its port. It is stopped in the end, if it still runs."""
    with served(folder, "create", **settings) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        try:
            yield server, int(line.rpartition(":")[2])
        finally:
            server.kill()
