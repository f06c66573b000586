"""Releases as the public sees them: each as one of its visible files describes it."""

import json
from datetime import datetime
from typing import Any

from packaging.utils import NormalizedName
from sqlalchemy import Select, func, select

from storage import visibility
from storage.database import AnyRow, Transaction
from storage.predicates import file_shown, quarantined, release_shown
from storage.records import Release
from storage.schema import descriptions, files, projects, releases
from storage.subjects import canonical_version

_first_of_project = (
    select(func.min(files.c.id))
    .join(releases, releases.c.id == files.c.release_id)
    .where(files.c.project_id == projects.c.id, file_shown, release_shown)
    .correlate(projects)
    .scalar_subquery()
)
_first_of_release = (
    select(func.min(files.c.id))
    .where(files.c.release_id == releases.c.id, file_shown)
    .correlate(releases)
    .scalar_subquery()
)
_NEWEST_PROJECTS = (
    select(_first_of_project)
    .select_from(projects)
    .where(~quarantined, _first_of_project.is_not(None))
    .order_by(projects.c.created_at.desc(), projects.c.id.desc())
)
_NEWEST_RELEASES = (
    select(_first_of_release)
    .select_from(releases)
    .join(projects, projects.c.id == releases.c.project_id)
    .where(~quarantined, release_shown, _first_of_release.is_not(None))
    .order_by(releases.c.created_at.desc(), releases.c.id.desc())
)
_DESCRIBED = visibility.FILES.add_columns(descriptions.c.metadata_json).join(
    descriptions, descriptions.c.file_id == files.c.id
)


def release(
    tx: Transaction, project: NormalizedName, version: str | None, *, at: datetime
) -> Release | None:
    """One version, or the newest upload of any, as its newest visible file describes it."""
    query = _DESCRIBED.where(projects.c.name == project).order_by(files.c.id.desc()).limit(1)
    if version is not None:
        query = query.where(releases.c.canonical == canonical_version(version))
    row = tx.execute(query, {"at": at}).first()
    return _release(row) if row else None


def newest_projects(tx: Transaction, *, at: datetime, limit: int) -> list[Release]:
    """The newest projects with a visible file, newest first, each by its first visible file."""
    return _described(tx, _NEWEST_PROJECTS.limit(limit), at=at)


def newest_releases(
    tx: Transaction, *, at: datetime, limit: int, project: NormalizedName | None = None
) -> list[Release]:
    """The newest releases (of one *project*) with a visible file, newest first."""
    query = _NEWEST_RELEASES.limit(limit)
    return _described(tx, query.where(projects.c.name == project) if project else query, at=at)


def _described(tx: Transaction, first_files: Select[Any], *, at: datetime) -> list[Release]:
    ids = list(tx.scalars(first_files, {"at": at}))
    rows = tx.execute(_DESCRIBED.where(files.c.id.in_(ids)), {"at": at})
    return [_release(row) for row in sorted(rows, key=lambda row: ids.index(row.id))]


def _release(row: AnyRow) -> Release:
    return Release(
        project=row.name,
        version=row.version,
        released_at=row.published_at,
        metadata=json.loads(row.metadata_json),
    )
