"""Setting and leaving a mode: a hold on the whole index, and the release of all of them."""

from datetime import datetime

from moderation.deciding import Why, journaled, record
from storage import holds, modes
from storage.database import Transaction
from storage.problems import Conflict, Invalid
from storage.records import Act, Decision, Mode, Target
from storage.subjects import INDEX

_INDEX = [Target(subject=INDEX)]


def set_mode(tx: Transaction, mode: Mode, *, why: Why, until: datetime | None = None) -> Decision:
    """Put the index into a mode, until a moment or for good; `open` leaves every mode.

    Modes compose: the strictest in force counts, so a milder one takes effect when the stricter
    ones are over. Leaving is possible in every mode, read-only too. Raises Invalid, and Conflict
    if the index is open already.
    """
    if mode is Mode.OPEN:
        return _leave(tx, why, until)
    if until is not None and until <= why.at:
        raise Invalid("The end of a mode must lie in the future.")
    decision = record(tx, Act.MODE, _INDEX, why)
    holds.open_many(
        tx, _INDEX, effects=(), from_at=why.at, until_at=until, decision=decision, mode=mode
    )
    details = {"mode": mode, "until": until.isoformat() if until else None}
    return journaled(tx, Act.MODE, decision, _INDEX, why, details)


def _leave(tx: Transaction, why: Why, until: datetime | None) -> Decision:
    if until is not None:
        raise Invalid("The mode open has no end: it ends the others.")
    if not modes.in_force_at(tx, at=why.at):
        raise Conflict("The index is open: no mode is in force.")
    ending = modes.ever_set(tx)
    decision = record(tx, Act.MODE, _INDEX, why)
    holds.end_many(tx, ending, decision=decision)
    details = {"mode": Mode.OPEN, "holds": sorted(ending)}
    return journaled(tx, Act.MODE, decision, _INDEX, why, details)
