"""What is there: accounts, tokens, projects, releases and files."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    false,
)

from storage.schema.columns import METADATA, Number, Utc


class _Accounts(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    name: Named[str] = Column(String(64), unique=True)
    email: Named[str | None] = Column(String(320))
    role: Named[str] = Column(String(16))
    password_hash: Named[str | None] = Column(String(255))
    created_at: Named[datetime] = Column(Utc)


class _LoginFailures(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    account: Named[str] = Column(String(64))
    address: Named[str] = Column(String(64))
    at: Named[datetime] = Column(Utc, index=True)


class _Tokens(TypedColumns):
    id: Named[str] = Column(String(16), primary_key=True)
    account_id: Named[int] = Column(ForeignKey("accounts.id"), index=True)
    secret_sha256: Named[str] = Column(String(64), unique=True)
    scope: Named[str] = Column(String(16))
    project: Named[str | None] = Column(String(255))
    created_at: Named[datetime] = Column(Utc)
    expires_at: Named[datetime | None] = Column(Utc)
    revoked_at: Named[datetime | None] = Column(Utc)
    last_used_at: Named[datetime | None] = Column(Utc)


class _Projects(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    name: Named[str] = Column(String(255), unique=True)
    spelled: Named[str] = Column(String(255))
    skeleton: Named[str] = Column(String(255), index=True)
    status: Named[str] = Column(String(16))
    status_reason: Named[str] = Column(Text)
    created_at: Named[datetime] = Column(Utc, index=True)
    waited: Named[bool] = Column(Boolean, server_default=false())  # Its first file had to wait.


class _Members(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    project_id: Named[int] = Column(ForeignKey("projects.id"), index=True)
    account_id: Named[int] = Column(ForeignKey("accounts.id"), index=True)
    added_at: Named[datetime] = Column(Utc)
    removed_at: Named[datetime | None] = Column(Utc)


class _Releases(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    project_id: Named[int] = Column(ForeignKey("projects.id"))
    version: Named[str] = Column(String(255))
    canonical: Named[str] = Column(String(255))  # Equal for versions that PEP 440 equates.
    created_at: Named[datetime] = Column(Utc, index=True)
    yanked: Named[str | None] = Column(Text)  # The reason, maybe empty; NULL: not yanked.


class _Files(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    project_id: Named[int] = Column(ForeignKey("projects.id"))
    release_id: Named[int] = Column(ForeignKey("releases.id"), index=True)
    filename: Named[str] = Column(String(255), unique=True)
    filetype: Named[str] = Column(String(16))
    python_version: Named[str] = Column(String(255))
    size_bytes: Named[int] = Column(BigInteger)
    sha256: Named[str] = Column(String(64), index=True)
    md5: Named[str] = Column(String(32))
    blake2b_256: Named[str] = Column(String(64))
    requires_python: Named[str | None] = Column(Text)
    core_metadata: Named[str | None] = Column(String(64), index=True)
    core_metadata_bytes: Named[int] = Column(Integer)
    uploaded_at: Named[datetime] = Column(Utc)
    uploaded_by: Named[int] = Column(ForeignKey("accounts.id"))
    yanked: Named[str | None] = Column(Text)  # The reason, maybe empty; NULL: not yanked.
    comment: Named[str] = Column(Text)
    waited: Named[bool] = Column(Boolean, server_default=false())  # Not public at once.
    runs_setup: Named[bool] = Column(Boolean, server_default=false())  # When it is installed.


class _Descriptions(TypedColumns):
    file_id: Named[int] = Column(ForeignKey("files.id"), primary_key=True)
    metadata_json: Named[str] = Column(Text)  # The keys of packaging.metadata.RawMetadata.


class _Identity(TypedColumns):
    id: Named[str] = Column(String(32), primary_key=True)  # One row, of this index.


accounts = Table("accounts", METADATA, _Accounts)
login_failures = Table(
    "login_failures", METADATA, _LoginFailures, Index(None, "address", "account", "at")
)
tokens = Table("tokens", METADATA, _Tokens)
projects = Table("projects", METADATA, _Projects)
members = Table("members", METADATA, _Members)
releases = Table("releases", METADATA, _Releases, UniqueConstraint("project_id", "canonical"))
files = Table(
    "files",
    METADATA,
    _Files,
    Index(None, "project_id", "size_bytes"),
    Index(None, "project_id", "uploaded_at"),
    Index(None, "project_id", "runs_setup"),
)
descriptions = Table("descriptions", METADATA, _Descriptions)
identity = Table("identity", METADATA, _Identity)
