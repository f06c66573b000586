"""Cases: where what is said about one project or account comes together, and who works on it."""

from datetime import datetime, timedelta

from moderation.terms import CLAIM_LASTS
from storage import accounts, appeals, cases, journal, subjects
from storage.database import Transaction
from storage.problems import Conflict, NotFound
from storage.records import Account, Case, Entry, Target

TOLD_ENTRIES = 5
"""How many of the things that happened since are told to whoever decides too late."""

TOLD_OTHERS = 3
"""How many of those who could settle an appeal are named."""

OTHERS_FIRST = timedelta(hours=24)
"""How long only others settle an appeal against what somebody decided, if there are any."""


def case_of(tx: Transaction, target: Target, *, at: datetime) -> int:
    """The number of the case that *target* belongs to, which is made if there is none yet.

    Projects, their releases and files have one together, and so have an account and its tokens.
    Whatever goes into it needs the case in its entry: ``journal.append(..., cases=[case])``.
    """
    if target.project_id is not None:
        (name,) = subjects.project_names(tx, [target])
        subject, owner = subjects.project(name), None
    else:
        owner, name = subjects.account_of(tx, target.subject)
        subject = subjects.account(name)
    return cases.ensure(tx, subject, project_id=target.project_id, account_id=owner, at=at)


def known_case(tx: Transaction, case_id: int) -> Case:
    """The case of that number. Raises NotFound."""
    found = cases.by_id(tx, case_id)
    if found is None:
        raise NotFound(f"There is no case {case_id}.")
    return found


def claimant(case: Case, *, at: datetime) -> str | None:
    """Whose the case is at that moment: the name of an account."""
    if case.claimed_until is None or case.claimed_until <= at:
        return None
    return case.claimed_by


def check_may_settle(
    tx: Transaction, case_id: int, *, by: str, version: int | None, at: datetime
) -> None:
    """Raises Conflict, saying what is now true, unless *by* may decide the case as they saw it.

    That is: something in it is open, nobody else has claimed it, nothing has happened in it
    since *version*, if that is given, and no new appeal in it is against what they decided
    themselves, while others could settle it. Raises NotFound.
    """
    case = known_case(tx, case_id)
    _check_open(tx, case, at)
    if (name := claimant(case, at=at)) is not None and subjects.account(name) != by:
        raise _claimed(case, name)
    _check_no_judge_of_themselves(tx, case_id, by, at)
    newest = cases.version(tx, case_id)
    if version is not None and version != newest:
        happened = _since(tx, case_id, version)
        raise Conflict(
            f"Case {case_id} is at version {newest}, not {version}: {happened}.",
            hint="Look at it again, and send the version that it has then.",
        )


def claim(tx: Transaction, case_id: int, account: Account, *, at: datetime) -> Case:
    """Let the case be the account's for some minutes; again, if it is already.

    Raises NotFound, and Conflict if it is another's or nothing in it is open.
    """
    case = known_case(tx, case_id)
    name = claimant(case, at=at)
    if name == account.name:
        return renew(tx, case_id, account, at=at)
    _check_open(tx, case, at)
    if name is not None:
        raise _claimed(case, name)
    return _claim(tx, case, account, "claim", at)


def take_over(tx: Transaction, case_id: int, account: Account, *, at: datetime) -> Case:
    """As *claim*, also if the case is another's, who finds that in its history."""
    case = known_case(tx, case_id)
    if claimant(case, at=at) in (None, account.name):
        return claim(tx, case_id, account, at=at)
    _check_open(tx, case, at)
    return _claim(tx, case, account, "take-over", at)


def give_back(tx: Transaction, case_id: int, account: Account, *, at: datetime) -> Case:
    """Let the case be nobody's. Raises NotFound, and Conflict unless it is the account's."""
    case = known_case(tx, case_id)
    name = claimant(case, at=at)
    if name is None:
        raise Conflict(f"Nobody has claimed case {case_id}, or the claim has run out.")
    if name != account.name:
        raise _claimed(case, name)
    cases.set_claim(tx, case_id, account_id=None, until=None)
    _append(tx, case, account, "unclaim", at)
    return known_case(tx, case_id)


def renew(tx: Transaction, case_id: int, account: Account, *, at: datetime) -> Case:
    """Let a claim last for its full time again, if it is the account's: it is at work."""
    if claimant(known_case(tx, case_id), at=at) == account.name:
        cases.set_claim(tx, case_id, account_id=account.id, until=at + CLAIM_LASTS)
    return known_case(tx, case_id)


def _claim(tx: Transaction, case: Case, account: Account, act: str, at: datetime) -> Case:
    cases.set_claim(tx, case.id, account_id=account.id, until=at + CLAIM_LASTS)
    _append(tx, case, account, act, at)
    return known_case(tx, case.id)


def _append(tx: Transaction, case: Case, account: Account, act: str, at: datetime) -> None:
    journal.append(
        tx,
        at=at,
        actor=account.actor,
        act=act,
        subject=f"case:{case.id}",
        details={"about": case.subject, "from": claimant(case, at=at)},
        cases=[case.id],
    )


def _check_open(tx: Transaction, case: Case, at: datetime) -> None:
    if cases.is_open(tx, case.id, at=at):
        return
    ending = cases.settlement(tx, case.id)
    if ending is None:
        raise Conflict(f"Nothing in case {case.id} is open.")
    raise Conflict(
        f"Case {case.id} was settled by {_name(ending.by)} at {ending.at:%Y-%m-%d %H:%M:%S} UTC, "
        f"decision {ending.decision}.",
        hint=f"If that was wrong, undo decision {ending.decision}; the case is open again then.",
    )


def _check_no_judge_of_themselves(tx: Transaction, case_id: int, by: str, at: datetime) -> None:
    appeal = appeals.newest_against(tx, case_id, by=by)
    if appeal is None or (free_at := appeal.at + OTHERS_FIRST) <= at:
        return
    if others := accounts.others_who_decide(tx, by, at=at):
        raise Conflict(
            f"Case {case_id} has an appeal against decision {appeal.decision}, which is your own: "
            f"{' or '.join(others[:TOLD_OTHERS])} can settle it, and you from "
            f"{free_at:%Y-%m-%d %H:%M:%S} UTC on.",
            hint=f"You can undo decision {appeal.decision} at any time.",
        )


def _claimed(case: Case, name: str) -> Conflict:
    return Conflict(
        f"Case {case.id} is claimed by {name} until {case.claimed_until:%Y-%m-%d %H:%M:%S} UTC.",
        hint="Take another one, or take it over.",
    )


def _since(tx: Transaction, case_id: int, version: int) -> str:
    newer = journal.of_case(tx, case_id, after=version, limit=TOLD_ENTRIES)
    if not newer:
        return "there is no such version yet"
    return f"since then {', '.join(map(_told, reversed(newer)))}"


def _told(entry: Entry) -> str:
    number = entry.details.get("decision")
    what = _DONE.get(entry.act, f"decided: {entry.act}")
    return f"{_name(entry.actor)} {what}{f' (decision {number})' if number else ''}"


def _name(actor: str) -> str:
    return actor.partition(":")[2]


_DONE = {
    "report": "reported something",
    "appeal": "appealed",
    "upload": "uploaded a file",
    "claim": "claimed it",
    "take-over": "took it over",
    "unclaim": "gave it back",
    "undo": "undid a decision",
}
