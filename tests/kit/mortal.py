"""Servers that start at once, each in a process of its own, to be killed without a warning."""

import multiprocessing
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from index.app import create
from index.server import Create, serve
from index.settings import Settings

START_SECONDS = 60

# One process imports everything, once; the servers are forked from it.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Mortal:
    """A server that answers."""

    url: str
    process: BaseProcess

    def dies(self) -> None:
        """Kill it: no handler runs, no buffer is flushed, nothing is told to anybody."""
        self.process.kill()
        self.process.join()


@contextmanager
def a_mortal(
    folder: Path, *, log: Path | None = None, create: Create = create, **settings: Any
) -> Iterator[Mortal]:
    """A server of one worker on that folder, whose database has been migrated before.

    What it says is added to the *log*, if there is one.
    """
    port = _free_port()
    chosen = Settings(data=folder, port=port, **settings)
    process = _FORKS.Process(target=_serve, args=(chosen, log, create))
    process.start()
    server = Mortal(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_it_answers(port, process)
        yield server
    finally:
        server.dies()


def _serve(settings: Settings, log: Path | None, create: Create) -> None:
    if log is not None:
        with log.open("ab") as said:
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
    sys.exit(serve(settings, create))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _wait_until_it_answers(port: int, process: BaseProcess) -> None:
    deadline = monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert process.is_alive(), "The server ended before it answered."
            assert monotonic() < deadline, "The server does not start."
            sleep(0.01)
        else:
            return
