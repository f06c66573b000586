"""Every table, in the words of DESIGN.md; migrations bring a database to exactly this."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite keeps it as text that sorts as time does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As the database keeps it."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """As everybody else knows it."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.replace(tzinfo=UTC)


# SQLite numbers rows by itself only when the type is INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")


class _Accounts(TypedColumns):
    id: Named[int] = Column(_Number, primary_key=True)
    name: Named[str] = Column(String(64), unique=True)
    email: Named[str | None] = Column(String(320))
    role: Named[str] = Column(String(16))
    password_hash: Named[str | None] = Column(String(255))
    created_at: Named[datetime] = Column(Utc)


class _LoginFailures(TypedColumns):
    id: Named[int] = Column(_Number, primary_key=True)
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
    id: Named[int] = Column(_Number, primary_key=True)
    name: Named[str] = Column(String(255), unique=True)
    spelled: Named[str] = Column(String(255))
    skeleton: Named[str] = Column(String(255), index=True)
    status: Named[str] = Column(String(16))
    status_reason: Named[str] = Column(Text)
    created_at: Named[datetime] = Column(Utc, index=True)


class _Members(TypedColumns):
    id: Named[int] = Column(_Number, primary_key=True)
    project_id: Named[int] = Column(ForeignKey("projects.id"), index=True)
    account_id: Named[int] = Column(ForeignKey("accounts.id"), index=True)
    added_at: Named[datetime] = Column(Utc)
    removed_at: Named[datetime | None] = Column(Utc)


class _Releases(TypedColumns):
    id: Named[int] = Column(_Number, primary_key=True)
    project_id: Named[int] = Column(ForeignKey("projects.id"))
    version: Named[str] = Column(String(255))
    canonical: Named[str] = Column(String(255))  # Equal for versions that PEP 440 equates.
    created_at: Named[datetime] = Column(Utc, index=True)
    yanked: Named[str | None] = Column(Text)  # The reason, maybe empty; NULL: not yanked.


class _Files(TypedColumns):
    id: Named[int] = Column(_Number, primary_key=True)
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


class _Descriptions(TypedColumns):
    file_id: Named[int] = Column(ForeignKey("files.id"), primary_key=True)
    metadata_json: Named[str] = Column(Text)  # The keys of packaging.metadata.RawMetadata.


class _Decisions(TypedColumns):
    id: Named[int] = Column(_Number, primary_key=True)
    act: Named[str] = Column(String(16))
    by: Named[str] = Column(String(80), index=True)
    at: Named[datetime] = Column(Utc, index=True)
    reason: Named[str] = Column(Text)
    note: Named[str] = Column(Text)
    private_note: Named[str] = Column(Text)
    key: Named[str | None] = Column(String(255))
    key_request: Named[str | None] = Column(String(64))  # The sha256 of what came with the key.
    effective: Named[bool]  # Whether no effective undo points here.


class _DecisionSubjects(TypedColumns):
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True)
    subject: Named[str] = Column(String(600), primary_key=True)


class _Undoes(TypedColumns):
    undo_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True)
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True, index=True)


class _Holds(TypedColumns):
    id: Named[int] = Column(_Number, primary_key=True)
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), index=True)
    subject: Named[str] = Column(String(600), index=True)
    # The subject again, as rows. The project is known for releases and files too.
    project_id: Named[int | None] = Column(ForeignKey("projects.id"))
    release_id: Named[int | None] = Column(ForeignKey("releases.id"), index=True)
    file_id: Named[int | None] = Column(ForeignKey("files.id"), index=True)
    hide: Named[bool]
    refuse: Named[bool]
    freeze: Named[bool]
    suspend: Named[bool]
    from_at: Named[datetime] = Column(Utc)
    until_at: Named[datetime | None] = Column(Utc)


class _HoldEnds(TypedColumns):
    hold_id: Named[int] = Column(ForeignKey("holds.id"), primary_key=True)
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True, index=True)


class _Entries(TypedColumns):
    serial: Named[int] = Column(_Number, primary_key=True, autoincrement=False)
    at: Named[datetime] = Column(Utc)
    actor: Named[str] = Column(String(80))
    act: Named[str] = Column(String(32))
    subject: Named[str] = Column(String(600))
    payload_hash: Named[str] = Column(String(64))
    previous_hash: Named[str] = Column(String(64))
    hash: Named[str] = Column(String(64))


class _Payloads(TypedColumns):
    serial: Named[int] = Column(ForeignKey("entries.serial"), primary_key=True)
    payload: Named[str] = Column(Text)  # Reason and details, as canonical JSON.


class _EntryProjects(TypedColumns):
    project_id: Named[int] = Column(ForeignKey("projects.id"), primary_key=True)
    serial: Named[int] = Column(ForeignKey("entries.serial"), primary_key=True, index=True)


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
files = Table("files", METADATA, _Files, Index(None, "project_id", "size_bytes"))
descriptions = Table("descriptions", METADATA, _Descriptions)
decisions = Table("decisions", METADATA, _Decisions, UniqueConstraint("by", "key"))
decision_subjects = Table("decision_subjects", METADATA, _DecisionSubjects)
undoes = Table("undoes", METADATA, _Undoes)
holds = Table("holds", METADATA, _Holds, Index(None, "project_id", "release_id", "file_id"))
hold_ends = Table("hold_ends", METADATA, _HoldEnds)
entries = Table("entries", METADATA, _Entries)
payloads = Table("payloads", METADATA, _Payloads)
entry_projects = Table("entry_projects", METADATA, _EntryProjects)
identity = Table("identity", METADATA, _Identity)


class _Jobs(TypedColumns):
    name: Named[str] = Column(String(64), primary_key=True)
    holder: Named[str | None] = Column(String(64))  # Who runs it now; NULL: nobody.
    until_at: Named[datetime | None] = Column(Utc)  # From then on anybody else may.
    last_run_at: Named[datetime | None] = Column(Utc)  # When it last ended, well or not.


jobs = Table("jobs", METADATA, _Jobs)
