"""Tokens: opaque keys of accounts. Only the sha256 of a secret is stored."""

import hashlib
from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import bindparam, insert, select, update

from storage.database import AnyRow, Transaction
from storage.records import Account, Role, Scope, Token
from storage.schema import accounts, tokens


def add(
    tx: Transaction,
    *,
    token_id: str,
    secret: str,
    account_id: int,
    scope: Scope,
    project: NormalizedName | None,
    at: datetime,
    expires_at: datetime | None,
) -> None:
    """Store a new token. Its *secret* cannot be read back from what is stored."""
    tx.execute(
        insert(tokens).values(
            id=token_id,
            account_id=account_id,
            secret_sha256=_sha256(secret),
            scope=scope,
            project=project,
            created_at=at,
            expires_at=expires_at,
        )
    )


def by_secret(tx: Transaction, secret: str) -> tuple[Token, Account] | None:
    """The token with that secret, whether it may still be used or not, and whose it is."""
    row = tx.execute(_BY_SECRET, {"secret_sha256": _sha256(secret)}).first()
    if row is None:
        return None
    owner = Account(
        id=row.account_id,
        name=row.account,
        email=row.email,
        role=Role(row.role),
        created_at=row.account_created_at,
    )
    return _token(row), owner


def by_id(tx: Transaction, token_id: str) -> Token | None:
    """The token of that id."""
    row = tx.execute(_BY_ID, {"token_id": token_id}).first()
    return _token(row) if row else None


def of_account(tx: Transaction, account_id: int) -> list[Token]:
    """Every token of the account that was not revoked, oldest first."""
    query = _TOKENS.where(tokens.c.account_id == account_id, tokens.c.revoked_at.is_(None))
    return [_token(row) for row in tx.execute(query.order_by(tokens.c.created_at, tokens.c.id))]


def revoke(tx: Transaction, token_id: str, *, at: datetime) -> None:
    """End a token for good. The row stays."""
    tx.execute(update(tokens).where(tokens.c.id == token_id).values(revoked_at=at))


def note_use(tx: Transaction, token_id: str, *, at: datetime) -> None:
    """Remember when the token was last used."""
    tx.execute(update(tokens).where(tokens.c.id == token_id).values(last_used_at=at))


_TOKENS = select(*tokens.c, accounts.c.name.label("account")).join(
    accounts, accounts.c.id == tokens.c.account_id
)
_BY_SECRET = _TOKENS.add_columns(
    accounts.c.email, accounts.c.role, accounts.c.created_at.label("account_created_at")
).where(tokens.c.secret_sha256 == bindparam("secret_sha256"))
_BY_ID = _TOKENS.where(tokens.c.id == bindparam("token_id"))


def _token(row: AnyRow) -> Token:
    return Token(
        id=row.id,
        account=row.account,
        scope=Scope(row.scope),
        project=row.project,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
