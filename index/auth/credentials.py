"""Credentials as they come: HTTP Basic or Bearer, in the Authorization header."""

import base64
import secrets
from dataclasses import dataclass, field

from storage.problems import Unauthenticated

TOKEN_PREFIX = "bascule_"  # noqa: S105 (no secret: it lets secret scanners find secrets)
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A secret and, with Basic, the name that came with it."""

    name: str
    secret: str = field(repr=False)

    @property
    def is_token(self) -> bool:
        """Whether the secret is a token of ours, whatever name came with it."""
        return self.secret.startswith(TOKEN_PREFIX)


def parse(authorization: str | None) -> Credentials | None:
    """The credentials of a request; None if it has none.

    RFC 7617, RFC 6750; `Token` as some clients say (U4). Raises Unauthenticated for others.
    """
    if authorization is None:
        return None
    scheme, _, value = authorization.strip().partition(" ")
    match scheme.lower():
        case "basic":
            name, _, secret = _decoded(value.strip()).partition(":")
            return Credentials(name=name, secret=secret)
        case "bearer" | "token":
            return Credentials(name="", secret=value.strip())
    raise Unauthenticated(
        "The Authorization header is neither Basic nor Bearer.",
        hint="Use the name __token__ and a token as the password.",
    )


def new_token() -> str:
    """A new secret: 256 random bits behind a prefix."""
    return TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def new_token_id() -> str:
    """A new public name of a token."""
    return secrets.token_hex(6)


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode("utf-8")
    except ValueError as error:  # Not base64, not ASCII, or not UTF-8 within.
        raise Unauthenticated("The credentials are not valid Basic credentials.") from error
