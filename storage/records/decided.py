"""What was decided, and what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from packaging.utils import NormalizedName


class Effect(StrEnum):
    """What a hold does to its subject while it is in force."""

    HIDE = "hide"
    REFUSE = "refuse"
    FREEZE = "freeze"
    SUSPEND = "suspend"
    WAIT = "wait"


class Act(StrEnum):
    """What a decision does."""

    HOLD = "hold"
    RELEASE = "release"
    UNDO = "undo"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    VOUCH = "vouch"
    LIMITS = "limits"
    MODE = "mode"
    DISMISS = "dismiss"
    ERASE = "erase"


class Mode(StrEnum):
    """A step of the ladder, each stricter than the one before it (DESIGN.md section 4)."""

    OPEN = "open"
    CAREFUL = "careful"
    REVIEW = "review"
    MEMBERS = "members"
    UPDATES = "updates"
    READ_ONLY = "read-only"

    @property
    def step(self) -> int:
        """How strict it is: 0 for open."""
        return list(Mode).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The mode in force, why, since when and until when; of which decision, None when open."""

    mode: Mode = Mode.OPEN
    reason: str = ""
    since_at: datetime | None = None
    until_at: datetime | None = None
    decision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A subject that exists, with the rows it stands for."""

    subject: str
    project_id: int | None = None
    release_id: int | None = None
    file_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A subject under effects, from a moment on, until another or for good."""

    id: int
    subject: str
    effects: frozenset[Effect]
    from_at: datetime
    until_at: datetime | None
    decision: int
    act: Act
    """What the decision was: a moderator's hold, or an owner's withdrawal."""
    reason: str
    mode: Mode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One act of one person, with a reason, on one or many subjects."""

    id: int
    act: Act
    by: str
    at: datetime
    reason: str
    note: str
    private_note: str
    subjects: tuple[str, ...]
    subjects_count: int
    """How many there are: in a list of decisions each has only the first of its subjects."""
    holds: tuple[int, ...]
    holds_count: int
    undoes: tuple[int, ...]
    undoes_count: int
    effective: bool
    case: int | None = None
    """The case that it settles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much one account may add. None: without a limit; in an override, as without it."""

    projects_per_day: int | None = None
    files_per_day: int | None = None
    files_per_10_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """The limits of one account, by a decision, until a moment or for good."""

    allowance: Allowance
    until_at: datetime | None
    decision: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the journal. The serial is the order in which things happened."""

    serial: int
    at: datetime
    actor: str
    act: str
    subject: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)
    erased: bool = False  # The reason and the details, for good.


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something the public may know: this happened to that project, as entry *serial* says."""

    serial: int
    at: datetime
    event: str
    project: NormalizedName
    version: str | None = None
    filename: str | None = None
