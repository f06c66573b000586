"""What became of a file before: names of files are never reused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from packaging.utils import NormalizedName

from moderation import waiting
from moderation.limits import Usage
from storage import erasures, holds, subjects
from storage.database import Transaction
from storage.problems import Invalid
from storage.records import Act, Blob, Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of a submission, which is not *new* if exactly this file was here already."""

    new: bool
    waits_for: str | None = None
    """Why it waits for a moderator; None: it is public, as far as this goes."""
    usage: Sequence[Usage] | None = None
    """The limits of who published it, this file counted; None: nobody asked."""


def what_became(
    tx: Transaction, file: Stored, project: NormalizedName, blob: Blob, *, at: datetime
) -> Published:
    """What became of *file*, if *blob* for *project* is exactly that. Raises Invalid if not.

    Names are never reused: not with other bytes (U17), not after a withdrawal (UPLOADS 20).
    """
    filename = file.filename
    if erasures.among(tx, [file.id]):
        raise Invalid(
            f"File already exists ({filename}): it was erased.",
            hint="File names are never reused. Raise the version.",
        )
    if _is_withdrawn(tx, file, at=at):
        raise Invalid(
            f"File already exists ({filename}): it was withdrawn.",
            hint="File names are never reused. Restore it, or raise the version.",
        )
    if file.sha256 != blob.sha256 or file.project != project:
        raise Invalid(
            f"File already exists ({filename}), with other contents.",
            hint="File names are never reused. Raise the version or the build number.",
        )
    return Published(new=False, waits_for=waiting.reason(tx, filename, at=at))


def _is_withdrawn(tx: Transaction, file: Stored, *, at: datetime) -> bool:
    mine = {subjects.file(file.filename), subjects.release(file.project, file.version)}
    return any(hold.act is Act.WITHDRAW for hold in holds.on_subjects(tx, mine, at=at))
