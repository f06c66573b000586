"""What moderators work on: cases, and what somebody or something said in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.records.decided import Act


class Kind(StrEnum):
    """What a report says is wrong, the worst first."""

    MALWARE = "malware"
    DEPENDENCY_CONFUSION = "dependency-confusion"
    IMPERSONATION = "impersonation"
    SPAM = "spam"
    OTHER = "other"


class Outcome(StrEnum):
    """How a report ended, or that it did not yet."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where everything about one project, or one account, comes together."""

    id: int
    subject: str
    project_id: int | None
    account_id: int | None
    opened_at: datetime
    claimed_by: str | None
    """The name of the account that has claimed it, whether that has run out or not."""
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The decision that settled something."""

    decision: int
    act: Act
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Somebody says that something is wrong, and how that ended."""

    id: int
    case: int
    serial: int
    reporter: str
    reporter_id: int
    subject: str
    kind: Kind
    summary: str
    evidence: tuple[Mapping[str, Any], ...]
    at: datetime
    ending: Ending | None

    @property
    def outcome(self) -> Outcome:
        """Dismissed by a dismissal, confirmed by any other decision about its case."""
        if self.ending is None:
            return Outcome.OPEN
        return Outcome.DISMISSED if self.ending.act is Act.DISMISS else Outcome.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """How the reports of one account have ended so far."""

    confirmed: int = 0
    dismissed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that one rule noticed, and why; *open* until a decision about its case."""

    id: int
    subject: str
    rule: str
    version: int
    score: int
    why: str
    at: datetime
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A file that waits for a moderator."""

    filename: str
    uploaded_by: str
    uploaded_at: datetime
    decision: int
    """Under which it waits."""


class AppealStatus(StrEnum):
    """How an appeal stands, worked out from decisions."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Somebody whom a decision concerns says that it is wrong."""

    id: int
    decision: int
    account: str
    message: str
    at: datetime
    status: AppealStatus
