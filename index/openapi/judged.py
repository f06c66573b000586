"""The shapes of what moderators are answered, for the description alone."""

from datetime import datetime
from typing import Any

import msgspec

from index.openapi.answers import Hold, Shape
from storage.records import Act, Kind, Outcome


class Decision(Shape, frozen=True):
    """A decision, as moderators see it."""

    id: int
    act: Act
    by: str
    at: datetime
    reason: str
    note: str
    private_note: str
    subjects: list[str]
    holds: list[int]
    undoes: list[int]
    effective: bool
    case: int | None


class DecisionSeen(Shape, frozen=True):
    """One decision, whole."""

    decision: Decision


class Brief(Decision, frozen=True):
    """A decision among others: of its lists at most 100 each, and how long they are."""

    subjects_count: int
    holds_count: int
    undoes_count: int


class Decisions(Shape, frozen=True):
    """The newest first."""

    decisions: list[Brief]


class Affected(Shape, frozen=True):
    """What a decision reaches."""

    files: int
    projects: list[str]


class Decided(Shape, frozen=True):
    """A decision that was made, and what it reaches."""

    decision: Decision
    affected: Affected


class Verdict(Shape, frozen=True):
    """What was decided before about the same subjects."""

    decision: int
    act: Act
    by: str
    at: datetime
    reason: str
    effective: bool


class Impact(Shape, frozen=True):
    """What a decision would reach."""

    files: int
    projects: list[str]
    established: int
    oldest: datetime | None
    newest: datetime | None
    downloads: int
    members: list[str]
    members_count: int
    verdicts: list[Verdict]


class Tally(Shape, frozen=True):
    """How many there were, and what a mode would have done with them."""

    total: int
    refused: int
    waiting: int


class Forecast(Shape, frozen=True):
    """What a mode would have done with the last 7 days."""

    sign_ups: Tally
    uploads: Tally
    new_projects: Tally


class Preview(Shape, frozen=True):
    """What a decision would do (`dry_run=1`); nothing was done."""

    dry_run: bool
    affected: Affected
    impact: Impact
    undoes: list[int]
    last_7_days: Forecast | msgspec.UnsetType = msgspec.UNSET


class Proposal(Shape, frozen=True):
    """What takes two people; at most 100 of its subjects are named."""

    id: int
    act: Act
    by: str
    at: datetime
    reason: str
    subjects: list[str]
    subjects_count: int
    ended_by: str | None
    ended_at: datetime | None
    decision: int | None


class Proposed(Shape, frozen=True):
    """A proposal, which somebody else has to confirm."""

    proposal: Proposal


class Proposals(Shape, frozen=True):
    """The newest first."""

    proposals: list[Proposal]


class Confirmed(Decided, frozen=True):
    """The decision that a proposal became."""

    proposal: Proposal


class Holds(Shape, frozen=True):
    """The newest of those in force."""

    holds: list[Hold]


class Entry(Shape, frozen=True):
    """A line of the journal; a long list in its details is cut, and has a count beside it."""

    serial: int
    at: datetime
    actor: str
    act: str
    subject: str
    reason: str
    details: dict[str, Any]
    erased: bool


class Entries(Shape, frozen=True):
    """The oldest first."""

    entries: list[Entry]


class Verified(Shape, frozen=True):
    """Whether the chain of the journal is whole, or after how many entries it breaks."""

    valid: bool
    entries: int
    fault: str | None
    first_wrong_serial: int | None


class Claimed(Shape, frozen=True):
    """Whose the case is, and until when."""

    by: str
    until: datetime


class CaseClaimed(Shape, frozen=True):
    """Whose the case is now, if anybody's."""

    case: int
    version: int
    claim: Claimed | None


class Reporter(Shape, frozen=True):
    """Who reported, and how their reports ended so far."""

    name: str
    confirmed: int
    dismissed: int


class Report(Shape, frozen=True):
    """A report, as moderators see it."""

    id: int
    reporter: Reporter
    subject: str
    kind: Kind
    summary: str
    evidence: list[dict[str, Any]]
    at: datetime
    status: Outcome
    decision: int | None
