"""Which index this is: an id that is made once and never changes."""

from sqlalchemy import insert, select

from storage.database import Transaction
from storage.schema import identity


def of_index(tx: Transaction) -> str | None:
    """The id of this index; None before it has one."""
    return tx.scalar(select(identity.c.id))


def give(tx: Transaction, index_id: str) -> str:
    """The id of this index, which is *index_id* if it had none."""
    if (given := of_index(tx)) is not None:
        return given
    tx.execute(insert(identity).values(id=index_id))
    return index_id
