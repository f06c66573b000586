"""Requests of one at a time: what a server answers, and how long that takes."""

import http.client
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType

from bench.servers import Running

JSON = {"Accept": "application/vnd.pypi.simple.v1+json"}
HTML = {"Accept": "text/html"}
TIMEOUT_SECONDS = 600


class Unexpected(Exception):
    """A server answered something that makes its figure worthless; a sentence says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float


class Connection:
    """One connection, kept open."""

    def __init__(self, server: Running) -> None:
        self._opened = http.client.HTTPConnection("127.0.0.1", server.port, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        expected: tuple[int, ...] = (200,),
    ) -> Answer:
        """The answer to one request. Raises Unexpected for another status."""
        began = time.perf_counter()
        self._opened.request(method, path, body, dict(headers or {}))
        response = self._opened.getresponse()
        content = response.read()
        taken = time.perf_counter() - began
        if response.status not in expected:
            said = " ".join(
                re.sub("<[^>]*>", " ", content[:300].decode("utf-8", "replace")).split()
            )
            raise Unexpected(f"{method} {path} answered {response.status}: {said.rstrip('.')}.")
        its = {key.lower(): value for key, value in response.getheaders()}
        return Answer(status=response.status, headers=its, body=content, seconds=taken)

    def tell(
        self, method: str, path: str, content: object, *, headers: Mapping[str, str]
    ) -> Answer:
        """The answer to a request with a body of JSON."""
        sent = {"Content-Type": "application/json", "Accept": "application/json", **headers}
        body = json.dumps(content).encode()
        return self.ask(method, path, headers=sent, body=body, expected=(200, 201, 202))


def get(server: Running, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """The answer to a GET over a fresh connection."""
    with Connection(server) as connection:
        return connection.ask("GET", path, headers=headers, expected=(200, 304))
