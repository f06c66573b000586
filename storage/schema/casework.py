"""What moderators work on and with: cases and what is in them, limits, messages."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
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
)

from storage.schema.columns import METADATA, Number, Utc


class _Cases(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    subject: Named[str] = Column(String(600), unique=True)  # One case a project or account.
    project_id: Named[int | None] = Column(ForeignKey("projects.id"), index=True)
    account_id: Named[int | None] = Column(ForeignKey("accounts.id"), index=True)
    opened_at: Named[datetime] = Column(Utc)
    claimed_by: Named[int | None] = Column(ForeignKey("accounts.id"))
    claimed_until: Named[datetime | None] = Column(Utc)


class _EntryCases(TypedColumns):
    case_id: Named[int] = Column(ForeignKey("cases.id"), primary_key=True)
    serial: Named[int] = Column(ForeignKey("entries.serial"), primary_key=True, index=True)


class _Reports(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    case_id: Named[int] = Column(ForeignKey("cases.id"), index=True)
    serial: Named[int] = Column(ForeignKey("entries.serial"))
    reporter_id: Named[int] = Column(ForeignKey("accounts.id"))
    subject: Named[str] = Column(String(600))
    kind: Named[str] = Column(String(24))
    summary: Named[str] = Column(Text)
    evidence_json: Named[str] = Column(Text)
    at: Named[datetime] = Column(Utc)
    key: Named[str | None] = Column(String(255))


class _Signals(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    case_id: Named[int] = Column(ForeignKey("cases.id"), index=True)
    serial: Named[int] = Column(ForeignKey("entries.serial"))
    rule: Named[str] = Column(String(64))
    version: Named[int] = Column(Integer)
    subject: Named[str] = Column(String(600))
    score: Named[int] = Column(Integer)
    why: Named[str] = Column(Text)
    at: Named[datetime] = Column(Utc)


class _Appeals(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    case_id: Named[int] = Column(ForeignKey("cases.id"), index=True)
    serial: Named[int] = Column(ForeignKey("entries.serial"))
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), index=True)
    account_id: Named[int] = Column(ForeignKey("accounts.id"), index=True)
    message: Named[str] = Column(Text)
    at: Named[datetime] = Column(Utc)


class _Overrides(TypedColumns):
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True)
    account_id: Named[int] = Column(ForeignKey("accounts.id"), primary_key=True, index=True)
    # NULL: as for everybody.
    projects_per_day: Named[int | None] = Column(Integer)
    files_per_day: Named[int | None] = Column(Integer)
    files_per_10_minutes: Named[int | None] = Column(Integer)
    until_at: Named[datetime | None] = Column(Utc)


class _Messages(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    kind: Named[str] = Column(String(16))  # mail, webhook or purge
    recipient: Named[str] = Column(Text)
    content_json: Named[str] = Column(Text)
    decision_id: Named[int | None] = Column(ForeignKey("decisions.id"), index=True)
    created_at: Named[datetime] = Column(Utc)
    due_at: Named[datetime] = Column(Utc)
    attempts: Named[int] = Column(Integer)
    ended_at: Named[datetime | None] = Column(Utc)
    outcome: Named[str | None] = Column(Text)


class _Proposals(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    act: Named[str] = Column(String(16))
    body_json: Named[str] = Column(Text)
    by: Named[str] = Column(String(80))
    at: Named[datetime] = Column(Utc)
    ended_by: Named[str | None] = Column(String(80))
    ended_at: Named[datetime | None] = Column(Utc)
    decision_id: Named[int | None] = Column(ForeignKey("decisions.id"), index=True)


class _Erasures(TypedColumns):
    file_id: Named[int] = Column(ForeignKey("files.id"), primary_key=True)
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), index=True)


class _Downloads(TypedColumns):
    file_id: Named[int] = Column(ForeignKey("files.id"), primary_key=True)
    day: Named[str] = Column(String(10), primary_key=True)  # In UTC: 2026-11-25
    count: Named[int] = Column(BigInteger)


class _Jobs(TypedColumns):
    name: Named[str] = Column(String(64), primary_key=True)
    holder: Named[str | None] = Column(String(64))  # Who runs it now; NULL: nobody.
    until_at: Named[datetime | None] = Column(Utc)  # From then on anybody else may.
    last_run_at: Named[datetime | None] = Column(Utc)  # When it last ended, well or not.


class _Workers(TypedColumns):
    id: Named[str] = Column(String(16), primary_key=True)
    serial: Named[int] = Column(BigInteger)  # How far it knows the journal.
    seen_at: Named[datetime] = Column(Utc)  # By the clock of the database.


cases = Table("cases", METADATA, _Cases)
entry_cases = Table("entry_cases", METADATA, _EntryCases)
reports = Table(
    "reports",
    METADATA,
    _Reports,
    UniqueConstraint("reporter_id", "key", "subject"),
    Index(None, "reporter_id", "subject", "at"),
)
signals = Table("signals", METADATA, _Signals)
appeals = Table("appeals", METADATA, _Appeals)
overrides = Table("overrides", METADATA, _Overrides)
messages = Table("messages", METADATA, _Messages, Index(None, "ended_at", "due_at"))
proposals = Table("proposals", METADATA, _Proposals)
erasures = Table("erasures", METADATA, _Erasures)
jobs = Table("jobs", METADATA, _Jobs)
workers = Table("workers", METADATA, _Workers)
downloads = Table("downloads", METADATA, _Downloads)
