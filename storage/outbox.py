"""The outbox: messages that wait to be sent, and how the sending of each ended."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Update,
    and_,
    delete,
    exists,
    func,
    insert,
    not_,
    or_,
    select,
    update,
)

from storage.batches import batched
from storage.database import AnyRow, Transaction
from storage.schema import accounts, decisions, messages, undoes

GRACE = timedelta(seconds=60)
"""How long a message waits before it is sent, so that a mistake can be taken back unseen."""

LEASE = timedelta(minutes=10)
"""When what somebody took to send it, and died, is tried again."""

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""How long to wait after each attempt that failed. After one more, no other is made."""

SENT = "sent"
CANCELLED = "cancelled"
OFF = "off"
PASSED_ON = "passed on"
"""What became of a message for every receiver: one message for each of them."""


class Way(StrEnum):
    """How a message goes."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    PURGE = "purge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to tell somebody, and what became of it."""

    id: int
    way: Way
    recipient: str
    """`account:NAME`, or a URL; of a webhook for every URL, nothing."""
    content: Mapping[str, Any]
    decision: int | None
    created_at: datetime
    due_at: datetime
    attempts: int
    ended_at: datetime | None
    outcome: str | None


def queue(
    tx: Transaction,
    way: Way,
    contents: Mapping[str, Mapping[str, Any]],
    *,
    decision: int | None,
    at: datetime,
    due_at: datetime,
) -> None:
    """Let these be sent when they are due, unless *decision* is not effective then.

    *contents* are by their recipients, see Message.
    """
    shared = {"kind": way, "decision_id": decision, "created_at": at, "due_at": due_at}
    rows = [
        {**shared, "recipient": recipient, "content_json": json.dumps(content), "attempts": 0}
        for recipient, content in contents.items()
    ]
    if rows:
        tx.execute(insert(messages), rows)


def is_any_due(tx: Transaction, *, at: datetime) -> bool:
    """Whether anything is to be sent now."""
    return tx.scalar(select(messages.c.id).where(_due(at)).limit(1)) is not None


def end_idle(tx: Transaction, off: Collection[Way], *, at: datetime) -> None:
    """End what is due and never to be sent: of undone decisions, and what goes ways that are off.

    A decision that becomes effective again has its messages back, see revive.
    """
    ending = update(messages).where(_due(at))
    tx.execute(ending.where(_undone).values(ended_at=at, outcome=CANCELLED))
    tx.execute(ending.where(messages.c.kind.in_(off)).values(ended_at=at, outcome=OFF))


def take(tx: Transaction, *, at: datetime, without: Collection[str] = ()) -> Message | None:
    """The message that is due first, which is the caller's to send until its lease is over.

    None of those of a way, or to a recipient, *without* which to do.
    """
    wanted = and_(messages.c.kind.not_in(without), messages.c.recipient.not_in(without))
    query = select(messages).where(_due(at), not_(_undone), wanted)
    row = tx.execute(query.order_by(messages.c.due_at, messages.c.id).limit(1)).first()
    if row is None:
        return None
    # No outcome: it may have been sent already, even if nobody lives to say so.
    claim = {"attempts": row.attempts + 1, "due_at": at + LEASE, "outcome": None}
    claiming = update(messages).where(messages.c.id == row.id).values(**claim)
    return _message(tx.execute(claiming.returning(*messages.c)).one())


def end(tx: Transaction, message: Message, outcome: str, *, at: datetime) -> None:
    """Note how it ended, if it still is the caller's."""
    tx.execute(_taken(message).values(ended_at=at, outcome=outcome))


def pass_on(tx: Transaction, message: Message, recipients: Iterable[str], *, at: datetime) -> None:
    """Make it one message for each of these recipients, due at once."""
    if tx.execute(_taken(message).values(ended_at=at, outcome=PASSED_ON)).rowcount:
        contents = dict.fromkeys(recipients, message.content)
        queue(tx, message.way, contents, decision=message.decision, at=at, due_at=at)


def fail(tx: Transaction, message: Message, why: str, *, at: datetime) -> None:
    """Note that it could not be sent: it is tried again later, or not any more."""
    if message.attempts > len(BACKOFF):
        end(tx, message, f"failed: {why}", at=at)
    else:
        again_at = at + BACKOFF[message.attempts - 1]
        tx.execute(_taken(message).values(due_at=again_at, outcome=why))


