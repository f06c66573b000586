"""Appeals and statements: what was decided about somebody, and that they say it is wrong."""

from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from index.api.bodies import Body, answer, read
from index.api.numbers import number_in_path
from index.auth.callers import Caller
from index.services import services
from index.timestamps import utc
from moderation import appeals
from moderation.appeals import MAX_CHARACTERS
from moderation.permissions import check_usable
from moderation.statements import LISTED, Statement
from storage import appeals as stored_appeals
from storage import tokens
from storage.database import Transaction
from storage.problems import Forbidden
from storage.records import Account, Appeal, Scope


class NewAppeal(Body, frozen=True):
    """Why a decision is wrong."""

    message: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CHARACTERS)]


async def appeal(request: Request, caller: Caller) -> Response:
    """`POST /api/decisions/{id}/appeal`: by whom the decision concerns, suspended or not."""
    if not caller.may(Scope.REPORT):
        raise Forbidden(
            "This needs a token of scope report, upload or moderate, and yours only reads.",
            hint="Make one with POST /api/tokens, or send a name and a password.",
        )
    decision = number_in_path(request, "decision")
    wanted = await read(request, NewAppeal)
    found = services(request)
    now, token = found.now(), caller.token

    def change(tx: Transaction) -> Appeal:
        if token is not None and (now_is := tokens.by_id(tx, token.id)) is not None:
            check_usable(now_is, at=now)
        return appeals.appeal(
            tx,
            decision,
            caller.account,
            message=wanted.message,
            at=now,
            project=token.project if token else None,
        )

    return answer({"appeal": _appeal(await found.database.write(change))}, status=201)


def of_account(tx: Transaction, account: Account, *, project: str | None) -> list[dict[str, Any]]:
    """The newest appeals of an account, whatever became of them; with *project*, about that."""
    found = stored_appeals.of_account(tx, account.id, project=project, limit=LISTED)
    return [_appeal(each) for each in found]


def statement(found: Statement) -> dict[str, Any]:
    """What is in force against somebody, as they are told it."""
    return {
        "decision": found.decision,
        "act": found.act,
        "subject": found.subject,
        "effects": sorted(found.effects),
        "limits": asdict(found.limits) if found.limits else None,
        "since": utc(found.since),
        "until": utc(found.until) if found.until else None,
        "reason": found.reason,
        "note": found.note,
        "by": found.by,
        "machine": found.machine,
        "answer": f"/api/decisions/{found.decision}/appeal" if found.can_be_appealed else None,
        "appeal": _appeal(found.appeal) if found.appeal else None,
    }


def _appeal(made: Appeal) -> dict[str, Any]:
    return {
        "id": made.id,
        "decision": made.decision,
        "status": made.status,
        "at": utc(made.at),
    }
