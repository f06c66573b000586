"""Telling people: what a decision has to say to whom, put into the outbox with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moderation.letters import Letter, of_appeal, of_decision, of_reports
from storage import (
    appeals,
    concerned,
    decisions,
    modes,
    outbox,
    public_log,
    reports,
    subjects,
    undoes,
)
from storage.database import Transaction
from storage.outbox import GRACE, Way
from storage.public_log import Published
from storage.records import Act, Decision, Target

MAX_MAILS = 1_000
"""How many people are written to whom one decision concerns, and how many who reported."""

UNDONE_SHOWN = 20
"""How many of the decisions that an undo takes back are named in a letter."""

EVERY_URL = ""
"""The recipient of a webhook: every URL that there is when it is sent."""


def about(
    tx: Transaction, decision: Decision, targets: Sequence[Target], details: Mapping[str, object]
) -> None:
    """Tell of a decision, a minute later, unless it is undone by then.

    An undo is told of if what it takes back was, or may have been. What was not told of because
    it was undone is, once it is effective again.
    """
    if decision.undoes:
        reached = undoes.reached_by(tx, decision.undoes)
        outbox.revive(tx, reached, due_at=decision.at + GRACE)
        if not (unheard := outbox.unheard(tx, reached)):
            return
        targets = subjects.resolve(tx, decisions.subjects_of(tx, unheard))
    known = public_log.by_id(tx, decision.id, at=decision.at)
    _post(tx, _event(decision), _public(tx, decision, known), decision=decision.id, at=decision.at)
    if decision.act is not Act.DISMISS:
        parts = concerned.by(tx, targets, limit=MAX_MAILS)
        what = _what(decision, details)
        _write(tx, known, {each: of_decision(known, what, parts[each]) for each in parts})
    if decision.case is not None:
        parts = reports.settled_with(tx, decision.id, limit=MAX_MAILS)
        _write(tx, known, {each: of_reports(known, parts[each]) for each in parts})
        answered = appeals.settled_with(tx, decision.id, limit=MAX_MAILS)
        _write(tx, known, {each: of_appeal(known, answered[each]) for each in answered})


def of_report(tx: Transaction, names: Sequence[str], kind: str, *, at: datetime) -> None:
    """Tell that something was reported, a minute later: of what the public may know of."""
    shown = public_log.shown(tx, names[: public_log.SUBJECTS_SHOWN], at=at)
    content = {"kind": kind, "subjects": shown, "subject_count": len(names)}
    _post(tx, "report.received", content, decision=None, at=at)


def to_account(
    tx: Transaction,
    account_id: int,
    subject: str,
    text: str,
    *,
    decision: int | None,
    at: datetime,
) -> None:
    """Write to an account, a minute later, if it has an e-mail and *decision* is effective then.

    *text* may have several lines.
    """
    name = concerned.name_of(tx, account_id)
    if name is not None:
        letter = {subjects.account(name): {"subject": subject, "text": text}}
        outbox.queue(tx, Way.MAIL, letter, decision=decision, at=at, due_at=at + GRACE)


def _event(decision: Decision) -> str:
    if decision.undoes:
        return "decision.undone"
    return "mode.changed" if decision.act is Act.MODE else "decision.made"


def _what(decision: Decision, details: Mapping[str, object]) -> str:
    """What was decided, in a few words."""
    more = details.get("effects") or decision.undoes[:UNDONE_SHOWN]
    words = ", ".join(map(str, more)) if isinstance(more, (list, tuple)) else ""
    return f"{decision.act} ({words})" if words else decision.act


def _public(tx: Transaction, decision: Decision, known: Published) -> dict[str, Any]:
    """What everybody may know of a decision."""
    content = {
        "id": known.id,
        "act": known.act,
        "at": _utc(known.at),
        "by": known.by,
        "reason": known.reason,
        "note": known.note,
        "subjects": known.subjects,
        "subject_count": known.subject_count,
        "until": _utc(known.until_at) if known.until_at else None,
    }
    if decision.undoes:
        content["undoes"] = decision.undoes[: public_log.SUBJECTS_SHOWN]
    if decision.act is Act.MODE:
        content["mode"] = modes.admission(tx, at=known.at).mode
    return content


def _post(
    tx: Transaction, event: str, content: Mapping[str, Any], *, decision: int | None, at: datetime
) -> None:
    body = {EVERY_URL: {"type": event, "timestamp": _utc(at), "data": content}}
    outbox.queue(tx, Way.WEBHOOK, body, decision=decision, at=at, due_at=at + GRACE)


def _write(tx: Transaction, known: Published, letters: Mapping[str, Letter]) -> None:
    mails = {subjects.account(name): letter for name, letter in letters.items()}
    due_at = known.at + GRACE
    outbox.queue(tx, Way.MAIL, mails, decision=known.id, at=known.at, due_at=due_at)


def _utc(at: datetime) -> str:
    return at.isoformat().removesuffix("+00:00") + "Z"
