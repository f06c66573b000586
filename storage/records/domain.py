"""What there is, as the database and the blobs hand it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, NewType

from packaging.utils import NormalizedName

Digest = NewType("Digest", str)
"""A lower-case hex sha256: the only name a blob has."""


class Role(StrEnum):
    """What an account may do: publish, decide, or run the index."""

    UPLOADER = "uploader"
    MODERATOR = "moderator"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a token may be used for. Reading comes with each of them."""

    READ = "read"
    REPORT = "report"
    UPLOAD = "upload"
    MODERATE = "moderate"


class Status(StrEnum):
    """The status of a project (PEP 792). Only a hold makes a project quarantined."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DEPRECATED = "deprecated"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes that are whole and stored: their name, their size and the digests clients ask for."""

    sha256: Digest
    md5: str
    blake2b_256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may act here: a row, or whoever runs the command line on the machine."""

    id: int
    name: str
    email: str | None
    role: Role
    created_at: datetime
    kind: str = "account"

    @property
    def actor(self) -> str:
        """The account as decisions and the journal name it."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A key of an account. The secret itself is known to its owner alone."""

    id: str
    account: str
    scope: Scope
    project: NormalizedName | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A name that somebody has taken, and what its owners say of it."""

    id: int
    name: NormalizedName
    spelled: str
    status: Status
    status_reason: str
    created_at: datetime
    waited: bool = False
    """Its first file had to wait, so the name was not public at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amassed:
    """What the files of one project come to, whoever may see them."""

    size_bytes: int = 0
    last_upload_at: datetime | None = None
    ran_setup: bool = False
    """Whether one of them ever ran a setup.py when it was installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file of a release, as the public may see it."""

    id: int
    project: NormalizedName
    version: str
    filename: str
    filetype: str
    python_version: str
    size_bytes: int
    sha256: Digest
    md5: str
    blake2b_256: str
    uploaded_at: datetime
    requires_python: str | None = None
    core_metadata: Digest | None = None
    """The digest of the archive's own METADATA, when it may be served beside the file (PEP 658)."""
    core_metadata_bytes: int = 0
    yanked: str | None = None
    """Why it was yanked; empty when no reason was given, None when it is not yanked (PEP 592)."""
    refused: str | None = None
    """Why a download answers 403; None when it does not."""
    comment: str = ""


class Offered(NamedTuple):
    """What a page says of one file. A tuple, because one page may be made of ten thousand."""

    filename: str
    sha256: Digest
    version: str
    size_bytes: int
    uploaded_at: datetime
    requires_python: str | None = None
    core_metadata: Digest | None = None
    """As that of File."""
    yanked: str | None = None
    """As that of File."""
    provenance: str | None = None
    """The absolute https URL of its provenance, when there is one (PEP 740)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One file as a row, whoever may see it."""

    id: int
    project: NormalizedName
    project_id: int
    release_id: int
    version: str
    filename: str
    sha256: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How long something that was read of a project stays true.

    That is, until an entry after the serial *as_of* changes the project, and at most until a hold
    ends that was in force or to come.
    """

    project: str
    as_of: int
    since_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One project as the public sees it at one moment."""

    name: NormalizedName
    spelled: str
    status: Status
    status_reason: str
    versions: tuple[str, ...]
    files: tuple[Offered, ...]
    serial: int
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the list of projects."""

    name: NormalizedName
    serial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One version as the public sees it, with what its newest visible file says of it."""

    project: NormalizedName
    version: str
    released_at: datetime
    metadata: Mapping[str, Any]
