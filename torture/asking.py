"""Requests of one who expects anything: an answer, a refusal, silence, a connection that breaks."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE_SECONDS = 60
"""Longer than any fault lasts: who is still not answered then has been forgotten."""

BROKEN = (OSError, http.client.HTTPException)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A whole answer."""

    status: int
    content: bytes

    @property
    def sentence(self) -> str:
        """What it says to a person."""
        text = self.content.decode("utf-8", "replace")
        return str(self.json()["message"]) if text.startswith("{") else text.strip()

    @property
    def is_refusal(self) -> bool:
        """Whether it is one of the two that a fault may bring, with a reason in a sentence."""
        return self.status in (503, 507) and self.sentence.endswith(".")

    def json(self) -> dict[str, object]:
        """The object that it carries."""
        found: dict[str, object] = json.loads(self.content)
        return found


class Asking:
    """The connections of one thread, one to each server, made anew when they break."""

    def __init__(self) -> None:
        self._connections: dict[str, http.client.HTTPConnection] = {}

    def ask(
        self,
        url: str,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Said | None:
        """The answer of the server at *url*; None if there came none, or not all of it."""
        connection = self._connections.pop(url, None)
        if connection is None:
            port = urlsplit(url).port
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            said = Said(status=response.status, content=response.read())
        except BROKEN:
            connection.close()
            return None
        self._connections[url] = connection
        return said

    def tell(
        self, url: str, method: str, path: str, content: object, *, headers: Mapping[str, str]
    ) -> Said | None:
        """The answer to a request with a body of JSON."""
        its = {"content-type": "application/json", "accept": "application/json", **headers}
        return self.ask(url, method, path, headers=its, body=json.dumps(content).encode())

    def close(self) -> None:
        """Let go of every connection."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()
