"""Projects: names that are taken, their members, and what their owners say of them."""

from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import bindparam, insert, select, update

from storage.accounts import account
from storage.database import AnyRow, Transaction
from storage.records import Account, Project, Status
from storage.schema import accounts, members, projects


def by_name(tx: Transaction, name: NormalizedName) -> Project | None:
    """The project of that name, whatever the public may see of it."""
    row = tx.execute(_BY_NAME, {"name": name}).first()
    return _project(row) if row else None


def by_skeleton(tx: Transaction, skeleton: str) -> Project | None:
    """A project whose name is confusable with every name of that skeleton."""
    row = tx.execute(_BY_SKELETON, {"skeleton": skeleton}).first()
    return _project(row) if row else None


def add(
    tx: Transaction,
    *,
    name: NormalizedName,
    spelled: str,
    skeleton: str,
    waited: bool,
    at: datetime,
) -> Project:
    """Take a name. It must be free."""
    row = {
        "name": name,
        "spelled": spelled,
        "skeleton": skeleton,
        "status": Status.ACTIVE,
        "status_reason": "",
        "created_at": at,
        "waited": waited,
    }
    return _project(tx.execute(_ADD, row).one())


def set_status(tx: Transaction, project_id: int, status: Status, reason: str) -> None:
    """What the owners say of the project (PEP 792)."""
    tx.execute(
        update(projects)
        .where(projects.c.id == project_id)
        .values(status=status, status_reason=reason)
    )


def members_of(tx: Transaction, project_id: int) -> list[Account]:
    """Who may publish to the project, by name."""
    query = (
        select(accounts)
        .join(members, members.c.account_id == accounts.c.id)
        .where(members.c.project_id == project_id, members.c.removed_at.is_(None))
        .order_by(accounts.c.name)
    )
    return [account(row) for row in tx.execute(query)]


def of_account(tx: Transaction, account_id: int) -> list[str]:
    """The names of the projects that the account is a member of."""
    query = (
        select(projects.c.name)
        .join(members, members.c.project_id == projects.c.id)
        .where(members.c.account_id == account_id, members.c.removed_at.is_(None))
        .order_by(projects.c.name)
    )
    return list(tx.scalars(query))


def is_member(tx: Transaction, project_id: int, account_id: int) -> bool:
    """Whether the account may publish to the project."""
    return tx.scalar(_MEMBER, {"project": project_id, "account": account_id}) is not None


def add_member(tx: Transaction, project_id: int, account_id: int, *, at: datetime) -> None:
    """From now on the account is a member. It must not be one yet."""
    row = {"project_id": project_id, "account_id": account_id, "added_at": at}
    tx.execute(_ADD_MEMBER, row)


def remove_member(tx: Transaction, project_id: int, account_id: int, *, at: datetime) -> None:
    """From now on the account is no member. The row stays."""
    tx.execute(
        update(members)
        .where(
            members.c.project_id == project_id,
            members.c.account_id == account_id,
            members.c.removed_at.is_(None),
        )
        .values(removed_at=at)
    )


# Made once: each upload asks all of these, and making one takes as long as running it.
_BY_NAME = select(projects).where(projects.c.name == bindparam("name"))
_BY_SKELETON = select(projects).where(projects.c.skeleton == bindparam("skeleton"))
_ADD = insert(projects).returning(projects)
_MEMBER = (
    select(members.c.id)
    .where(
        members.c.project_id == bindparam("project"),
        members.c.account_id == bindparam("account"),
        members.c.removed_at.is_(None),
    )
    .limit(1)
)
_ADD_MEMBER = insert(members)


def _project(row: AnyRow) -> Project:
    return Project(
        id=row.id,
        name=row.name,
        spelled=row.spelled,
        status=Status(row.status),
        status_reason=row.status_reason,
        created_at=row.created_at,
        waited=row.waited,
    )
