"""What every decision has in common: who, why, its targets, and its entry in the journal."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation import telling
from moderation.cases import check_may_settle
from storage import decisions, journal, subjects
from storage.database import Transaction
from storage.problems import Invalid
from storage.records import Act, Decision, Role, Target

MAX_SUBJECTS = 50_000
"""How many subjects one decision may have."""

MAX_REASON_CHARACTERS = 4_000
"""The longest reason or note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Who decides, when, and the words that stay with the decision."""

    by: str
    at: datetime
    reason: str
    note: str = ""
    private_note: str = ""
    key: str | None = None
    key_request: str | None = None
    role: Role = Role.ADMIN
    case: int | None = None
    """The case that is settled with it."""
    version: int | None = None
    """That of the case when it was looked at; None: whatever it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What a decision reaches: how many files, of which projects."""

    files: int
    projects: tuple[str, ...]


def record(tx: Transaction, act: Act, targets: Sequence[Target], why: Why) -> int:
    """A new decision on *targets*, without its effects yet. Raises Invalid for no reason.

    Raises Conflict, NotFound if its case cannot be settled by this person, or not any more.
    """
    check_words(why)
    if why.case is not None:
        check_may_settle(tx, why.case, by=why.by, version=why.version, at=why.at)
    return decisions.record(
        tx,
        act=act,
        by=why.by,
        at=why.at,
        reason=why.reason.strip(),
        note=why.note,
        private_note=why.private_note,
        key=why.key,
        key_request=why.key_request,
        subjects=[target.subject for target in targets],
        case=why.case,
        case_serial=journal.last_serial(tx) if why.case is not None else None,
    )


def check_words(why: Why) -> None:
    """Raises Invalid for no reason, or for more words than anybody reads."""
    if not why.reason.strip():
        raise Invalid("Say why. The people concerned will read it.")
    if max(map(len, (why.reason, why.note, why.private_note))) > MAX_REASON_CHARACTERS:
        raise Invalid(f"A reason or a note may have {MAX_REASON_CHARACTERS:,} characters.")


def journaled(
    tx: Transaction,
    act: Act,
    decision: int,
    targets: Sequence[Target],
    why: Why,
    details: Mapping[str, object],
    cases: Collection[int] = (),
    projects: Collection[int] = (),
) -> Decision:
    """The decision, with its entry in the journal; whom it concerns is told of it.

    *cases* and *projects* change with it, besides its own case and the projects of its targets.
    """
    names = [target.subject for target in targets]
    journal.append(
        tx,
        at=why.at,
        actor=why.by,
        act=act,
        subject=names[0] if len(names) == 1 else f"decision:{decision}",
        reason=why.reason.strip(),
        details={"decision": decision, "subjects": names, **details},
        projects={
            *projects,
            *(target.project_id for target in targets if target.project_id is not None),
        },
        cases={*cases} if why.case is None else {*cases, why.case},
    )
    made = decisions.by_id(tx, decision)
    telling.about(tx, made, targets, details)
    return made


def affected(tx: Transaction, decision: Decision) -> Affected:
    """What the decision reaches: nothing, if it says that nothing is wrong."""
    if decision.act is Act.DISMISS:
        return Affected(files=0, projects=())
    targets = subjects.resolve(tx, decision.subjects)
    return Affected(
        files=subjects.count_files(tx, targets), projects=subjects.project_names(tx, targets)
    )


def targets_of(tx: Transaction, names: Sequence[str]) -> list[Target]:
    """The rows of what is decided about. Raises Invalid for none or too many, NotFound."""
    if not names:
        raise Invalid("Name at least one subject.")
    if len(names) > MAX_SUBJECTS:
        raise Invalid(f"One decision may have at most {MAX_SUBJECTS:,} subjects.")
    return subjects.resolve(tx, names)
