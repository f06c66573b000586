"""Passwords: argon2, hashed anew when the parameters of this release are stronger."""

import secrets
from functools import cache

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_A_TIME = 2
"""How many passwords are hashed at once: each takes 64 MiB and a core for some 50 ms."""

_HASHER = PasswordHasher()


class Passwords:
    """Hashes and verifies in worker threads, a few at a time."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(AT_A_TIME)

    async def hashed(self, password: str) -> str:
        """The hash to store for *password*."""
        return await to_thread.run_sync(hashed, password, limiter=self._limiter)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether *password* is the one; without a *stored* hash it takes as long and is not."""
        return await to_thread.run_sync(_verify, stored, password, limiter=self._limiter)


def hashed(password: str) -> str:
    """The hash to store for *password*, in the caller's own thread."""
    return _HASHER.hash(password)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _verify(stored: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_hex())
