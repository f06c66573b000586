"""Accounts: who may act here, their passwords' hashes, and log-ins that failed."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from storage import holds, subjects
from storage.database import AnyRow, Transaction
from storage.records import Account, Effect, Role
from storage.schema import accounts, login_failures


def by_name(tx: Transaction, name: str) -> Account | None:
    """The account of that name, in any spelling of its case."""
    row = tx.execute(select(accounts).where(accounts.c.name == name.lower())).first()
    return account(row) if row else None


def are_none(tx: Transaction) -> bool:
    """Whether nobody has an account yet."""
    return tx.scalar(select(accounts.c.id).limit(1)) is None


def all_of_them(tx: Transaction) -> list[Account]:
    """Every account, by name."""
    return [account(row) for row in tx.execute(select(accounts).order_by(accounts.c.name))]


def others_who_decide(tx: Transaction, actor: str, *, at: datetime) -> list[str]:
    """The names of the moderators and admins, but for *actor*, who are not suspended now."""
    deciding = accounts.c.role.in_((Role.MODERATOR, Role.ADMIN))
    names = tx.scalars(select(accounts.c.name).where(deciding).order_by(accounts.c.name))
    others = [name for name in names if subjects.account(name) != actor]
    stopped = holds.on_subjects(tx, [*map(subjects.account, others)], at=at, only=Effect.SUSPEND)
    return [name for name in others if subjects.account(name) not in {h.subject for h in stopped}]


def add(
    tx: Transaction,
    *,
    name: str,
    email: str | None,
    role: Role,
    password_hash: str | None,
    at: datetime,
) -> Account:
    """A new account. The name must be free."""
    row = tx.execute(
        insert(accounts)
        .values(name=name, email=email, role=role, password_hash=password_hash, created_at=at)
        .returning(accounts)
    ).one()
    return account(row)


def password_hash(tx: Transaction, account_id: int) -> str | None:
    """The argon2 hash of the account's password; None if it has none."""
    return tx.scalar(select(accounts.c.password_hash).where(accounts.c.id == account_id))


def set_password_hash(tx: Transaction, account_id: int, password_hash: str) -> None:
    """Let this be the hash of the account's password."""
    tx.execute(
        update(accounts).where(accounts.c.id == account_id).values(password_hash=password_hash)
    )


def note_failure(tx: Transaction, *, name: str, address: str, at: datetime) -> None:
    """Remember a log-in that failed, for as long as it counts."""
    forget_old_failures(tx, at=at)
    tx.execute(insert(login_failures).values(account=name[:64].lower(), address=address, at=at))


def forget_old_failures(tx: Transaction, *, at: datetime) -> None:
    """Forget the log-ins that failed so long ago that they count no longer."""
    tx.execute(delete(login_failures).where(login_failures.c.at < at - timedelta(days=1)))


def forget_failures(tx: Transaction, *, name: str, address: str) -> None:
    """A log-in succeeded: the failures before it from that address count no longer."""
    tx.execute(
        delete(login_failures).where(
            login_failures.c.address == address, login_failures.c.account == name[:64].lower()
        )
    )


def failures(
    tx: Transaction, *, address: str, since: datetime, name: str | None = None
) -> tuple[int, datetime | None]:
    """How many log-ins from *address* failed (to one account) since then, and the oldest."""
    query = select(func.count(), func.min(login_failures.c.at)).where(
        login_failures.c.address == address, login_failures.c.at > since
    )
    if name is not None:
        query = query.where(login_failures.c.account == name[:64].lower())
    count, oldest = tx.execute(query).one()
    return count, oldest


def account(row: AnyRow) -> Account:
    """The record of one row of the table."""
    return Account(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        created_at=row.created_at,
    )