def revive(tx: Transaction, decision_ids: Collection[int], *, due_at: datetime) -> None:
    """Let what was cancelled of these decisions be sent then, of those that are effective."""
    for batch in batched(sorted(decision_ids)):
        mine = and_(messages.c.decision_id.in_(batch), messages.c.outcome == CANCELLED)
        back = update(messages).where(mine, not_(_undone))
        tx.execute(back.values(ended_at=None, outcome=None, due_at=due_at, attempts=0))


def unheard(tx: Transaction, decision_ids: Collection[int]) -> set[int]:
    """Those of these decisions that somebody was told of, or may have been, and that are undone
    without that anybody was told so or is going to be."""
    under_way = and_(_waits, messages.c.outcome.is_(None), messages.c.attempts > 0)
    telling = messages.alias("telling")
    undo = decisions.alias("undo")
    known = exists().where(
        undoes.c.decision_id == messages.c.decision_id,
        undo.c.id == undoes.c.undo_id,
        undo.c.effective,
        telling.c.decision_id == undo.c.id,
        or_(telling.c.outcome == SENT, telling.c.ended_at.is_(None)),
    )
    query = select(messages.c.decision_id).where(_undone, not_(known))
    query = query.where(or_(messages.c.outcome == SENT, under_way))
    found: set[int] = set()
    for batch in batched(sorted(decision_ids)):
        found.update(tx.scalars(query.where(messages.c.decision_id.in_(batch))))
    return found


def address_of(tx: Transaction, message: Message) -> str | None:
    """The e-mail of the account that it is for, as it is now; None if it has none."""
    name = message.recipient.partition(":")[2]
    return tx.scalar(select(accounts.c.email).where(accounts.c.name == name))


def newest(tx: Transaction, *, limit: int, before: int | None = None) -> list[Message]:
    """The newest messages (before that number), newest first."""
    query = select(messages).order_by(messages.c.id.desc()).limit(limit)
    return [
        _message(row)
        for row in tx.execute(query.where(messages.c.id < before) if before else query)
    ]


def newest_to(
    tx: Transaction, way: Way, recipient: str, *, outcome: str | None = None
) -> Message | None:
    """The newest message that went this way to a recipient, of those that ended like this."""
    query = select(messages).where(messages.c.kind == way, messages.c.recipient == recipient)
    if outcome is not None:
        query = query.where(messages.c.outcome == outcome)
    row = tx.execute(query.order_by(messages.c.id.desc()).limit(1)).first()
    return None if row is None else _message(row)


def forget(tx: Transaction, *, before: datetime, limit: int) -> int:
    """Forget at most so many messages that ended before then; how many it was.

    None of a decision: an undo is told to whom the decision was. Nor what `newest_to` looks for.
    """
    newest = select(func.max(messages.c.id)).group_by(messages.c.kind, messages.c.recipient)
    old = select(messages.c.id).where(
        messages.c.decision_id.is_(None),
        messages.c.ended_at < before,
        messages.c.id.not_in(newest),
        messages.c.id.not_in(newest.where(messages.c.outcome == SENT)),
    )
    return tx.execute(delete(messages).where(messages.c.id.in_(old.limit(limit)))).rowcount


_waits = messages.c.ended_at.is_(None)
_undone = exists().where(decisions.c.id == messages.c.decision_id, not_(decisions.c.effective))
"""What the message tells of was taken back."""


def _due(at: datetime) -> ColumnElement[bool]:
    return and_(_waits, messages.c.due_at <= at)


def _taken(message: Message) -> Update:
    mine = and_(messages.c.id == message.id, messages.c.attempts == message.attempts)
    return update(messages).where(mine, _waits)


def _message(row: AnyRow) -> Message:
    return Message(
        id=row.id,
        way=Way(row.kind),
        recipient=row.recipient,
        content=json.loads(row.content_json),
        decision=row.decision_id,
        created_at=row.created_at,
        due_at=row.due_at,
        attempts=row.attempts,
        ended_at=row.ended_at,
        outcome=row.outcome,
    )
