"""Downloads: how often each file was fetched, by day. They tell how much a decision reaches."""

from collections.abc import Collection, Mapping
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


def of_days(tx: Transaction, *, before: date, limit: int) -> list[int]:
    """At most so many files that have a count for a single day before that one."""
    return list(tx.scalars(_OF_DAYS, {"before": before.isoformat(), "limit": limit}))


def roll(tx: Transaction, file_ids: Collection[int], *, before: date) -> None:
    """Add up what these files have for single days before that one, to the first of the month."""
    asked = {"files": list(file_ids), "before": before.isoformat()}
    tx.execute(_ADD_UP, asked)
    tx.execute(_DROP_DAYS, asked)


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
_OF_DAYS = text("""
    SELECT DISTINCT file_id FROM downloads WHERE day < :before AND day NOT LIKE '%-01'
    ORDER BY file_id LIMIT :limit
""")
_ADD_UP = text("""
    INSERT INTO downloads (file_id, day, count)
    SELECT file_id, substr(day, 1, 8) || '01' AS month, sum(count) FROM downloads
    WHERE file_id IN :files AND day < :before AND day NOT LIKE '%-01'
    GROUP BY file_id, month
    ON CONFLICT (file_id, day) DO UPDATE SET count = downloads.count + excluded.count
""").bindparams(bindparam("files", expanding=True))
_DROP_DAYS = text("""
    DELETE FROM downloads WHERE file_id IN :files AND day < :before AND day NOT LIKE '%-01'
""").bindparams(bindparam("files", expanding=True))
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
