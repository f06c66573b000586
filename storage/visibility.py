"""The one visibility query: what the public may see of projects, releases and files.

Every read path asks here (law 3); nobody else writes the predicate.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from packaging.utils import NormalizedName
from packaging.version import Version
from sqlalchemy import bindparam, exists, func, select

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
from storage.records import Digest, File, Listing, Offered, Seen, Status
from storage.schema import (
    Utc,
    decisions,
    entry_projects,
    files,
    holds,
    projects,
    releases,
)

_yanked = func.coalesce(files.c.yanked, releases.c.yanked)
FILES = (
    select(
        *files.c,
        projects.c.name,
        releases.c.version,
        _yanked.label("yank"),
        published_at.label("published_at"),
    )
    .join(releases, releases.c.id == files.c.release_id)
    .join(projects, projects.c.id == files.c.project_id)
    .where(shown)
)
"""The files that the public may see, each with its project and its version."""

SERIAL = (
    select(func.coalesce(func.max(entry_projects.c.serial), 0))
    .where(entry_projects.c.project_id == projects.c.id)
    .scalar_subquery()
)
"""That of the last change of a project."""

_PROJECT = select(
    projects, quarantined.label("quarantined"), SERIAL.label("serial"), *freshness.COLUMNS
).where(projects.c.name == bindparam("project"), name_is_public)
_FILES_OF_PROJECT = FILES.where(projects.c.name == bindparam("project")).order_by(files.c.id)
_OFFERED = _FILES_OF_PROJECT.with_only_columns(
    files.c.filename,
    files.c.sha256,
    releases.c.version,
    files.c.size_bytes,
    published_at,
    files.c.requires_python,
    files.c.core_metadata,
    _yanked,
)
"""In the order of the record."""
_FILE = FILES.add_columns(*freshness.COLUMNS).where(files.c.filename == bindparam("filename"))
_RELEASES_OF_PROJECT = (
    select(releases.c.version)
    .join(projects, projects.c.id == releases.c.project_id)
    .where(
        projects.c.name == bindparam("project"),
        release_shown,
        exists().where(files.c.release_id == releases.c.id, file_shown),
    )
)
OF_UPLOADER = (
    FILES.with_only_columns(files.c.id)
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
    found = [Offered(*each) for each in tx.execute(_OFFERED, {"project": name, "at": at}).all()]
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


def files_of(tx: Transaction, name: NormalizedName, *, at: datetime) -> list[File]:
    """Every file of a project that the public may see, the oldest first."""
    return [_file(row) for row in tx.execute(_FILES_OF_PROJECT, {"project": name, "at": at})]


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


def public_projects(tx: Transaction, project_ids: Collection[int], *, at: datetime) -> set[int]:
    """Those of these projects whose names the public may know; not of one that only waits."""
    return set(tx.scalars(_PUBLIC_NAMES, {"ids": list(project_ids), "at": at}))


def versions_shown(tx: Transaction, filenames: Sequence[str], *, at: datetime) -> dict[str, str]:
    """Those of *filenames* that the public may see, each with its version."""
    query = FILES.with_only_columns(files.c.filename, releases.c.version)
    rows = tx.execute(query.where(files.c.filename.in_(filenames)), {"at": at})
    return {row.filename: row.version for row in rows}


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
