"""Undo: take back decisions exactly, one or many, as if they had never been made."""

from collections.abc import Collection
from datetime import datetime

from moderation.deciding import MAX_SUBJECTS, Why, journaled, record
from storage import decisions, holds, subjects, undoes
from storage.database import Transaction
from storage.problems import Conflict, Invalid
from storage.records import Act, Decision

MODERATORS = (Act.HOLD, Act.RELEASE, Act.DISMISS, Act.LIMITS, Act.MODE, Act.UNDO)
"""What many are taken back of at once."""

MODERATING_ACCOUNTS = (Act.VOUCH,)
"""That too, unless it was decided on the command line, where each account is made with one."""


def undo(tx: Transaction, decision_id: int, *, why: Why) -> Decision:
    """Take back one decision, exactly, as if it had never been made.

    Raises NotFound, and Conflict if it is undone already, saying by whom and when.
    """
    if decisions.by_id(tx, decision_id).act is Act.ERASE:
        raise Conflict("An erasure cannot be undone: its bytes are gone.")
    if before := undoes.effective(tx, decision_id):
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
    case: int | None = None,
) -> Decision:
    """Take back all that moderators decided in that time (any of *by*), in one decision.

    With a *case*, only what settled that one. What owners withdrew and restored is theirs, and
    an account stays as it was made. What others undid already is among it, so undoing their undo
    later brings back nothing of it. Raises Conflict if nothing is left to undo.
    """
    made = decisions.made(
        tx,
        acts=MODERATORS,
        if_by_accounts=MODERATING_ACCOUNTS,
        by=by,
        since=since,
        until=until,
        case=case,
    )
    if len(made) > MAX_SUBJECTS:
        raise Invalid(
            f"That would undo {len(made):,} decisions, and {MAX_SUBJECTS:,} is the most at once.",
            hint="Name a shorter time.",
        )
    undone = undoes.of(tx, made)
    if all(undone[id_] - set(made) for id_ in made):
        raise Conflict("Nothing that was decided then is left to undo.")
    return undo_together(tx, made, why=why)


def undo_together(
    tx: Transaction, ids: Collection[int], *, why: Why, act: Act = Act.UNDO
) -> Decision:
    """Take back several decisions in one, whether others undid them already or not."""
    targets = subjects.resolve(tx, decisions.subjects_of(tx, ids))
    decision = record(tx, act, targets, why)
    undoes.point(tx, decision, ids)
    details = {"undoes": sorted(ids)}
    reached = undoes.reached_by(tx, ids)
    cases = decisions.cases_of(tx, reached)
    # Uploads that wait for a mode are holds of its decision, and in no list of its subjects.
    projects = holds.projects_of(tx, reached)
    return journaled(tx, act, decision, targets, why, details, cases=cases, projects=projects)
