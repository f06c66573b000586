"""Freshness: how long something that was read of a project stays true."""

from datetime import datetime

from sqlalchemy import func, select

from storage.database import AnyRow
from storage.holds import AT
from storage.records import Seen
from storage.schema import entries, holds, projects

_next_end = (
    select(func.min(holds.c.until_at))
    .where(holds.c.project_id == projects.c.id, holds.c.until_at > AT)
    .correlate(projects)
    .scalar_subquery()
)
COLUMNS = (
    select(func.coalesce(func.max(entries.c.serial), 0)).scalar_subquery().label("as_of"),
    _next_end.label("until_at"),
)
"""What a query of a project needs besides for `seen_in`."""


def seen_in(row: AnyRow, at: datetime) -> Seen:
    """How long what a row with these columns says stays true; *name* is the project's."""
    return Seen(project=row.name, as_of=row.as_of, since_at=at, until_at=row.until_at)
