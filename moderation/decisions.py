"""Decisions: hold, release and undo, each one act of one person, with a reason.

A decision writes holds, ends of holds, or undoes, and one journal entry: never a domain row
(law 1). So an undo restores exactly what would be without it (law 2).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from moderation.effects import checked_effects
from storage import decisions, holds, journal, subjects
from storage.database import Transaction
from storage.problems import Conflict, Forbidden, Invalid, NotFound
from storage.records import Act, Decision, Effect, Role, Target

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """What a decision reaches: how many files, of which projects."""

    files: int
    projects: tuple[str, ...]


def hold(
    tx: Transaction,
    names: Sequence[str],
    *,
    why: Why,
    effects: Collection[Effect] = (),
    until: datetime | None = None,
    act: Act = Act.HOLD,
) -> Decision:
    """Put subjects under effects, until a moment or for good.

    Without *effects* each kind of subject gets its own (DESIGN.md section 6). Raises Invalid,
    NotFound, and Forbidden for an admin's account or token, unless an admin decides.
    """
    if until is not None and until <= why.at:
        raise Invalid("The end of a hold must lie in the future.")
    targets = _targets(tx, names)
    _check_spares_admins(tx, targets, why)
    by_effects: dict[frozenset[Effect], list[Target]] = {}
    for target in targets:
        by_effects.setdefault(checked_effects(target.subject, effects), []).append(target)
    decision = _record(tx, act, targets, why)
    for chosen, some in by_effects.items():
        holds.open_many(tx, some, effects=chosen, from_at=why.at, until_at=until, decision=decision)
    details = {
        "effects": sorted({effect for chosen in by_effects for effect in chosen}),
        "until": until.isoformat() if until else None,
    }
    return _journaled(tx, act, decision, targets, why, details)


def release(
    tx: Transaction,
    names: Sequence[str] = (),
    *,
    why: Why,
    hold_ids: Collection[int] = (),
) -> Decision:
    """End the holds named, or every hold that a moderator ever opened on these subjects.

    Holds already ended or undone are ended once more, so that undoing something else later
    brings back nothing that this release would have ended anyway. What an owner withdrew is
    the owner's. Raises Conflict if none of it is in force, Forbidden, Invalid, NotFound.
    """
    if len(names) + len(hold_ids) > MAX_SUBJECTS:
        raise Invalid(f"One decision may have at most {MAX_SUBJECTS:,} subjects.")
    ending = _known_holds(tx, hold_ids)
    targets = _targets(tx, [*names, *ending.values()])
    named = {target.subject for target in subjects.resolve(tx, names)}
    ending |= holds.ever_on_subjects(tx, named, acts=(Act.HOLD,))
    in_force = holds.on_subjects(tx, {target.subject for target in targets}, at=why.at)
    held = {hold.subject for hold in in_force if hold.id in ending}
    if idle := [target.subject for target in targets if target.subject not in held]:
        raise Conflict(f"Not held: {', '.join(idle[:5])}.", hint="Leave it out, or look again.")
    decision = _record(tx, Act.RELEASE, targets, why)
    holds.end_many(tx, ending, decision=decision)
    return _journaled(tx, Act.RELEASE, decision, targets, why, {"holds": sorted(ending)})


def undo(tx: Transaction, decision_id: int, *, why: Why) -> Decision:
    """Take back one decision, exactly, as if it had never been made.

    Raises NotFound, and Conflict if it is undone already, saying by whom and when.
    """
    decisions.by_id(tx, decision_id)
    if before := decisions.effective_undo(tx, decision_id):
        raise Conflict(
            f"Decision {decision_id} was undone by {before.by} at "
            f"{before.at:%Y-%m-%d %H:%M:%S} UTC (decision {before.id}).",
            hint=f"To make it effective again, undo decision {before.id}.",
        )
    return undo_together(tx, [decision_id], why=why)


def actors(name: str) -> tuple[str, str]:
    """Everybody whom *name* may mean: the account, or who ran the command line.

    Raises Invalid for no name, which would mean everybody.
    """
    if not name.strip():
        raise Invalid("The name of whose decisions are meant is empty.")
    return subjects.account(name.lower()), f"operator:{name}"


def undo_made(
    tx: Transaction,
    *,
    by: Collection[str],
    since: datetime | None,
    until: datetime | None,
    why: Why,
) -> Decision:
    """Take back all that moderators decided in that time (any of *by*), in one decision.

    What owners withdrew and restored is theirs, and an account stays vouched for. What others
    undid already is among it, so undoing their undo later brings back nothing of it.
    Raises Conflict if nothing is left to undo.
    """
    acts = (Act.HOLD, Act.RELEASE, Act.UNDO)
    made = decisions.made(tx, acts=acts, by=by, since=since, until=until)
    if len(made) > MAX_SUBJECTS:
        raise Invalid(
            f"That would undo {len(made):,} decisions, and {MAX_SUBJECTS:,} is the most at once.",
            hint="Name a shorter time.",
        )
    undone = decisions.undoes_of(tx, made)
    if all(undone[id_] - set(made) for id_ in made):
        raise Conflict("Nothing that was decided then is left to undo.")
    return undo_together(tx, made, why=why)


def undo_together(
    tx: Transaction, ids: Collection[int], *, why: Why, act: Act = Act.UNDO
) -> Decision:
    """Take back several decisions in one, whether others undid them already or not."""
    targets = subjects.resolve(tx, decisions.subjects_of(tx, ids))
    decision = _record(tx, act, targets, why)
    decisions.point_undo(tx, decision, ids)
    return _journaled(tx, act, decision, targets, why, {"undoes": sorted(ids)})


def affected(tx: Transaction, decision: Decision) -> Affected:
    """What the decision reaches."""
    targets = subjects.resolve(tx, decision.subjects)
    return Affected(
        files=subjects.count_files(tx, targets), projects=subjects.project_names(tx, targets)
    )


def _check_spares_admins(tx: Transaction, targets: Sequence[Target], why: Why) -> None:
    # A moderator's token that got into other hands must not lock everybody out (ATTACKS 36).
    if why.role is Role.ADMIN:
        return
    for spared in subjects.of_admins(tx, [target.subject for target in targets]):
        raise Forbidden(f"Only an admin may hold {spared}, which is an admin's.")


def _targets(tx: Transaction, names: Sequence[str]) -> list[Target]:
    if not names:
        raise Invalid("Name at least one subject.")
    if len(names) > MAX_SUBJECTS:
        raise Invalid(f"One decision may have at most {MAX_SUBJECTS:,} subjects.")
    return subjects.resolve(tx, names)


def _known_holds(tx: Transaction, hold_ids: Collection[int]) -> dict[int, str]:
    """Each hold with its subject. Raises NotFound, and Forbidden for what an owner withdrew."""
    found = {hold.id: hold.subject for hold in holds.by_ids(tx, hold_ids)}
    if unknown := set(hold_ids) - found.keys():
        raise NotFound(f"There is no hold {min(unknown)}.")
    made = holds.ever_on_subjects(tx, set(found.values()), acts=(Act.HOLD,))
    if withdrawn := found.keys() - made.keys():
        raise Forbidden(
            f"Hold {min(withdrawn)} is a withdrawal by an owner.",
            hint="A release does not end it. Undo its decision if it was not the owner's will.",
        )
    return found


def _record(tx: Transaction, act: Act, targets: Sequence[Target], why: Why) -> int:
    if not why.reason.strip():
        raise Invalid("Say why. The people concerned will read it.")
    if max(map(len, (why.reason, why.note, why.private_note))) > MAX_REASON_CHARACTERS:
        raise Invalid(f"A reason or a note may have {MAX_REASON_CHARACTERS:,} characters.")
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
    )


def _journaled(
    tx: Transaction,
    act: Act,
    decision: int,
    targets: Sequence[Target],
    why: Why,
    details: Mapping[str, object],
) -> Decision:
    names = [target.subject for target in targets]
    journal.append(
        tx,
        at=why.at,
        actor=why.by,
        act=act,
        subject=names[0] if len(names) == 1 else f"decision:{decision}",
        reason=why.reason.strip(),
        details={"decision": decision, "subjects": names, **details},
        projects={target.project_id for target in targets if target.project_id is not None},
    )
    return decisions.by_id(tx, decision)
