"""The shapes of what accounts and owners are answered, for the description alone.

Nothing is made of them: the answers are built beside their endpoints, and the tests compare both.
"""

from datetime import datetime
from typing import Literal

import msgspec

from moderation.admission import Standing
from storage.records import Act, AppealStatus, Effect, Kind, Mode, Outcome, Role, Scope, Status


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON object that has each of its fields."""


class Refusal(Shape, frozen=True):
    """Why a request is refused, and what to do about it."""

    code: str
    message: str
    hint: str | msgspec.UnsetType = msgspec.UNSET


class Account(Shape, frozen=True):
    """An account, to itself and to moderators."""

    name: str
    email: str | None
    role: Role
    created_at: datetime


class AccountMade(Shape, frozen=True):
    """The account that was made."""

    account: Account


class Token(Shape, frozen=True):
    """A token, without its secret."""

    id: str
    scope: Scope
    project: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


class TokenMade(Token, frozen=True):
    """A token with its secret, which is shown this once."""

    token: str


class TokenRevoked(Shape, frozen=True):
    """The id of the token that was revoked."""

    revoked: str


class Missing(Shape, frozen=True):
    """What an account lacks to be trusted, and until when."""

    what: Literal["account-age", "public-file"]
    until: datetime | None


class Usage(Shape, frozen=True):
    """One limit: null is none."""

    limit: int | None
    used: int
    remaining: int | None
    free_at: datetime | None


class Limits(Shape, frozen=True):
    """What is left of each limit of an account."""

    projects_per_day: Usage
    files_per_day: Usage
    files_per_10_minutes: Usage


class HoldOnMe(Shape, frozen=True):
    """A hold, as the account that it is on sees it."""

    subject: str
    effects: list[Effect]
    reason: str
    since: datetime
    until: datetime | None


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


class Admission(Shape, frozen=True):
    """The mode in force: why, since when and until when."""

    mode: Mode
    reason: str
    since: datetime | None
    until: datetime | None


class ReportMade(Shape, frozen=True):
    """A report that was taken in."""

    id: int
    subject: str
    case: int
    status: Outcome


class ReportsMade(Shape, frozen=True):
    """One report for each subject; `report` is the first."""

    report: ReportMade
    reports: list[ReportMade]


class MyReport(ReportMade, frozen=True):
    """A report, as who made it sees it, and how it ended."""

    kind: Kind
    summary: str
    at: datetime
    ended_at: datetime | None
    reason: str | None


class MyReports(Shape, frozen=True):
    """The newest first."""

    reports: list[MyReport]


class Hold(Shape, frozen=True):
    """A hold in force."""

    id: int
    subject: str
    effects: list[Effect]
    reason: str
    since: datetime
    until: datetime | None
    decision: int


class Upload(Shape, frozen=True):
    """What became of an upload."""

    project: str
    version: str
    filename: str
    status: Literal["published", "waiting", "held"]
    reason: str | None
    holds: list[Hold]


class Yanked(Shape, frozen=True):
    """Whether the part is yanked: the reason, true without one, or false."""

    subject: str
    yanked: str | bool


class Withdrawn(Shape, frozen=True):
    """The decision that withdrew or restored the part."""

    subject: str
    decision: int


class StatusSet(Shape, frozen=True):
    """What the owners say of their project."""

    project: str
    status: Status
    reason: str


class Member(Shape, frozen=True):
    """Whether the account is a member of the project now."""

    project: str
    account: str
    member: bool


class PublicDecision(Shape, frozen=True):
    """A decision as everybody may know it: who decided is told by role."""

    id: int
    act: str
    at: datetime
    by: str
    reason: str
    note: str
    subjects: list[str]
    subject_count: int
    until: datetime | None
    effective: bool


class PublicDecisions(Shape, frozen=True):
    """The newest first."""

    decisions: list[PublicDecision]
