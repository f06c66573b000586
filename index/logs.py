"""The log: one line an event, for operators and for a week, and never a secret in it."""

import itertools
import logging
import re
import secrets
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, TextIO

import structlog
from structlog.processors import JSONRenderer
from structlog.stdlib import ExtraAdder, ProcessorFormatter
from structlog.types import EventDict, Processor, WrappedLogger

from index.settings import LogFormat

PATH_LENGTH = 300
"""How much of a path is logged. No route of ours is longer than a file name and a digest."""

# What these say below the level is of use only to whoever develops them.
_LEVELS = {"": logging.INFO, "uvicorn": logging.ERROR, "alembic": logging.WARNING}

# What proxies send: hex digits, UUIDs and the like. Anything else could forge a line.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

# Unlike any other's: eight digits by chance for this process, and a number.
_PROCESS = secrets.token_hex(4)
_REQUESTS = itertools.count(1)

# One of our tokens, what Authorization carries, the credentials in a URL. That each begins with
# one of three characters makes this eight times as fast.
_SECRETS = re.compile(
    r"[bB:](?:ascule_[A-Za-z0-9_-]{32,}|asic [A-Za-z0-9+/=]+|earer [^\s\"']+"
    r"|//[^/\s\"'@]*:[^/\s\"'@]*(?=@))"
)


def configure(style: LogFormat, stream: TextIO) -> None:
    """Write every line to *stream*, whether it comes from here or from a library's logger."""
    _written.style, _written.stream = style, stream
    render = JSONRenderer() if style is LogFormat.JSON else _as_text
    first: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [structlog.processors.format_exc_info, _without_secrets(render)]
    structlog.configure(
        processors=[*first, *last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*first, ExtraAdder()],
            processors=[ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.getLogger().handlers = [handler]
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)


class Read(NamedTuple):
    """A read from memory, as its line tells it."""

    at: float
    method: str
    path: str
    route: str
    status: int
    seconds: float
    size_bytes: int
    request_id: str


def write_reads(reads: Iterable[Read]) -> None:
    """Write a line for each, as every other request has one, at a tenth of the cost.

    Paths and ids come without any mark that would have to be escaped: they are known.
    """
    form = _JSON_READ if _written.style is LogFormat.JSON else _TEXT_READ
    _written.stream.write("".join([_read(form, each) for each in reads]))


def _read(form: str, its: Read) -> str:
    at, method, path, route, status, seconds, size, named = its
    when = datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds")[:26]
    return form % (
        when,
        method,
        path,
        status,
        method,
        path,
        route,
        status,
        seconds * 1e3,
        size,
        named,
    )


_TEXT_READ = (
    "%sZ info %s %s %d method=%s path=%s route=%s status=%d ms=%.1f bytes=%d request_id=%s\n"
)
_JSON_READ = (
    '{"timestamp": "%sZ", "level": "info", "event": "%s %s %d", "method": "%s", "path": "%s", '
    '"route": "%s", "status": %d, "ms": %.1f, "bytes": %d, "request_id": "%s"}\n'
)


@dataclass
class _Written:
    style: LogFormat = LogFormat.TEXT
    stream: TextIO = sys.stderr


_written = _Written()
"""Where the lines of reads go: where `configure` sends all the others."""


def request_id(given: str | None) -> str:
    """The id of a request: the one it came with, if that looks like an id, or a new one."""
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given
    return f"{_PROCESS}{next(_REQUESTS):08x}"


def _as_text(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """`2026-05-20T10:00:00Z info GET /simple/ 200 ms=1.2`, and below it what was raised."""
    first = [event.pop("timestamp"), event.pop("level"), escaped(str(event.pop("event")))]
    raised = str(event.pop("exception", ""))
    line = " ".join([*first, *_fields(event)])
    return "\n    ".join([line, *(escaped(each) for each in raised.splitlines())])


def _fields(event: EventDict) -> Iterable[str]:
    for key, value in event.items():
        text = str(value)
        yield f"{key}={text}" if text.isprintable() and " " not in text else f"{key}={text!r}"


def escaped(text: str) -> str:
    """*text* on one line, with whatever could forge a line or move a cursor written as \\x1b."""
    if text.isprintable():
        return text
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text
    )


def _without_secrets(render: Callable[..., str | bytes]) -> Processor:
    """*render*, with a last look at the whole line: nothing that opens a door may be in it."""
    return lambda logger, method, event: _SECRETS.sub(
        "[secret]", str(render(logger, method, event))
    )
