"""A deadline for whoever is talked to: a timeout is for each word, and a slow talker has many."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

SILENCE_SECONDS = 10
"""How long whoever is talked to may stand still."""


@contextmanager
def cut_after(seconds: float, connected: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Meanwhile the connection, once there is one, is cut when the time is over."""

    def cut() -> None:
        if (there := connected()) is not None:
            with suppress(OSError):  # It has ended by itself.
                there.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
