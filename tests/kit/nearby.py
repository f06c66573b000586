"""A server in this process, on a real socket, so that its rows and blobs can be looked at."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from index.app import assemble, compose
from index.services import Services
from index.settings import Settings
from tests.kit.uploaders import tokens_in
from tests.kit.wire import listening


@dataclass(frozen=True, slots=True)
class Nearby:
    """The server, and a token of ann, who uploads."""

    services: Services
    port: int
    token: str = field(repr=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def a_server_nearby(
    folder: Path, *, limits: Mapping[str, float] = MappingProxyType({}), **settings: Any
) -> Iterator[Nearby]:
    """A server on a new folder; *limits* are of its protocol, see IndexProtocol."""
    [token] = tokens_in(folder, "ann")
    services = compose(Settings(data=folder, **settings))
    with listening(assemble(services), **limits) as port:
        yield Nearby(services, port, token)
    services.database.close()
