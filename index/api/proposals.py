"""Proposals: what takes two people, for moderators."""

from typing import Annotated, Any, Literal

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from index import metrics
from index.api import shown
from index.api.acts import MOST, Words
from index.api.bodies import Body, answer, read
from index.api.numbers import number_in_path
from index.auth.callers import Caller
from index.services import Services, services
from index.timestamps import utc
from moderation import deciding, two_people
from moderation.deciding import Why
from storage import erasures, proposals, sweeping
from storage.database import Transaction
from storage.proposals import Proposal
from storage.records import Act, Decision

LISTED = 200
"""How many proposals one answer has."""


class NewProposal(Body, frozen=True):
    """Files whose bytes may not be kept, and why."""

    act: Literal["erase"]
    subjects: Annotated[tuple[str, ...], MOST]
    reason: Words
    note: Words = ""
    private_note: Words = ""


async def propose(request: Request, caller: Caller) -> Response:
    """`POST /api/moderation/proposals`: propose to erase files."""
    wanted = await read(request, NewProposal)
    why = Why(
        by=caller.actor,
        at=services(request).now(),
        reason=wanted.reason,
        note=wanted.note,
        private_note=wanted.private_note,
        role=caller.account.role,
    )
    made = await services(request).write_as(
        caller, two_people.propose_erasure, wanted.subjects, why=why
    )
    return answer({"proposal": proposal(made)}, status=202)


async def list_proposals(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/proposals`: the newest first."""
    found = await services(request).database.read(proposals.newest, limit=LISTED)
    return answer({"proposals": [proposal(each) for each in found]})


async def confirm(request: Request, caller: Caller) -> Response:
    """`POST /api/moderation/proposals/{id}/confirm`: decide it, as the second person."""
    found = services(request)
    number = number_in_path(request, "proposal")
    why = Why(by=caller.actor, at=found.now(), reason="Confirmed.", role=caller.account.role)

    def change(tx: Transaction) -> tuple[Proposal, Decision, dict[str, Any]]:
        ended, made = two_people.confirm(tx, number, why=why)
        return ended, made, shown.affected(deciding.affected(tx, made))

    ended, made, affected = await found.write_as(caller, change)
    metrics.decided(made.act)
    await to_thread.run_sync(remove_erased, found, made)
    content = {"proposal": proposal(ended), "decision": shown.decision(made), "affected": affected}
    return answer(content, status=201)


async def cancel(request: Request, caller: Caller) -> Response:
    """`DELETE /api/moderation/proposals/{id}`: let it come to nothing."""
    found = services(request)
    why = Why(by=caller.actor, at=found.now(), reason="Cancelled.", role=caller.account.role)
    number = number_in_path(request, "proposal")
    ended = await found.write_as(caller, two_people.cancel, number, why=why)
    return answer({"proposal": proposal(ended)})


def remove_erased(found: Services, made: Decision) -> None:
    """The bytes go when the decision is committed; if this is cut short, a sweep does it."""
    if made.act is Act.ERASE:
        digests = found.database.read_now(erasures.digests_of, made.id)
        sweeping.remove(found.database, found.blobs, digests)


def proposal(made: Proposal) -> dict[str, Any]:
    """A proposal, as moderators see it."""
    return {
        "id": made.id,
        "act": made.act,
        "by": made.by,
        "at": utc(made.at),
        "reason": made.wanted["reason"],
        "subjects": made.wanted["subjects"][: shown.NAMED],
        "subjects_count": len(made.wanted["subjects"]),
        "ended_by": made.ended_by,
        "ended_at": utc(made.ended_at) if made.ended_at else None,
        "decision": made.decision,
    }
