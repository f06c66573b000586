"""The one visibility query: what the public may see of projects, releases and files.

Every read path asks here (law 3); nobody else writes the predicate.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from packaging.utils import NormalizedName
from packaging.version import Version
from sqlalchemy import Select, bindparam, exists, func, select

from storage import freshness
from storage.database import AnyRow, Transaction
from storage.holds import in_force
from storage.predicates import (
    file_shown,
    name_is_public,
    of_project,
    published_at,
    quarantined,
    release_shown,
    shown,
)
from storage.records import Digest, File, Listing, Release, Seen, Status
from storage.schema import (
    Utc,
    decisions,
    descriptions,
    entry_projects,
    files,
    holds,
    projects,
    releases,
)
from storage.subjects import canonical_version

_FILES = (
    select(
        *files.c,
        projects.c.name,
        releases.c.version,
        func.coalesce(files.c.yanked, releases.c.yanked).label("yank"),
        published_at.label("published_at"),
    )
    .join(releases, releases.c.id == files.c.release_id)
    .join(projects, projects.c.id == files.c.project_id)
    .where(shown)
)
SERIAL = (
    select(func.coalesce(func.max(entry_projects.c.serial), 0))
    .where(entry_projects.c.project_id == projects.c.id)
    .scalar_subquery()
)
"""That of the last change of a project."""

_PROJECT = select(
    projects, quarantined.label("quarantined"), SERIAL.label("serial"), *freshness.COLUMNS
).where(projects.c.name == bindparam("project"), name_is_public)
_FILES_OF_PROJECT = _FILES.where(projects.c.name == bindparam("project")).order_by(files.c.id)
_FILE = _FILES.add_columns(*freshness.COLUMNS).where(files.c.filename == bindparam("filename"))
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
_RELEASES_OF_PROJECT = (
    select(releases.c.version)
    .join(projects, projects.c.id == releases.c.project_id)
    .where(projects.c.name == bindparam("project"), release_shown, _first_of_release.is_not(None))
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
_DESCRIBED = _FILES.add_columns(descriptions.c.metadata_json).join(
    descriptions, descriptions.c.file_id == files.c.id
)
OF_UPLOADER = (
    _FILES.with_only_columns(files.c.id)
    .where(
        files.c.uploaded_by == bindparam("account"),
        published_at <= bindparam("since", type_=Utc()),
        ~exists().where(
            (holds.c.file_id == files.c.id) | (holds.c.release_id == releases.c.id) | of_project,
            holds.c.refuse,
            in_force,
        ),
    )
    .limit(1)
)
"""A file of an uploader that has been public for some time, and may be downloaded now."""

_PUBLIC_NAMES = select(projects.c.id).where(
    projects.c.id.in_(bindparam("ids", expanding=True)), name_is_public
)


def listing(tx: Transaction, name: NormalizedName, *, at: datetime) -> Listing | None:
    """What the public sees of one project; None if the name was never taken.

    PEP 792: a quarantined project offers no files; its versions stay listed (S44).
    """
    row = tx.execute(_PROJECT, {"project": name, "at": at}).first()
    if row is None:
        return None
    found = [_file(each) for each in tx.execute(_FILES_OF_PROJECT, {"project": name, "at": at})]
    if row.quarantined:
        versions = set(tx.scalars(_RELEASES_OF_PROJECT, {"project": name, "at": at}))
    else:
        versions = {file.version for file in found}
    return Listing(
        name=name,
        spelled=row.spelled,
        status=Status.QUARANTINED if row.quarantined else Status(row.status),
        status_reason="" if row.quarantined else row.status_reason,
        versions=tuple(sorted(versions, key=Version)),
        files=tuple(found),
        serial=row.serial,
        seen=freshness.seen_in(row, at),
    )


def file(tx: Transaction, *, sha256: str, filename: str, at: datetime) -> File | None:
    """The file, if the public may see it; its *refused* says why a download answers 403."""
    found = file_seen(tx, sha256=sha256, filename=filename, at=at)
    return found[0] if found else None


def file_seen(
    tx: Transaction, *, sha256: str, filename: str, at: datetime
) -> tuple[File, Seen] | None:
    """The same, and how long it stays true."""
    row = tx.execute(_FILE, {"filename": filename, "at": at}).first()
    if row is None or row.sha256 != sha256:
        return None
    return _file(row, refused=_refusal(tx, row, at)), freshness.seen_in(row, at)


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


def public_projects(tx: Transaction, project_ids: Collection[int], *, at: datetime) -> set[int]:
    """Those of these projects whose names the public may know; not of one that only waits."""
    return set(tx.scalars(_PUBLIC_NAMES, {"ids": list(project_ids), "at": at}))


def versions_shown(tx: Transaction, filenames: Sequence[str], *, at: datetime) -> dict[str, str]:
    """Those of *filenames* that the public may see, each with its version."""
    query = _FILES.with_only_columns(files.c.filename, releases.c.version)
    rows = tx.execute(query.where(files.c.filename.in_(filenames)), {"at": at})
    return {row.filename: row.version for row in rows}


def _described(tx: Transaction, first_files: Select[Any], *, at: datetime) -> list[Release]:
    ids = list(tx.scalars(first_files, {"at": at}))
    rows = tx.execute(_DESCRIBED.where(files.c.id.in_(ids)), {"at": at})
    return [_release(row) for row in sorted(rows, key=lambda row: ids.index(row.id))]


def _refusal(tx: Transaction, row: AnyRow, at: datetime) -> str | None:
    on_it = (
        (holds.c.file_id == row.id)
        | (holds.c.release_id == row.release_id)
        | (
            (holds.c.project_id == row.project_id)
            & holds.c.release_id.is_(None)
            & holds.c.file_id.is_(None)
        )
    )
    query = (
        select(decisions.c.reason)
        .join(holds, holds.c.decision_id == decisions.c.id)
        .where(holds.c.refuse, on_it, in_force)
        .order_by(holds.c.id)
        .limit(1)
    )
    return tx.scalar(query, {"at": at})


def _file(row: AnyRow, *, refused: str | None = None) -> File:
    return File(
        id=row.id,
        project=row.name,
        version=row.version,
        filename=row.filename,
        filetype=row.filetype,
        python_version=row.python_version,
        size_bytes=row.size_bytes,
        sha256=Digest(row.sha256),
        md5=row.md5,
        blake2b_256=row.blake2b_256,
        uploaded_at=row.published_at,
        requires_python=row.requires_python,
        core_metadata=row.core_metadata,
        core_metadata_bytes=row.core_metadata_bytes,
        yanked=row.yank,
        refused=refused,
        comment=row.comment,
    )


def _release(row: AnyRow) -> Release:
    return Release(
        project=row.name,
        version=row.version,
        released_at=row.published_at,
        metadata=json.loads(row.metadata_json),
    )
