"""Who may call stands in the route, and the proof is an argument.

Each maker takes the method, the path and the endpoint. An endpoint that needs a moderator cannot
be called without one: it has no other way to its Caller.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

from index.auth import callers, credentials
from index.auth.addresses import address
from index.auth.callers import Caller
from index.auth.credentials import Credentials
from index.services import services
from index.settings import Read
from storage.problems import Forbidden, Unauthenticated
from storage.records import Role, Scope

Endpoint = Callable[[Request], Awaitable[Response]]
Guarded = Callable[[Request, Caller], Awaitable[Response]]


class Who(StrEnum):
    """Whom a route answers."""

    ANYONE = "anyone"
    READER = "reader"
    SIGNED_IN = "signed in"
    UPLOADER = "uploader"
    MODERATOR = "moderator"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One method of one path, and whom it answers."""

    method: str
    path: str
    who: Who
    endpoint: Endpoint
    name: str


def anyone(method: str, path: str, endpoint: Endpoint) -> Door:
    """Answers anyone."""
    return Door(method=method, path=path, who=Who.ANYONE, endpoint=endpoint, name=_name(endpoint))


def reader(method: str, path: str, endpoint: Endpoint) -> Door:
    """Answers anyone, unless BASCULE_READ=accounts: then who has a token."""

    async def guarded(request: Request) -> Response:
        if services(request).settings.read is Read.ACCOUNTS:
            await _with_token(request)
        return await endpoint(request)

    return Door(method=method, path=path, who=Who.READER, endpoint=guarded, name=_name(endpoint))


def signed_in(method: str, path: str, endpoint: Guarded) -> Door:
    """Answers who has a token of any scope, or a name and a password; the suspended too."""

    async def guarded(request: Request) -> Response:
        given = _credentials(request)
        if given.is_token:
            return await endpoint(request, await _with_token(request, may_be_suspended=True))
        return await endpoint(request, await by_password(request, given))

    return Door(method=method, path=path, who=Who.SIGNED_IN, endpoint=guarded, name=_name(endpoint))


def uploader(method: str, path: str, endpoint: Guarded) -> Door:
    """Answers who has a token of scope upload."""
    return _scoped(method, path, endpoint, Who.UPLOADER, Scope.UPLOAD, Role.UPLOADER)


def moderator(method: str, path: str, endpoint: Guarded) -> Door:
    """Answers moderators and admins, with a token of scope moderate."""
    return _scoped(method, path, endpoint, Who.MODERATOR, Scope.MODERATE, Role.MODERATOR)


def admin(method: str, path: str, endpoint: Guarded) -> Door:
    """Answers admins, with a token of scope moderate."""
    return _scoped(method, path, endpoint, Who.ADMIN, Scope.MODERATE, Role.ADMIN)


async def by_password(request: Request, given: Credentials) -> Caller:
    """The caller that a name and a password prove. Raises Unauthenticated, TooMany."""
    found = services(request)
    return await callers.by_password(
        found.database,
        found.passwords,
        given,
        address=address(request, found.settings.trusted_proxies),
        at=found.now(),
    )


def _scoped(method: str, path: str, endpoint: Guarded, who: Who, scope: Scope, role: Role) -> Door:
    async def guarded(request: Request) -> Response:
        caller = await _with_token(request)
        if not caller.may(scope):
            raise Forbidden(
                f"This needs a token of scope {scope}, and yours has another.",
                hint="Make one with POST /api/tokens, or ask the operator of this index.",
            )
        if not caller.is_at_least(role):
            raise Forbidden(f"This is for {role}s, and {caller.account.name} is not one.")
        return await endpoint(request, caller)

    return Door(method=method, path=path, who=who, endpoint=guarded, name=_name(endpoint))


async def _with_token(request: Request, *, may_be_suspended: bool = False) -> Caller:
    given = _credentials(request)
    if not given.is_token:
        raise Unauthenticated(
            "This needs a token, and the credentials are none.",
            hint="Use the name __token__ and a token, which begins with bascule_, as password.",
        )
    found = services(request)
    caller = await callers.by_token(
        found.database, given, at=found.now(), may_be_suspended=may_be_suspended
    )
    request.state.account = caller.account.name
    return caller


def _credentials(request: Request) -> Credentials:
    given = credentials.parse(request.headers.get("authorization"))
    if given is None:
        raise Unauthenticated(
            "This needs credentials.",
            hint="Use the name __token__ and a token as the password.",
        )
    return given


def _name(endpoint: Callable[..., object]) -> str:
    return f"{endpoint.__module__}.{endpoint.__qualname__}"
