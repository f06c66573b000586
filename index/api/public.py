"""The public log: what was decided, about what and why, without a name of anybody."""

from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from index.api.numbers import number_in_query
from index.reading import answered
from index.ready import Ready
from index.timestamps import utc
from storage import public_log
from storage.database import Transaction
from storage.problems import Unprocessable
from storage.public_log import Published

LISTED = 50
MOST_LISTED = 100
"""How many decisions one answer has: unless it was asked for another number, and at most."""


async def list_decisions(request: Request) -> Response:
    """`GET /api/decisions?before=ID&limit=N`: the newest first, as everybody may know them."""
    before, limit = number_in_query(request, "before"), number_in_query(request, "limit") or LISTED
    if limit > MOST_LISTED:
        raise Unprocessable(f"The limit is at most {MOST_LISTED}.")

    def ask(tx: Transaction, at: datetime) -> Ready:
        found = public_log.newest(tx, at=at, limit=limit, before=before)
        content = msgspec.json.encode({"decisions": [_shown(each) for each in found]})
        return Ready(content=content, content_type="application/json")

    return await answered(request, ask)


def _shown(decision: Published) -> dict[str, Any]:
    return {
        "id": decision.id,
        "act": decision.act,
        "at": utc(decision.at),
        "by": decision.by,
        "reason": decision.reason,
        "note": decision.note,
        "subjects": list(decision.subjects),
        "subject_count": decision.subject_count,
        "until": utc(decision.until_at) if decision.until_at else None,
        "effective": decision.effective,
    }
