"""Counting in the journal: how often somebody did something in a window, and when it is less.

There is no second counter: what was refused left no entry, and so it counts for nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ScalarSelect, Select, bindparam, delete, func, insert, select

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


def amount_of_actor(tx: Transaction, actor: str, act: str, *, after: datetime) -> int:
    """How many such entries there are."""
    asked = {"actor": actor, "act": act, "after": after}
    return tx.scalar(_OF_ACTOR.amount, asked) or 0


def all_of_actor(
    tx: Transaction, actor: str, counted: Sequence[tuple[str, datetime]]
) -> list[tuple[int, datetime | None]]:
    """How many entries of each act there are since its moment, and when the oldest was written."""
    asked: dict[str, Any] = {"actor": actor}
    for number, (act, after) in enumerate(counted):
        asked |= {f"act_{number}": act, f"after_{number}": after}
    row = tx.execute(_all_of_actor(len(counted)), asked).one()
    return list(zip(row[::2], row[1::2], strict=True))


def of_address(
    tx: Transaction, address: str, *, after: datetime, limit: int
) -> tuple[int, datetime | None]:
    """The same, of the sign-ups that came from an address."""
    return _counted(tx, _OF_ADDRESS, {"address": address, "after": after}, limit)


def note_address(
    tx: Transaction, serial: int, address: str, *, at: datetime, kept_for: timedelta
) -> None:
    """Keep where the sign-up of entry *serial* came from; forget those that count no longer."""
    forget_addresses(tx, until=at - kept_for)
    tx.execute(insert(entry_addresses).values(serial=serial, address=address))


def forget_addresses(tx: Transaction, *, until: datetime) -> None:
    """Forget where the sign-ups came from that were made until then."""
    old = (
        select(entry_addresses.c.serial)
        .join(entries, entries.c.serial == entry_addresses.c.serial)
        .where(entries.c.at <= until)
    )
    tx.execute(delete(entry_addresses).where(entry_addresses.c.serial.in_(old)))


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


@cache
def _all_of_actor(number: int) -> Select[Any]:
    """One question about that many acts; how many there are is fixed in the code that asks."""

    def of(number: int) -> Iterator[ScalarSelect[Any]]:
        found = select().where(
            entries.c.actor == bindparam("actor"),
            entries.c.act == bindparam(f"act_{number}"),
            entries.c.at > bindparam(f"after_{number}", type_=Utc()),
        )
        yield found.with_only_columns(func.count()).select_from(entries).scalar_subquery()
        yield found.with_only_columns(func.min(entries.c.at)).scalar_subquery()

    return select(*(column for each in range(number) for column in of(each)))
