"""The terms of this index: how much anybody may publish, and how long an account is new."""

from dataclasses import dataclass, field
from datetime import timedelta

from moderation.rules.protected import Protected
from storage.records import Allowance

CLAIM_LASTS = timedelta(minutes=5)
"""How long a case is somebody's who does nothing about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How long an account is new, unless a moderator vouches for it."""

    account_age: timedelta = timedelta(days=7)
    file_age: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the operator set."""

    project_bytes: int = 10 << 30
    reports_per_day: int = 20
    trial: Trial = field(default_factory=Trial)
    new: Allowance = field(
        default_factory=lambda: Allowance(
            projects_per_day=2, files_per_day=20, files_per_10_minutes=5
        )
    )
    trusted: Allowance = field(
        default_factory=lambda: Allowance(projects_per_day=20, files_per_day=500)
    )
    signups_per_day: int = 5
    """From one address."""
    wait_at_score: int = 0
    """An upload whose signals reach it together waits; 0: none does."""
    protected: Protected = field(default_factory=Protected)
    """The names that others must not be taken for."""
