"""Files and releases as rows: what was uploaded, whoever may see it."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from packaging.utils import NormalizedName
from sqlalchemy import bindparam, case, exists, func, insert, select, update

from storage.database import AnyRow, Transaction
from storage.records import Amassed, Blob, Digest, Stored
from storage.schema import descriptions, erasures, files, projects, releases
from storage.subjects import canonical_version

_erased = exists().where(erasures.c.file_id == files.c.id)


def by_filename(tx: Transaction, filename: str) -> Stored | None:
    """The file of that name, hidden or not: names are never reused (S45)."""
    row = tx.execute(_BY_FILENAME, {"filename": filename}).first()
    if row is None:
        return None
    return Stored(
        id=row.id,
        project=NormalizedName(row.name),
        project_id=row.project_id,
        release_id=row.release_id,
        version=row.version,
        filename=row.filename,
        sha256=Digest(row.sha256),
    )


def release_by_version(tx: Transaction, project_id: int, version: str) -> tuple[int, str] | None:
    """The number and the stored version of that release, as PEP 440 equates versions."""
    asked = {"project": project_id, "canonical": canonical_version(version)}
    row = tx.execute(_RELEASE, asked).first()
    return (row.id, row.version) if row else None


def add_release(tx: Transaction, project_id: int, version: str, *, at: datetime) -> int:
    """A new release, without files yet."""
    row = {
        "project_id": project_id,
        "version": version,
        "canonical": canonical_version(version),
        "created_at": at,
    }
    return int(tx.execute(_ADD_RELEASE, row).scalar_one())


def amassed(tx: Transaction, project_id: int) -> Amassed:
    """What the project has amassed so far."""
    row = tx.execute(_AMASSED, {"project": project_id}).one()
    return Amassed(
        size_bytes=row.size_bytes, last_upload_at=row.last_upload_at, ran_setup=bool(row.ran_setup)
    )


def sdist_of(tx: Transaction, release_id: int) -> str | None:
    """The name of the release's sdist, if it has one."""
    query = select(files.c.filename).where(
        files.c.release_id == release_id, files.c.filetype == "sdist"
    )
    return tx.scalar(query.limit(1))


def add(
    tx: Transaction,
    *,
    project_id: int,
    release_id: int,
    filename: str,
    filetype: str,
    python_version: str,
    blob: Blob,
    requires_python: str | None,
    core_metadata: Blob | None,
    metadata: Mapping[str, Any],
    comment: str,
    uploaded_by: int,
    waited: bool,
    runs_setup: bool,
    at: datetime,
) -> int:
    """The row that makes an upload exist (law 10); its bytes are in place."""
    row = {
        "project_id": project_id,
        "release_id": release_id,
        "filename": filename,
        "filetype": filetype,
        "python_version": python_version,
        "requires_python": requires_python,
        "uploaded_at": at,
        "uploaded_by": uploaded_by,
        "waited": waited,
        "runs_setup": runs_setup,
        "comment": comment,
        **_bytes(blob, core_metadata),
    }
    new = int(tx.execute(_ADD, row).scalar_one())
    tx.execute(_DESCRIBE, {"file_id": new, "metadata_json": json.dumps(metadata)})
    return new


def _bytes(blob: Blob, core_metadata: Blob | None) -> dict[str, str | int | None]:
    return {
        "size_bytes": blob.size_bytes,
        "sha256": blob.sha256,
        "md5": blob.md5,
        "blake2b_256": blob.blake2b_256,
        "core_metadata": core_metadata.sha256 if core_metadata else None,
        "core_metadata_bytes": core_metadata.size_bytes if core_metadata else 0,
    }


def yank_of_file(tx: Transaction, file_id: int) -> str | None:
    """Why the file itself is yanked; None if it is not."""
    return tx.scalar(select(files.c.yanked).where(files.c.id == file_id))


def yank_of_release(tx: Transaction, release_id: int) -> str | None:
    """Why the release is yanked; None if it is not."""
    return tx.scalar(select(releases.c.yanked).where(releases.c.id == release_id))


def set_yank_of_file(tx: Transaction, file_id: int, reason: str | None) -> None:
    """Yank the file with a reason, maybe empty; None takes that back (PEP 592)."""
    tx.execute(update(files).where(files.c.id == file_id).values(yanked=reason))


def set_yank_of_release(tx: Transaction, release_id: int, reason: str | None) -> None:
    """Yank every file of the release, later ones included; None takes that back (PEP 592)."""
    tx.execute(update(releases).where(releases.c.id == release_id).values(yanked=reason))


def unreferenced(tx: Transaction, digests: Collection[Digest]) -> list[Digest]:
    """Those of *digests* that no row refers to, but for files that were erased."""
    known: set[str | None] = set()
    for digest in (files.c.sha256, files.c.core_metadata):
        known |= set(tx.scalars(select(digest).where(digest.in_(digests), ~_erased)))
    return [digest for digest in digests if digest not in known]


def referenced(tx: Transaction, *, after: int, limit: int) -> Sequence[AnyRow]:
    """Some files after that number: id, filename, and digest and size of file and metadata.

    Those that were erased are left out.
    """
    query = (
        select(
            files.c.id,
            files.c.filename,
            files.c.sha256,
            files.c.size_bytes,
            files.c.core_metadata,
            files.c.core_metadata_bytes,
        )
        .where(files.c.id > after, ~_erased)
        .order_by(files.c.id)
        .limit(limit)
    )
    return tx.execute(query).all()


# Made once: each upload asks all of these, and making one takes as long as running it.
_BY_FILENAME = (
    select(
        files.c.id,
        projects.c.name,
        files.c.project_id,
        files.c.release_id,
        releases.c.version,
        files.c.filename,
        files.c.sha256,
    )
    .join(projects, projects.c.id == files.c.project_id)
    .join(releases, releases.c.id == files.c.release_id)
    .where(files.c.filename == bindparam("filename"))
)
_RELEASE = select(releases.c.id, releases.c.version).where(
    releases.c.project_id == bindparam("project"), releases.c.canonical == bindparam("canonical")
)
_AMASSED = select(
    func.coalesce(func.sum(files.c.size_bytes), 0).label("size_bytes"),
    func.max(files.c.uploaded_at).label("last_upload_at"),
    func.max(case((files.c.runs_setup, 1), else_=0)).label("ran_setup"),
).where(files.c.project_id == bindparam("project"))
_ADD_RELEASE = insert(releases).returning(releases.c.id)
_ADD = insert(files).returning(files.c.id)
_DESCRIBE = insert(descriptions)
