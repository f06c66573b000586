"""Downloads: how often each file was fetched, by day. They tell how much a decision reaches."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, func, select, text

from storage.database import Transaction
from storage.schema import downloads, files, projects


def add(tx: Transaction, counts: Mapping[tuple[int, date], int]) -> None:
    """Add to the counts of files by day."""
    rows = [
        {"file_id": file_id, "day": day.isoformat(), "count": count}
        for (file_id, day), count in sorted(counts.items())
    ]
    if rows:
        tx.execute(_ADD, rows)


def of_projects(tx: Transaction, project_ids: list[int], *, since: date) -> int:
    """How often the files of these projects were fetched from that day on."""
    return tx.scalar(_OF_PROJECTS, {"projects": project_ids, "since": since.isoformat()}) or 0


def fetched_most(tx: Transaction, *, since: date, limit: int) -> list[str]:
    """The names of the projects whose files were fetched most from that day on."""
    asked = {"since": since.isoformat(), "limit": limit}
    return list(tx.scalars(_FETCHED_MOST, asked))


_ADD = text("""
    INSERT INTO downloads (file_id, day, count) VALUES (:file_id, :day, :count)
    ON CONFLICT (file_id, day) DO UPDATE SET count = downloads.count + excluded.count
""")
_FETCHED_MOST = (
    select(projects.c.name)
    .join(files, files.c.project_id == projects.c.id)
    .join(downloads, downloads.c.file_id == files.c.id)
    .where(downloads.c.day >= bindparam("since"))
    .group_by(projects.c.name)
    .order_by(func.sum(downloads.c.count).desc(), projects.c.name)
    .limit(bindparam("limit"))
)
_OF_PROJECTS = (
    select(func.sum(downloads.c.count))
    .join(files, files.c.id == downloads.c.file_id)
    .where(
        files.c.project_id.in_(bindparam("projects", expanding=True)),
        downloads.c.day >= bindparam("since"),
    )
)
