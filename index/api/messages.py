"""The messages of the outbox, for moderators."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index.api.bodies import answer
from index.api.numbers import number_in_query
from index.auth.callers import Caller
from index.sending import recipients
from index.services import services
from index.timestamps import utc
from storage import outbox
from storage.outbox import Message

LISTED = 200
"""How many messages one answer has."""


async def list_messages(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/messages?before=ID`: the newest first."""
    newest = await services(request).database.read(
        outbox.newest, limit=LISTED, before=number_in_query(request, "before")
    )
    return answer({"messages": [_shown(each) for each in newest]})


def _shown(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "kind": message.way,
        "recipient": recipients.shown(message),
        "decision": message.decision,
        "due_at": utc(message.due_at),
        "attempts": message.attempts,
        "ended_at": utc(message.ended_at) if message.ended_at else None,
        "outcome": message.outcome,
    }
