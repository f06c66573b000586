"""Accounts, their tokens, and what an account may know of itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index import ratelimits
from index.api import appeals, standing
from index.api.bodies import Body, answer, read
from index.auth.addresses import address
from index.auth.callers import Caller
from index.auth.credentials import Credentials, new_token, new_token_id, parse
from index.durations import end
from index.guard import by_password
from index.services import services
from index.settings import Signup
from index.timestamps import utc
from moderation import accounts, limits, statements
from moderation.limits import Usage
from moderation.permissions import check_not_suspended
from moderation.terms import Terms
from storage import holds, projects, subjects, tokens
from storage.database import Transaction
from storage.problems import Forbidden, Unauthenticated
from storage.records import Account, Hold, Role, Scope, Token


class Registration(Body, frozen=True):
    """Somebody who wants an account."""

    name: str
    password: str
    email: str | None = None


class NewToken(Body, frozen=True):
    """A token that its owner wants. Name and password here, or as HTTP Basic."""

    scope: Scope = Scope.UPLOAD
    project: str | None = None
    expires: str | None = None
    name: str | None = None
    password: str | None = None


async def register(request: Request) -> Response:
    """`POST /api/accounts`: a new account, where sign-up is on."""
    found = services(request)
    if found.settings.signup is Signup.CLOSED:
        raise Forbidden(
            "This index does not take new accounts by itself.",
            hint="Ask its operator for one.",
        )
    wanted = await read(request, Registration)
    accounts.check_password(wanted.password)
    here, terms = address(request, found.settings.trusted_proxies), found.terms
    await found.database.read(
        accounts.check_may_sign_up, name=wanted.name, address=here, terms=terms, at=found.now()
    )
    password_hash = await found.passwords.hashed(wanted.password)
    now = found.now()

    def sign_up(tx: Transaction) -> tuple[Account, Sequence[Usage]]:
        account = accounts.sign_up(
            tx,
            name=wanted.name,
            email=wanted.email,
            password_hash=password_hash,
            address=here,
            terms=terms,
            at=now,
        )
        return account, limits.sign_ups(tx, here, terms=terms, at=now)

    account, usage = await found.database.write(sign_up)
    made = answer({"account": standing.account(account)}, status=201)
    made.headers.update(ratelimits.headers(usage))
    return made


async def add_token(request: Request) -> Response:
    """`POST /api/tokens`: a new token, for a name and a password. It is shown this once."""
    wanted = await read(request, NewToken)
    caller = await by_password(request, _name_and_password(request, wanted))
    found = services(request)
    secret, now = new_token(), found.now()
    await found.database.read(check_not_suspended, caller.account, None, at=now)
    token = await found.database.write(
        accounts.add_token,
        caller.account,
        token_id=new_token_id(),
        secret=secret,
        scope=wanted.scope,
        project=accounts.project_named(wanted.project) if wanted.project is not None else None,
        expires_at=end(length=wanted.expires, until=None, now=now),
        by=caller.actor,
        at=now,
    )
    return answer({**_token(token), "token": secret}, status=201)


async def revoke_token(request: Request, caller: Caller) -> Response:
    """`DELETE /api/tokens/{id}`: by its owner (with a password or that token), or an admin."""
    found = services(request)
    token_id = request.path_params["id"]
    await found.database.write(_revoke, token_id, caller, found.now())
    return answer({"revoked": token_id})


async def show_me(request: Request, caller: Caller) -> Response:
    """`GET /api/me`: who asks, with which token, and what is held against them."""
    found = services(request)
    return answer(await found.database.read(_about, caller, found.terms, found.now()))


def _name_and_password(request: Request, wanted: NewToken) -> Credentials:
    if wanted.name is not None and wanted.password is not None:
        return Credentials(name=wanted.name, secret=wanted.password)
    given = parse(request.headers.get("authorization"))
    if given is None or given.is_token or not given.name:
        raise Unauthenticated(
            "A token is made with a name and a password.",
            hint="Send them as HTTP Basic, or as name and password in the body.",
        )
    return given


def _revoke(tx: Transaction, token_id: str, caller: Caller, at: datetime) -> None:
    token = accounts.known_token(tx, token_id)
    own = token.account == caller.account.name and (
        caller.token is None or caller.token.id == token_id
    )
    if not own and not (caller.is_at_least(Role.ADMIN) and caller.may(Scope.MODERATE)):
        raise Forbidden(
            "A token is revoked with its owner's name and password, or with itself.",
            hint="Send the name and the password as HTTP Basic.",
        )
    if not own:
        check_not_suspended(tx, caller.account, caller.token, at=at)
    accounts.revoke_token(tx, token_id, by=caller.actor, at=at)


def _about(tx: Transaction, caller: Caller, terms: Terms, at: datetime) -> dict[str, Any]:
    mine = [_token(token) for token in tokens.of_account(tx, caller.account.id)]
    against = {subjects.account(caller.account.name)}
    if caller.token is not None:
        against.add(subjects.token(caller.token.id))
    project = caller.token.project if caller.token else None
    told, count = statements.of_account(tx, caller.account, at=at, project=project)
    return {
        "account": standing.account(caller.account),
        **standing.trust(tx, caller.account, terms=terms, at=at),
        "token": _token(caller.token) if caller.token else None,
        "tokens": mine if caller.token is None else [],
        "projects": projects.of_account(tx, caller.account.id),
        "holds": [_hold(hold) for hold in holds.on_subjects(tx, against, at=at)],
        "statements": [appeals.statement(each) for each in told],
        "statements_count": count,
        "appeals": appeals.of_account(tx, caller.account, project=project),
    }


def _token(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "scope": token.scope,
        "project": token.project,
        "created_at": utc(token.created_at),
        "expires_at": utc(token.expires_at) if token.expires_at else None,
        "last_used_at": utc(token.last_used_at) if token.last_used_at else None,
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "subject": hold.subject,
        "effects": sorted(hold.effects),
        "reason": hold.reason,
        "since": utc(hold.from_at),
        "until": utc(hold.until_at) if hold.until_at else None,
    }
