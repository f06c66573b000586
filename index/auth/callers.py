"""Callers: the proof of who asks, from a token or from a name and a password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from index.auth.credentials import Credentials
from index.auth.passwords import Passwords, is_outdated
from moderation.permissions import check_not_suspended, check_usable
from storage import accounts, tokens
from storage.database import Database, Transaction
from storage.problems import Problem, TooMany, Unauthenticated
from storage.records import Account, Role, Scope, Token

USE_NOTED_EVERY = timedelta(hours=1)
"""How exact a token's *last used* is: writing it at each request would cost a flush each."""

FAILURES_COUNT_FOR = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 5
"""Failed log-ins to one account from one address. Its owner, elsewhere, is not locked out."""
FAILURES_PER_ADDRESS = 50
"""Failed log-ins from one address, to whatever account."""

_WRONG = "The name or the password is wrong."


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks. Having one is the proof: only a token or a password makes it."""

    account: Account
    token: Token | None

    @property
    def actor(self) -> str:
        """The caller as the journal names it."""
        return self.account.actor

    def may(self, scope: Scope) -> bool:
        """Whether the token is good for that. A password is, for what it opens at all.

        Each token reads, and each but one that only reads may report.
        """
        if self.token is None or scope in (self.token.scope, Scope.READ):
            return True
        return scope is Scope.REPORT and self.token.scope is not Scope.READ

    def is_at_least(self, role: Role) -> bool:
        """Whether the account has that role or a higher one."""
        order = list(Role)
        return order.index(self.account.role) >= order.index(role)


async def by_token(
    database: Database, credentials: Credentials, *, at: datetime, may_be_suspended: bool = False
) -> Caller:
    """The caller that a token proves. Raises Unauthenticated; Forbidden while suspended."""
    caller = await database.read(_by_token, credentials.secret, at, may_be_suspended)
    token = caller.token
    if token and (token.last_used_at is None or token.last_used_at < at - USE_NOTED_EVERY):
        try:
            await database.write(tokens.note_use, token.id, at=at)
        except Problem:
            return caller  # A full disk stops no reading.
    return caller


async def by_password(
    database: Database,
    passwords: Passwords,
    credentials: Credentials,
    *,
    address: str,
    at: datetime,
) -> Caller:
    """The caller that a name and a password prove. Raises Unauthenticated, TooMany.

    The attempt counts as failed before the password is looked at, so that guesses sent all at
    once do not slip past the limit; success takes them back.
    """
    name = credentials.name
    account, stored = await database.write(_attempt, name, address, at)
    if not await passwords.verify(stored, credentials.secret) or account is None:
        raise Unauthenticated(_WRONG, hint="Check both, or use a token.")
    renewed = await passwords.hashed(credentials.secret) if is_outdated(stored or "") else None
    await database.write(_succeeded, account, address, renewed)
    return Caller(account=account, token=None)


def _by_token(tx: Transaction, secret: str, at: datetime, may_be_suspended: bool) -> Caller:
    found = tokens.by_secret(tx, secret)
    if found is None:
        raise Unauthenticated("The token is unknown here.", hint="Check it, or make a new one.")
    token, account = found
    check_usable(token, at=at)
    if not may_be_suspended:
        check_not_suspended(tx, account, token, at=at)
    return Caller(account=account, token=token)


def _attempt(
    tx: Transaction, name: str, address: str, at: datetime
) -> tuple[Account | None, str | None]:
    since = at - FAILURES_COUNT_FOR
    limits = ((name, FAILURES_PER_ACCOUNT), (None, FAILURES_PER_ADDRESS))
    for account_name, limit in limits:
        count, oldest = accounts.failures(tx, address=address, since=since, name=account_name)
        if oldest is not None and count >= limit:
            raise TooMany(
                "Too many log-ins failed from your address.",
                retry_after_seconds=int((oldest - since).total_seconds()) + 1,
                hint="Wait, or use a token.",
            )
    accounts.note_failure(tx, name=name, address=address, at=at)
    account = accounts.by_name(tx, name)
    return account, accounts.password_hash(tx, account.id) if account else None


def _succeeded(tx: Transaction, account: Account, address: str, renewed: str | None) -> None:
    accounts.forget_failures(tx, name=account.name, address=address)
    if renewed is not None:
        accounts.set_password_hash(tx, account.id, renewed)
