"""Accounts and their tokens: made, ended, and written down in the journal."""

import re
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from packaging.utils import NormalizedName, is_normalized_name

from moderation import admission, limits
from moderation.admission import Deed, Standing
from moderation.terms import Terms
from storage import accounts, counting, decisions, journal, modes, subjects, tokens
from storage.database import Transaction
from storage.problems import Conflict, Forbidden, Invalid, NotFound
from storage.records import Account, Act, Role, Scope, Token

MAX_TOKENS = 200
"""How many tokens one account may have at a time."""

MAX_PROJECT_CHARACTERS = 255

MIN_PASSWORD_CHARACTERS = 10
MAX_PASSWORD_CHARACTERS = 1024

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?", re.ASCII)
_RESERVED = frozenset({"__token__", "me", "system", "operator", "anonymous", "anyone"})


def sign_up(
    tx: Transaction,
    *,
    name: str,
    email: str | None,
    password_hash: str,
    address: str,
    terms: Terms,
    at: datetime,
) -> Account:
    """A new account that registers itself from *address*.

    Raises Invalid, Conflict, UsedUp, and Forbidden while a mode takes no sign-ups.
    """
    check_may_sign_up(tx, name=name, address=address, terms=terms, at=at)
    by = subjects.account(name.lower())
    account = register(tx, name=name, email=email, password_hash=password_hash, by=by, at=at)
    serial = journal.last_serial(tx)
    counting.note_address(tx, serial, address, at=at, kept_for=limits.SIGN_UPS.window)
    return account


def check_may_sign_up(
    tx: Transaction, *, name: str, address: str, terms: Terms, at: datetime
) -> None:
    """Ask all that can be asked before the password is hashed, which takes long.

    Raises Invalid, Conflict, UsedUp, Forbidden.
    """
    admission.check(modes.admission(tx, at=at), Deed.SIGN_UP, Standing.NEW)
    _check_free(tx, _checked(name))
    limits.check_sign_up(tx, address, terms=terms, at=at)


def register(
    tx: Transaction,
    *,
    name: str,
    email: str | None,
    password_hash: str | None,
    by: str,
    at: datetime,
    role: Role = Role.UPLOADER,
    vouch: str = "",
) -> Account:
    """A new account, *vouch*ed for if that gives a reason. Raises Invalid, Conflict."""
    name = _checked(name)
    _check_free(tx, name)
    account = accounts.add(
        tx, name=name, email=_email(email), role=role, password_hash=password_hash, at=at
    )
    subject = subjects.account(name)
    journal.append(
        tx, at=at, actor=by, act=counting.SIGN_UP, subject=subject, details={"role": role}
    )
    if vouch:
        decision = decisions.record(
            tx, act=Act.VOUCH, by=by, at=at, reason=vouch, subjects=[subject]
        )
        details = {"decision": decision, "subjects": [subject]}
        journal.append(
            tx, at=at, actor=by, act=Act.VOUCH, subject=subject, reason=vouch, details=details
        )
    return account


def _check_free(tx: Transaction, name: str) -> None:
    if accounts.by_name(tx, name) is not None:
        raise Conflict(f"The account name {name} is taken.", hint="Choose another name.")


def _checked(name: str) -> str:
    name = name.lower()
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise Invalid(
            f"{name[:100]!r} cannot be the name of an account.",
            hint="Use 1 to 64 letters, digits, dots, hyphens and underscores.",
        )
    return name


def check_password(password: str) -> None:
    """Raises Invalid if the password is too short to be one, or too long to be hashed."""
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        raise Invalid(
            f"A password has {MIN_PASSWORD_CHARACTERS} to {MAX_PASSWORD_CHARACTERS} characters."
        )


def set_password(tx: Transaction, name: str, password_hash: str, *, by: str, at: datetime) -> None:
    """Give the account a new password. Raises NotFound."""
    account = known(tx, name)
    accounts.set_password_hash(tx, account.id, password_hash)
    subject = subjects.account(account.name)
    journal.append(tx, at=at, actor=by, act="password-change", subject=subject)


def known(tx: Transaction, name: str) -> Account:
    """The account of that name. Raises NotFound."""
    account = accounts.by_name(tx, name)
    if account is None:
        raise NotFound(f"There is no account {name[:100]}.")
    return account


def add_token(
    tx: Transaction,
    account: Account,
    *,
    token_id: str,
    secret: str,
    scope: Scope,
    project: NormalizedName | None,
    expires_at: datetime | None,
    by: str,
    at: datetime,
) -> Token:
    """A new token of the account. Raises Forbidden, Conflict, Invalid."""
    if scope is Scope.MODERATE and account.role is Role.UPLOADER:
        raise Forbidden(f"{account.name} is not a moderator, so its tokens cannot moderate.")
    if scope is Scope.MODERATE and project is not None:
        raise Invalid("A token that moderates is for the whole index, not for one project.")
    if expires_at is not None and expires_at <= at:
        raise Invalid("The end of a token must lie in the future.")
    if len(tokens.of_account(tx, account.id)) >= MAX_TOKENS:
        raise Conflict(f"An account has at most {MAX_TOKENS} tokens.", hint="Revoke one first.")
    tokens.add(
        tx,
        token_id=token_id,
        secret=secret,
        account_id=account.id,
        scope=scope,
        project=project,
        at=at,
        expires_at=expires_at,
    )
    details = {"account": account.name, "scope": scope, "project": project}
    subject = subjects.token(token_id)
    journal.append(tx, at=at, actor=by, act="token-add", subject=subject, details=details)
    return known_token(tx, token_id)


def project_named(text: str) -> NormalizedName:
    """The project that a token is for. Raises Invalid: no name must not mean every project."""
    name = subjects.project_name(text)
    if len(name) > MAX_PROJECT_CHARACTERS or not is_normalized_name(name):
        raise Invalid(f"{text[:100]!r} cannot be the name of a project.")
    return name


def known_token(tx: Transaction, token_id: str) -> Token:
    """The token of that id, revoked or not. Raises NotFound."""
    token = tokens.by_id(tx, token_id)
    if token is None:
        raise NotFound(f"There is no token {token_id[:100]}.")
    return token


def revoke_token(tx: Transaction, token_id: str, *, by: str, at: datetime) -> None:
    """End a token for good. Raises NotFound, and Conflict if it was revoked before."""
    if known_token(tx, token_id).revoked_at is not None:
        raise Conflict(f"The token {token_id} was revoked before.")
    tokens.revoke(tx, token_id, at=at)
    subject = subjects.token(token_id)
    journal.append(tx, at=at, actor=by, act="token-revoke", subject=subject)


def _email(email: str | None) -> str | None:
    if not email:
        return None
    try:
        return validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Invalid(f"{email[:100]!r} is not an e-mail address.") from error
