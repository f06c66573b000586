"""What the log would say, as text in memory."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from index import logs
from index.settings import LogFormat


@contextmanager
def log_of(style: LogFormat) -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile; afterwards all is as it was."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    logs.configure(style, stream)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # The client of the tests talks too.
    try:
        yield stream
    finally:
        structlog.reset_defaults()
        root.handlers, root.level = handlers, level


def entries(log: io.StringIO) -> list[dict[str, Any]]:
    """Each line of a log in JSON, without what differs from one run to the next."""
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    return [
        {key: value for key, value in line.items() if key not in ("timestamp", "ms", "request_id")}
        for line in lines
    ]
