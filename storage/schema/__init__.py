"""Every table, in the words of DESIGN.md; migrations bring a database to exactly this."""

from storage.schema.casework import (
    appeals,
    cases,
    downloads,
    entry_cases,
    erasures,
    jobs,
    messages,
    overrides,
    proposals,
    reports,
    signals,
    workers,
)
from storage.schema.columns import (
    METADATA,
    Utc,
)
from storage.schema.decided import (
    decision_subjects,
    decisions,
    entries,
    entry_addresses,
    entry_projects,
    hold_ends,
    holds,
    payloads,
    undoes,
)
from storage.schema.domain import (
    accounts,
    descriptions,
    files,
    identity,
    login_failures,
    members,
    projects,
    releases,
    tokens,
)

for _table in METADATA.tables.values():
    for _key in _table.foreign_keys:
        _key.parent.type = _key.column.type  # As wide as what it points to.

__all__ = [
    "METADATA",
    "Utc",
    "accounts",
    "appeals",
    "cases",
    "decision_subjects",
    "decisions",
    "descriptions",
    "downloads",
    "entries",
    "entry_addresses",
    "entry_cases",
    "entry_projects",
    "erasures",
    "files",
    "hold_ends",
    "holds",
    "identity",
    "jobs",
    "login_failures",
    "members",
    "messages",
    "overrides",
    "payloads",
    "projects",
    "proposals",
    "releases",
    "reports",
    "signals",
    "tokens",
    "undoes",
    "workers",
]
