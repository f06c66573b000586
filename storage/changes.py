"""What happened to projects, as the public may know it: the feed of mirrors and scanners."""

from datetime import datetime

from packaging.utils import NormalizedName
from sqlalchemy import exists, select

from storage import visibility
from storage.database import Transaction
from storage.records import Change
from storage.schema import entries, entry_projects, projects

_UPLOAD = "upload"
_ADDED = "project-add"
_EVENTS = {_UPLOAD: "file-added", _ADDED: "project-added"}
_OTHER = "project-changed"


def since(
    tx: Transaction, serial: int, *, at: datetime, entries_at_once: int
) -> tuple[list[Change], int | None]:
    """What changed after *serial*, oldest first, and the serial it reaches if there is more.

    A change names its project, so that a mirror knows what to fetch anew, also when it has to
    drop it; not while no file of it has been public yet. It names a file only while the public
    may see that file.
    """
    about_projects = exists().where(entry_projects.c.serial == entries.c.serial)
    query = (
        select(entries.c.serial)
        .where(entries.c.serial > serial, about_projects)
        .order_by(entries.c.serial)
        .limit(entries_at_once + 1)
    )
    serials = list(tx.scalars(query))
    rows = tx.execute(_OF_PROJECTS.where(entries.c.serial.in_(serials[:entries_at_once]))).all()
    public = visibility.public_projects(tx, {row.id for row in rows}, at=at)
    uploaded = [_name(row.subject) for row in rows if row.act == _UPLOAD]
    shown = visibility.versions_shown(tx, uploaded, at=at)
    changes = [
        Change(
            serial=row.serial,
            at=row.at,
            event=_EVENTS.get(row.act, _OTHER),
            project=NormalizedName(row.name),
            filename=name if name in shown and row.act == _UPLOAD else None,
            version=shown.get(name) if row.act == _UPLOAD else None,
        )
        for row in rows
        for name in [_name(row.subject)]
        if row.id in public
    ]
    return changes, serials[entries_at_once - 1] if len(serials) > entries_at_once else None


_OF_PROJECTS = (
    select(
        entries.c.serial,
        entries.c.at,
        entries.c.act,
        entries.c.subject,
        projects.c.id,
        projects.c.name,
    )
    .join(entry_projects, entry_projects.c.serial == entries.c.serial)
    .join(projects, projects.c.id == entry_projects.c.project_id)
    .order_by(entries.c.serial, projects.c.name)
)


def _name(subject: str) -> str:
    return subject.partition(":")[2]
