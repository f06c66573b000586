"""What was decided and what happened: decisions, holds and the journal."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Named,
    String,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    false,
)

from storage.schema.columns import METADATA, Number, Utc


class _Decisions(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
    act: Named[str] = Column(String(16))
    by: Named[str] = Column(String(80), index=True)
    at: Named[datetime] = Column(Utc, index=True)
    reason: Named[str] = Column(Text)
    note: Named[str] = Column(Text)
    private_note: Named[str] = Column(Text)
    key: Named[str | None] = Column(String(255))
    key_request: Named[str | None] = Column(String(64))  # The sha256 of what came with the key.
    effective: Named[bool]  # Whether no effective undo points here.
    # The case that it settles, and the newest entry of the journal that it knew of.
    case_id: Named[int | None] = Column(BigInteger, index=True)
    case_serial: Named[int | None] = Column(BigInteger)


class _DecisionSubjects(TypedColumns):
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True)
    subject: Named[str] = Column(String(600), primary_key=True, index=True)


class _Undoes(TypedColumns):
    undo_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True)
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True, index=True)


class _Holds(TypedColumns):
    id: Named[int] = Column(Number, primary_key=True)
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
    until_at: Named[datetime | None] = Column(Utc, index=True)
    wait: Named[bool] = Column(Boolean, server_default=false())
    mode: Named[str | None] = Column(String(16))  # Only on the subject index.


class _HoldEnds(TypedColumns):
    hold_id: Named[int] = Column(ForeignKey("holds.id"), primary_key=True)
    decision_id: Named[int] = Column(ForeignKey("decisions.id"), primary_key=True, index=True)


class _Entries(TypedColumns):
    serial: Named[int] = Column(Number, primary_key=True, autoincrement=False)
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


class _EntryAddresses(TypedColumns):
    serial: Named[int] = Column(ForeignKey("entries.serial"), primary_key=True)
    address: Named[str] = Column(String(64), index=True)  # Of a sign-up, for a day.


class _EntryProjects(TypedColumns):
    project_id: Named[int] = Column(ForeignKey("projects.id"), primary_key=True)
    serial: Named[int] = Column(ForeignKey("entries.serial"), primary_key=True, index=True)


decisions = Table("decisions", METADATA, _Decisions, UniqueConstraint("by", "key"))
decision_subjects = Table("decision_subjects", METADATA, _DecisionSubjects)
undoes = Table("undoes", METADATA, _Undoes)
holds = Table("holds", METADATA, _Holds, Index(None, "project_id", "release_id", "file_id"))
hold_ends = Table("hold_ends", METADATA, _HoldEnds)
entries = Table("entries", METADATA, _Entries, Index(None, "actor", "act", "at"))
payloads = Table("payloads", METADATA, _Payloads)
entry_projects = Table("entry_projects", METADATA, _EntryProjects)
entry_addresses = Table("entry_addresses", METADATA, _EntryAddresses)
