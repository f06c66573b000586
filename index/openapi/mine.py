"""What is told to somebody about themselves, for the description alone."""

from datetime import datetime

from index.openapi.answers import Account, HoldOnMe, Limits, Missing, Shape, Token
from moderation.admission import Standing
from storage.records import Act, AppealStatus, Effect


class Appeal(Shape, frozen=True):
    """How an appeal stands: open, upheld or overturned."""

    id: int
    decision: int
    status: AppealStatus
    at: datetime


class Appealed(Shape, frozen=True):
    """The appeal that was made."""

    appeal: Appeal


class Allowed(Shape, frozen=True):
    """Limits of one's own; null is as for everybody."""

    projects_per_day: int | None
    files_per_day: int | None
    files_per_10_minutes: int | None


class Statement(Shape, frozen=True):
    """Something in force against somebody: its ground, and how to answer."""

    decision: int
    act: Act
    subject: str
    effects: list[Effect]
    limits: Allowed | None
    since: datetime
    until: datetime | None
    reason: str
    note: str
    by: str
    machine: bool
    answer: str | None
    appeal: Appeal | None


class Me(Shape, frozen=True):
    """Who asks, with which token, and what is held against them."""

    account: Account
    standing: Standing
    missing: list[Missing]
    limits: Limits
    token: Token | None
    tokens: list[Token]
    projects: list[str]
    holds: list[HoldOnMe]
    statements: list[Statement]
    statements_count: int
    appeals: list[Appeal]
