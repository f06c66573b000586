"""The list of projects, by the one visibility query: read whole, or only where it changed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import Select, String, and_, bindparam, case, cast, exists, func, select

from storage.batches import batched
from storage.database import Transaction
from storage.holds import AT, standing
from storage.predicates import hides, name_is_public, of_project, quarantined
from storage.records import Listed
from storage.schema import entries, entry_projects, holds, projects
from storage.visibility import SERIAL

ROWS_AT_ONCE = 200
"""How many projects one step of reading them all takes: a millisecond or two."""

BY_UPLOADS = ("upload", "project-add")
"""The acts that add to the list and never take anything off it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """How far the journal is."""

    change: int
    """The serial of the newest entry that concerns a project."""
    decision: int
    """The same, of those that are no upload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A project that changed."""

    id: int
    name: NormalizedName
    serial: int
    shown: bool
    until: datetime | None
    """The next end of a hold that may change whether it is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Every project that changed, as it is after the entry *as_of*."""

    as_of: int
    lines: list[Line]


def newest(tx: Transaction, *, since: int, before: Newest | None = None) -> Newest:
    """How far the journal is now, if it was as far as *before* at *since*: looks no further back.

    Without *before* it was at *since* for both.
    """
    known = before or Newest(change=since, decision=since)
    row = tx.execute(_NEWEST, {"since": since}).one()
    return Newest(change=row.change or known.change, decision=row.decision or known.decision)


def changes(
    tx: Transaction, *, since: int, also: Collection[int], at: datetime, limit: int
) -> Changes | None:
    """The projects that changed after the entry *since*, and those of the numbers *also*.

    None if they are more than *limit*.
    """
    found = tx.scalars(_CHANGED.where(entry_projects.c.serial > since).limit(limit + 1))
    ids = {*also, *found}
    if len(ids) > limit:
        return None
    rows = [
        row
        for some in batched(sorted(ids))
        for row in tx.execute(_LINES.where(projects.c.id.in_(some)), {"at": at})
    ]
    return Changes(as_of=as_of(tx), lines=[Line(**row._mapping) for row in rows])


def everything(tx: Transaction, *, at: datetime) -> Iterator[list[Listed]]:
    """Every project that the public may see, by name, so many at a time.

    Each step is one answer of the database, which nobody else in Python waits for.
    """
    after = ""
    while (row := tx.execute(_JOINED, {"at": at, "after": after}).one()).names:
        names, serials = row.names.split(), map(int, row.serials.split())
        yield [
            Listed(name=NormalizedName(name), serial=serial)
            for name, serial in zip(names, serials, strict=True)
        ]
        after = names[-1]


def ends(tx: Transaction, *, at: datetime) -> dict[int, datetime]:
    """The projects that may come or go when a hold ends, each with the next such end."""
    rows = tx.execute(_ENDS, {"at": at})
    return {row.project_id: row.until for row in rows}


def as_of(tx: Transaction) -> int:
    """The serial of the newest entry that concerns a project; 0 if none does."""
    return tx.scalar(_AS_OF) or 0


_AS_OF = select(func.max(entry_projects.c.serial))
_NEWEST = select(
    func.max(entries.c.serial).label("change"),
    func.max(case((entries.c.act.not_in(BY_UPLOADS), entries.c.serial))).label("decision"),
).where(
    entries.c.serial > bindparam("since"),
    exists().where(entry_projects.c.serial == entries.c.serial),
)
_CHANGED = select(entry_projects.c.project_id).distinct()

_may_change = and_(
    holds.c.project_id == projects.c.id,
    (of_project & hides) | (projects.c.waited & holds.c.wait),
    holds.c.until_at > AT,
    standing,
)
_until = select(func.min(holds.c.until_at)).where(_may_change).correlate(projects).scalar_subquery()
_shown = ~quarantined & name_is_public
_LINES: Select[tuple[int, str, int, bool, datetime | None]] = select(
    projects.c.id,
    projects.c.name,
    SERIAL.label("serial"),
    _shown.label("shown"),
    _until.label("until"),
)
_ENDS = (
    select(holds.c.project_id, func.min(holds.c.until_at).label("until"))
    .join(projects, _may_change)
    .group_by(holds.c.project_id)
)
_a_part = (
    select(projects.c.name, SERIAL.label("serial"))
    .where(projects.c.name > bindparam("after"), _shown)
    .order_by(projects.c.name)
    .limit(ROWS_AT_ONCE)
    .subquery("a_part")
)
# One row for many: between two rows the driver would take the interpreter's lock.
_JOINED = select(
    func.aggregate_strings(_a_part.c.name, " ").label("names"),
    func.aggregate_strings(cast(_a_part.c.serial, String), " ").label("serials"),
)
