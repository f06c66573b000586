"""Counting in the journal: how often somebody did something in a window, and when it is less.

There is no second counter: what was refused left no entry, and so it counts for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select

from storage.database import Transaction
from storage.schema import Utc, entries, entry_addresses

SIGN_UP = "account-add"
"""The act of the entries whose addresses are kept, for as long as they count."""


def of_actor(
    tx: Transaction, actor: str, act: str, *, after: datetime, limit: int
) -> tuple[int, datetime | None]:
    """How many such entries there are, and the moment of the one that has to leave the window
    for one more under *limit*: of the oldest, while there is room."""
    return _counted(tx, _OF_ACTOR, {"actor": actor, "act": act, "after": after}, limit)


def of_address(
    tx: Transaction, address: str, *, after: datetime, limit: int
) -> tuple[int, datetime | None]:
    """The same, of the sign-ups that came from an address."""
    return _counted(tx, _OF_ADDRESS, {"address": address, "after": after}, limit)


def note_address(
    tx: Transaction, serial: int, address: str, *, at: datetime, kept_for: timedelta
) -> None:
    """Keep where the sign-up of entry *serial* came from; forget those that count no longer."""
    old = (
        select(entry_addresses.c.serial)
        .join(entries, entries.c.serial == entry_addresses.c.serial)
        .where(entries.c.at <= at - kept_for)
    )
    tx.execute(delete(entry_addresses).where(entry_addresses.c.serial.in_(old)))
    tx.execute(insert(entry_addresses).values(serial=serial, address=address))


def _counted(
    tx: Transaction, found: "_Found", asked: Mapping[str, Any], limit: int
) -> tuple[int, datetime | None]:
    used = tx.scalar(found.amount, asked) or 0
    leaving = {**asked, "over": max(0, used - limit)}
    return used, tx.scalar(found.leaving, leaving) if used else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """How many entries there are, and when the one was written that leaves when enough have."""

    amount: Select[int]
    leaving: Select[datetime]


def _found(moments: Select[datetime]) -> _Found:
    # Made once: each upload asks several of these, and making one takes as long as running it.
    return _Found(
        amount=moments.with_only_columns(func.count()),
        leaving=moments.order_by(entries.c.at).offset(bindparam("over")).limit(1),
    )


_AFTER = bindparam("after", type_=Utc())
_OF_ACTOR = _found(
    select(entries.c.at).where(
        entries.c.actor == bindparam("actor"),
        entries.c.act == bindparam("act"),
        entries.c.at > _AFTER,
    )
)
_OF_ADDRESS = _found(
    select(entries.c.at)
    .join(entry_addresses, entry_addresses.c.serial == entries.c.serial)
    .where(entry_addresses.c.address == bindparam("address"), entries.c.at > _AFTER)
)
