"""Appeals: whom a decision concerns says that it is wrong, and somebody looks again."""

from datetime import datetime, timedelta

from moderation.cases import case_of
from storage import appeals, concerning, counting, decisions, journal, subjects
from storage.database import Transaction
from storage.problems import Conflict, Invalid, NotFound, TooMany
from storage.records import Account, Act, Appeal, AppealStatus, Decision

APPEALED = (Act.HOLD, Act.LIMITS)
"""The acts that can be appealed: what moderators do to somebody."""

MAX_CHARACTERS = 4_000
"""The longest message."""

PER_DAY = 10
"""How often one account may appeal in 24 hours."""

COUNTS_FOR = timedelta(days=1)


def appeal(
    tx: Transaction,
    decision_id: int,
    account: Account,
    *,
    message: str,
    at: datetime,
    project: str | None = None,
) -> Appeal:
    """Say that a decision is wrong; with *project*, only as far as it concerns that one.

    Raises Invalid, NotFound for a decision that does not concern the account, Conflict for one
    that cannot be appealed (any more) or is appealed already, TooMany.
    """
    _check_message(message)
    decision, subject = _concerned(tx, decision_id, account, project)
    _check_can_be_appealed(tx, decision, account)
    _check_limit(tx, account, at)
    (target,) = subjects.resolve(tx, [subject])
    case_id = case_of(tx, target, at=at)
    serial = journal.append(
        tx,
        at=at,
        actor=account.actor,
        act="appeal",
        subject=subject,
        details={"decision": decision_id},
        cases=[case_id],
    )
    return appeals.add(
        tx,
        case_id=case_id,
        serial=serial,
        decision=decision_id,
        account_id=account.id,
        message=message,
        at=at,
    )


def _check_message(message: str) -> None:
    if not message.strip():
        raise Invalid("Say why the decision is wrong.")
    if len(message) > MAX_CHARACTERS:
        raise Invalid(f"An appeal may have {MAX_CHARACTERS:,} characters.")


def _concerned(
    tx: Transaction, decision_id: int, account: Account, project: str | None
) -> tuple[Decision, str]:
    """The decision, and the first of its subjects that concerns the account."""
    subject = concerning.first_subject(tx, decision_id, account, project=project)
    if subject is None:
        raise NotFound(
            f"There is no decision {decision_id} that concerns you.",
            hint="GET /api/me shows what was decided about you and your projects.",
        )
    return decisions.by_id(tx, decision_id), subject


def _check_can_be_appealed(tx: Transaction, decision: Decision, account: Account) -> None:
    if decision.act not in APPEALED:
        raise Conflict(_NOT_APPEALED.get(decision.act, "Only holds and limits can be appealed."))
    if not decision.effective:
        raise Conflict(f"Decision {decision.id} is undone already.")
    before = appeals.newest(tx, [decision.id], account_id=account.id).get(decision.id)
    if before is not None and before.status is AppealStatus.OPEN:
        raise Conflict(
            f"You appealed decision {decision.id} at {before.at:%Y-%m-%d %H:%M} UTC already.",
            hint="A moderator will answer it; GET /api/me says how it stands.",
        )


def _check_limit(tx: Transaction, account: Account, at: datetime) -> None:
    used, leaving = counting.of_actor(
        tx, account.actor, "appeal", after=at - COUNTS_FOR, limit=PER_DAY
    )
    if used < PER_DAY or leaving is None:
        return
    raise TooMany(
        f"An account may appeal {PER_DAY} times in 24 hours.",
        retry_after_seconds=int((leaving + COUNTS_FOR - at).total_seconds()) + 1,
        hint="Wait until then.",
    )


_NOT_APPEALED = {
    Act.WITHDRAW: "The owners of the project withdrew it; one of them can restore it.",
    Act.RESTORE: "The owners of the project restored it; one of them can withdraw it again.",
    Act.ERASE: "An erasure cannot be appealed: its bytes are gone.",
    Act.MODE: "A mode of the whole index cannot be appealed; a moderator looks at what waits.",
}
