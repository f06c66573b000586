"""Hold, release and dismiss: opening holds, ending them, and saying that nothing is wrong.

A decision writes holds, ends of holds, or undoes, and one journal entry: never a domain row
(law 1). So an undo restores exactly what would be without it (law 2).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from moderation.cases import known_case
from moderation.deciding import MAX_SUBJECTS, Why, journaled, record, targets_of
from moderation.effects import checked_effects
from storage import holds, subjects
from storage.database import Transaction
from storage.problems import Conflict, Forbidden, Invalid, NotFound
from storage.records import Act, Decision, Effect, Role, Target

OF_MODERATORS = (Act.HOLD, Act.MODE)
"""What opens the holds that a release ends: uploads that wait do so because of a mode."""


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
    targets = targets_of(tx, names)
    _check_spares_admins(tx, targets, why)
    by_effects: dict[frozenset[Effect], list[Target]] = {}
    for target in targets:
        by_effects.setdefault(checked_effects(target.subject, effects), []).append(target)
    decision = record(tx, act, targets, why)
    for chosen, some in by_effects.items():
        holds.open_many(tx, some, effects=chosen, from_at=why.at, until_at=until, decision=decision)
    details = {
        "effects": sorted({effect for chosen in by_effects for effect in chosen}),
        "until": until.isoformat() if until else None,
    }
    return journaled(tx, act, decision, targets, why, details)


def release(
    tx: Transaction,
    names: Sequence[str] = (),
    *,
    why: Why,
    hold_ids: Collection[int] = (),
) -> Decision:
    """End the holds named, or every hold that moderators ever opened on these subjects.

    Releasing a project or a release publishes what waits in it too. Holds already ended or
    undone are ended once more, so that undoing something else later brings back nothing that
    this release would have ended anyway. What an owner withdrew is the owner's. Raises Conflict
    if none of it is in force, Forbidden, Invalid, NotFound.
    """
    if len(names) + len(hold_ids) > MAX_SUBJECTS:
        raise Invalid(f"One decision may have at most {MAX_SUBJECTS:,} subjects.")
    ending = _known_holds(tx, hold_ids)
    targets = targets_of(tx, [*names, *ending.values()])
    named = subjects.resolve(tx, names)
    ending |= holds.ever_on_subjects(tx, {each.subject for each in named}, acts=OF_MODERATORS)
    ending |= holds.ever_waiting_in(tx, named)
    standing = holds.in_force_of(tx, ending, at=why.at)
    held = {subject for hold, subject in ending.items() if hold in standing}
    if idle := [target.subject for target in targets if target.subject not in held]:
        raise Conflict(f"Not held: {', '.join(idle[:5])}.", hint="Leave it out, or look again.")
    decision = record(tx, Act.RELEASE, targets, why)
    holds.end_many(tx, ending, decision=decision)
    return journaled(tx, Act.RELEASE, decision, targets, why, {"holds": sorted(ending)})


def dismiss(tx: Transaction, case_id: int, *, why: Why) -> Decision:
    """Close a case: nothing is wrong. What waits in it goes on waiting.

    Raises NotFound, and Conflict if it was settled already or another has claimed it.
    """
    why = replace(why, case=case_id)
    about = [Target(subject=known_case(tx, case_id).subject)]  # No page changes with it.
    decision = record(tx, Act.DISMISS, about, why)
    return journaled(tx, Act.DISMISS, decision, about, why, {"case": case_id})


def _check_spares_admins(tx: Transaction, targets: Sequence[Target], why: Why) -> None:
    # A moderator's token that got into other hands must not lock everybody out (ATTACKS 36).
    if why.role is Role.ADMIN:
        return
    for spared in subjects.of_admins(tx, [target.subject for target in targets]):
        raise Forbidden(f"Only an admin may hold {spared}, which is an admin's.")


def _known_holds(tx: Transaction, hold_ids: Collection[int]) -> dict[int, str]:
    """Each hold with its subject. Raises NotFound, and Forbidden for what an owner withdrew."""
    found = {hold.id: hold.subject for hold in holds.by_ids(tx, hold_ids)}
    if unknown := set(hold_ids) - found.keys():
        raise NotFound(f"There is no hold {min(unknown)}.")
    made = holds.ever_on_subjects(tx, set(found.values()), acts=OF_MODERATORS)
    if withdrawn := found.keys() - made.keys():
        raise Forbidden(
            f"Hold {min(withdrawn)} is a withdrawal by an owner, or an erasure.",
            hint="A release does not end it. Undo its decision if it was not the owner's will.",
        )
    return found
