"""What those who keep copies have to drop: what changed since then, by the journal."""

from collections.abc import Collection, Mapping, Sequence

from packaging.utils import NormalizedName
from sqlalchemy import case, exists, func, select

from storage.batches import batched
from storage.database import AnyRow, Transaction
from storage.schema import entries, entry_projects, files, projects

_OF_PAGES = ("upload", "project-add", "yank", "unyank", "member-add", "member-remove")
"""What changes the pages of a project, and never whether a file is given out that has been."""


def is_any(tx: Transaction, *, after: int) -> bool:
    """Whether any project changed after that serial."""
    return bool(tx.scalar(select(exists().where(entry_projects.c.serial > after))))


def changed(tx: Transaction, *, after: int, limit: int) -> Mapping[NormalizedName, bool]:
    """At most so many projects that changed after that serial, and whether their files did too."""
    of_files = case((entries.c.act.in_(_OF_PAGES), 0), else_=1)
    query = (
        select(projects.c.name, func.max(of_files))
        .join(entry_projects, entry_projects.c.project_id == projects.c.id)
        .join(entries, entries.c.serial == entry_projects.c.serial)
        .where(entry_projects.c.serial > after)
        .group_by(projects.c.name)
        .order_by(projects.c.name)
        .limit(limit)
    )
    return {NormalizedName(name): bool(files_too) for name, files_too in tx.execute(query)}


def files_of(tx: Transaction, names: Collection[NormalizedName], *, limit: int) -> Sequence[AnyRow]:
    """At most so many files of these projects: sha256 and filename, whoever may see them."""
    found: list[AnyRow] = []
    for batch in batched(names):
        query = (
            select(files.c.sha256, files.c.filename)
            .join(projects, projects.c.id == files.c.project_id)
            .where(projects.c.name.in_(batch))
            .order_by(files.c.id)
            .limit(limit - len(found))
        )
        found += tx.execute(query)
    return found
