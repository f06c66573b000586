"""The shapes of the queue and its cases, for the description alone."""

from datetime import datetime

from index.openapi.answers import Shape
from index.openapi.judged import Brief, Claimed, Entry, Report
from storage.records import AppealStatus


class QueueLine(Shape, frozen=True):
    """A case in the queue, and why it is pressing."""

    id: int
    subject: str
    words: str
    reasons: list[str]
    claim: Claimed | None
    version: int
    opened_at: datetime


class Queue(Shape, frozen=True):
    """The most pressing first, and how many are open in all."""

    cases: list[QueueLine]
    open: int


class Settled(Shape, frozen=True):
    """Who settled a case, when, and with which decision."""

    by: str
    at: datetime
    decision: int


class Exposure(Shape, frozen=True):
    """How much hangs on a case."""

    files: int
    downloads: int
    members: int
    created_at: datetime | None


class CaseCounts(Shape, frozen=True):
    """How many of each there are in all; the lists may be cut."""

    reports: int
    signals: int
    waiting: int
    appeals: int
    files: int
    members: int


class Signal(Shape, frozen=True):
    """What a rule noticed, and why."""

    id: int
    subject: str
    rule: str
    version: int
    score: int
    why: str
    at: datetime
    open: bool


class WaitingFile(Shape, frozen=True):
    """An upload that waits for a moderator."""

    filename: str
    uploaded_by: str
    uploaded_at: datetime
    decision: int


class Appeal(Shape, frozen=True):
    """What somebody says against a decision."""

    id: int
    decision: int
    account: str
    message: str
    at: datetime
    status: AppealStatus


class Case(Shape, frozen=True):
    """All about one case; each list begins with the newest."""

    id: int
    subject: str
    open: bool
    settled: Settled | None
    version: int
    opened_at: datetime
    claim: Claimed | None
    impact: Exposure
    counts: CaseCounts
    reports: list[Report]
    signals: list[Signal]
    waiting: list[WaitingFile]
    appeals: list[Appeal]
    decisions: list[Brief]
    files: list[str]
    members: list[str]
    history: list[Entry]


class Message(Shape, frozen=True):
    """A mail or a webhook: when it is due, how often it was tried, and how it ended."""

    id: int
    kind: str
    recipient: str
    decision: int | None
    due_at: datetime
    attempts: int
    ended_at: datetime | None
    outcome: str | None


class Messages(Shape, frozen=True):
    """The newest first."""

    messages: list[Message]
