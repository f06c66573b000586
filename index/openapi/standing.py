"""The shapes of how accounts stand, for the description alone."""

from datetime import datetime

from index.openapi.answers import Account, Hold, Limits, Missing, Shape
from moderation.admission import Standing


class Override(Shape, frozen=True):
    """Limits that a decision gave to an account."""

    projects_per_day: int | None
    files_per_day: int | None
    files_per_10_minutes: int | None
    until: datetime | None
    reason: str
    decision: int


class Vouch(Shape, frozen=True):
    """Who says that the account is trusted, and why."""

    decision: int
    by: str
    at: datetime
    reason: str


class AccountCounts(Shape, frozen=True):
    """Files ever added; holds and decisions ever about the account."""

    files: int
    holds: int
    decisions: int


class AccountSeen(Shape, frozen=True):
    """What moderators may know of an account."""

    account: Account
    standing: Standing
    missing: list[Missing]
    limits: Limits
    overrides: list[Override]
    vouches: list[Vouch]
    holds: list[Hold]
    projects: list[str]
    counts: AccountCounts
