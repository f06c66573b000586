"""What every endpoint works with: made once in app.py, found from any request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from index.auth.passwords import Passwords
from index.caching import PRIVATE, PUBLIC, Caching
from index.settings import Read, Settings
from storage.blobs import Blobs
from storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts of a running index."""

    settings: Settings
    database: Database
    blobs: Blobs
    passwords: Passwords
    now: Callable[[], datetime]

    @property
    def caching(self) -> Caching:
        """What caches may keep: less where reading takes a token."""
        return PRIVATE if self.settings.read is Read.ACCOUNTS else PUBLIC


def services(request: Request) -> Services:
    """The parts of the index that *request* came to: `app.state.services`."""
    found: Services = request.app.state.services
    return found
