"""What takes two people: holding very much at once, and legal erasure.

The first proposes it, and nothing happens; the second confirms it, and it is decided. A team of
one confirms its own proposal, after some time to think better of it. Anybody who may decide may
cancel it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from moderation import decisions, erasing
from moderation.deciding import MAX_SUBJECTS, Why, check_words, targets_of
from moderation.effects import checked_effects
from moderation.impact import ESTABLISHED_AFTER
from storage import accounts, journal, proposals, reach
from storage.database import Transaction
from storage.problems import Conflict, Invalid
from storage.proposals import Proposal
from storage.records import Act, Decision, Effect

MANY_PROJECTS = 100
"""More established projects than this are not held by one person alone."""

ALONE = timedelta(minutes=10)
"""How long a team of one has to wait before it confirms its own proposal."""

ERASURE = timedelta(hours=24)
"""How long anybody has to wait before an erasure is confirmed (law 5)."""

LASTS = timedelta(days=7)
"""A proposal that nobody confirmed by then is over."""


def hold_or_propose(
    tx: Transaction,
    names: Sequence[str],
    *,
    why: Why,
    effects: Collection[Effect] = (),
    until: datetime | None = None,
) -> Decision | Proposal:
    """Hold these subjects; or only propose it, if that takes two. Raises as a hold does."""
    if not takes_two(tx, names, at=why.at):
        return decisions.hold(tx, names, why=why, effects=effects, until=until)
    return propose_hold(tx, names, why, effects, until)


def propose_hold(
    tx: Transaction,
    names: Sequence[str],
    why: Why,
    effects: Collection[Effect],
    until: datetime | None,
) -> Proposal:
    """Propose a hold. Raises Invalid, NotFound for what could not be held either."""
    for target in targets_of(tx, names):
        checked_effects(target.subject, effects)
    wanted = {"effects": sorted(effects), "until": until.isoformat() if until else None}
    return _propose(tx, Act.HOLD, names, why, wanted)


def takes_two(tx: Transaction, names: Sequence[str], *, at: datetime) -> bool:
    """Whether holding these subjects takes two people: more than 100 established projects."""
    targets = targets_of(tx, names)
    ids = {target.project_id for target in targets if target.project_id is not None}
    if len(ids) <= MANY_PROJECTS:
        return False
    established = [made for made in reach.ages(tx, ids) if made <= at - ESTABLISHED_AFTER]
    return len(established) > MANY_PROJECTS


def propose_erasure(tx: Transaction, names: Sequence[str], *, why: Why) -> Proposal:
    """Propose to erase the bytes of files. Raises Invalid, NotFound, Conflict."""
    erasing.files_of(tx, targets_of(tx, names))
    return _propose(tx, Act.ERASE, names, why, {})


def confirm(tx: Transaction, proposal_id: int, *, why: Why) -> tuple[Proposal, Decision]:
    """Decide what was proposed, as the second person. Raises NotFound, Conflict.

    The decision is the proposer's, at the moment of the confirmation, and says who confirmed it.
    """
    proposal = _open(tx, proposal_id, why.at)
    _check_may_confirm(tx, proposal, why)
    wanted = proposal.wanted
    whole = Why(
        by=proposal.by,
        at=why.at,
        reason=wanted["reason"],
        note=wanted["note"],
        private_note=wanted["private_note"],
        role=why.role,
        case=wanted["case"],
    )
    if proposal.act is Act.ERASE:
        decision = erasing.erase(tx, wanted["subjects"], why=whole)
    else:
        until = datetime.fromisoformat(wanted["until"]) if wanted["until"] else None
        effects = [Effect(effect) for effect in wanted["effects"]]
        decision = decisions.hold(tx, wanted["subjects"], why=whole, effects=effects, until=until)
    ended = proposals.end(tx, proposal.id, by=why.by, at=why.at, decision=decision.id)
    _journal(tx, "confirm", ended, why)
    return ended, decision


def cancel(tx: Transaction, proposal_id: int, *, why: Why) -> Proposal:
    """Let a proposal come to nothing. Raises NotFound, and Conflict if it is over."""
    proposal = _open(tx, proposal_id, why.at)
    ended = proposals.end(tx, proposal.id, by=why.by, at=why.at, decision=None)
    _journal(tx, "cancel", ended, why)
    return ended


def _propose(
    tx: Transaction, act: Act, names: Sequence[str], why: Why, more: Mapping[str, Any]
) -> Proposal:
    check_words(why)
    if len(names) > MAX_SUBJECTS:
        raise Invalid(f"One decision may have at most {MAX_SUBJECTS:,} subjects.")
    wanted = {
        "subjects": list(names),
        "reason": why.reason,
        "note": why.note,
        "private_note": why.private_note,
        "case": why.case,
        **more,
    }
    made = proposals.add(tx, act=act, wanted=wanted, by=why.by, at=why.at)
    _journal(tx, "propose", made, why)
    return made


def _open(tx: Transaction, proposal_id: int, at: datetime) -> Proposal:
    proposal = proposals.by_id(tx, proposal_id)
    if proposal.ended_at is not None:
        what = "confirmed" if proposal.decision is not None else "cancelled"
        raise Conflict(f"Proposal {proposal_id} was {what} by {proposal.ended_by}.")
    if proposal.at + LASTS <= at:
        raise Conflict(f"Proposal {proposal_id} is over: nobody confirmed it in time.")
    return proposal


def _check_may_confirm(tx: Transaction, proposal: Proposal, why: Why) -> None:
    wait = ERASURE if proposal.act is Act.ERASE else timedelta(0)
    if proposal.by == why.by:
        if others := accounts.others_who_decide(tx, why.by, at=why.at):
            raise Conflict(
                "This takes two people, and you proposed it.",
                hint=f"{' or '.join(others[:3])} can confirm it.",
            )
        wait = max(wait, ALONE)
    if (ready_at := proposal.at + wait) > why.at:
        raise Conflict(
            f"This can be confirmed from {ready_at:%Y-%m-%d %H:%M:%S} UTC on.",
            hint="It can be cancelled until then.",
        )


def _journal(tx: Transaction, act: str, proposal: Proposal, why: Why) -> None:
    journal.append(
        tx,
        at=why.at,
        actor=why.by,
        act=act,
        subject=f"proposal:{proposal.id}",
        reason=proposal.wanted["reason"],
        details={"act": proposal.act, "decision": proposal.decision},
    )
