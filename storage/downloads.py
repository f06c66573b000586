"""Downloads: how often each file was fetched, by day. They tell how much a decision reaches."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from storage.database import Transaction
from storage.schema import downloads, files


def add(tx: Transaction, counts: Mapping[tuple[int, date], int]) -> None:
    """Add to the counts of files by day."""
    rows = [
        {"file_id": file_id, "day": day.isoformat(), "count": count}
        for (file_id, day), count in sorted(counts.items())
    ]
    if rows:
        new = insert(downloads)
        more = downloads.c.count + new.excluded["count"]
        tx.execute(new.on_conflict_do_update(set_={"count": more}), rows)


def of_projects(tx: Transaction, project_ids: list[int], *, since: date) -> int:
    """How often the files of these projects were fetched from that day on."""
    return tx.scalar(_OF_PROJECTS, {"projects": project_ids, "since": since.isoformat()}) or 0


_OF_PROJECTS = (
    select(func.sum(downloads.c.count))
    .join(files, files.c.id == downloads.c.file_id)
    .where(
        files.c.project_id.in_(bindparam("projects", expanding=True)),
        downloads.c.day >= bindparam("since"),
    )
)
