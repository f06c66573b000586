"""Decisions and the record of them, for moderators."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from index import metrics
from index.api import acts, previews, proposals, shown
from index.api.acts import NewDecision, Number, Words
from index.api.bodies import Body, answer, read
from index.api.numbers import number_in_path, number_in_query
from index.auth.callers import Caller
from index.durations import end, moment
from index.services import services
from moderation import deciding, two_people, undoing
from moderation.deciding import Affected, Why
from storage import decisions as stored_decisions
from storage import holds, journal, verifying
from storage.database import Database, Transaction
from storage.problems import Unprocessable
from storage.proposals import Proposal
from storage.records import Act, Decision
from storage.verifying import Wrong

DECISION_BYTES = 32 << 20
"""50,000 subjects of the longest names fit into this."""

LISTED = 200
"""How many decisions, holds or entries one answer has."""


class Undo(Body, frozen=True):
    """Why a decision is taken back."""

    reason: Words


class UndoMany(Body, frozen=True):
    """Which decisions are taken back, and why."""

    reason: Words
    by: str | None = None
    since: str | None = None
    until: str | None = None
    case: Number | None = None


async def decide(request: Request, caller: Caller) -> Response:
    """`POST /api/moderation/decisions`: any of the acts; with `?dry_run=1` nothing is done."""
    wanted = await read(request, NewDecision, limit_bytes=DECISION_BYTES)
    acts.check_fields(wanted)
    found = services(request)
    now = found.now()
    until = end(length=wanted.length, until=wanted.until, now=now)
    why = Why(
        by=caller.actor,
        at=now,
        reason=wanted.reason,
        note=wanted.note,
        private_note=wanted.private_note,
        key=wanted.key,
        key_request=hashlib.sha256(msgspec.json.encode(wanted)).hexdigest(),
        role=caller.account.role,
        case=wanted.case,
        version=wanted.version,
    )
    if _is_rehearsal(request):
        return answer(
            await found.database.rehearse(
                lambda tx: previews.of(
                    tx, *acts.decided(tx, wanted, why, until), at=now, terms=found.terms
                )
            )
        )

    def change(tx: Transaction) -> tuple[Decision, Affected] | Proposal:
        if wanted.act is Act.HOLD and two_people.takes_two(tx, wanted.subjects, at=now):
            return two_people.propose_hold(tx, wanted.subjects, why, wanted.effects, until)
        return acts.decided(tx, wanted, why, until)

    made = await found.write_as(caller, change)
    if isinstance(made, Proposal):
        return answer({"proposal": proposals.proposal(made)}, status=202)
    return _made(made)


async def undo(request: Request, caller: Caller) -> Response:
    """`POST /api/moderation/decisions/{id}/undo`: take one decision back, exactly."""
    reason = (await read(request, Undo)).reason
    why = Why(by=caller.actor, at=services(request).now(), reason=reason)
    return await _undo(request, caller, undoing.undo, number_in_path(request, "decision"), why=why)


async def undo_many(request: Request, caller: Caller) -> Response:
    """`POST /api/moderation/undo`: take back what somebody decided in some time."""
    wanted = await read(request, UndoMany)
    if wanted.by is None and wanted.since is None and wanted.case is None:
        raise Unprocessable("Say whose decisions (by), from when on (since) or about which case.")
    now = services(request).now()
    return await _undo(
        request,
        caller,
        undoing.undo_made,
        by=undoing.actors(wanted.by) if wanted.by is not None else (),
        since=moment(wanted.since) if wanted.since is not None else None,
        until=moment(wanted.until) if wanted.until is not None else None,
        why=Why(by=caller.actor, at=now, reason=wanted.reason),
        case=wanted.case,
    )


async def list_decisions(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/decisions?before=ID`: the newest first."""
    newest = await services(request).database.read(
        stored_decisions.newest,
        limit=LISTED,
        before=number_in_query(request, "before"),
        named=shown.NAMED,
    )
    return answer({"decisions": [shown.brief(each) for each in newest]})


async def show_decision(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/decisions/{id}`: one decision, whole."""
    number = number_in_path(request, "decision")
    found = await services(request).database.read(stored_decisions.by_id, number)
    return answer({"decision": shown.decision(found)})


async def list_holds(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/holds`: the newest of those in force."""
    found = services(request)
    newest = await found.database.read(holds.in_force_at, at=found.now(), limit=LISTED)
    return answer({"holds": [shown.hold(each) for each in newest]})


async def read_journal(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/journal?since=SERIAL`: the entries after it, oldest first."""
    entries = await services(request).database.read(
        journal.since, number_in_query(request, "since") or 0, limit=LISTED
    )
    return answer({"entries": [shown.entry(each) for each in entries]})


async def verify_journal(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/journal/verify`: whether the chain is whole, or where it breaks."""
    found = services(request)
    verified = await to_thread.run_sync(_verified, found.database, limiter=found.verifications)
    return answer(verified)


async def _undo(
    request: Request, caller: Caller, act: Callable[..., Decision], *args: Any, **how: Any
) -> Response:
    def change(tx: Transaction) -> tuple[Decision, Affected]:
        made = act(tx, *args, **how)
        return made, deciding.affected(tx, made)

    if _is_rehearsal(request):
        found = services(request)
        preview = await found.database.rehearse(
            lambda tx: previews.of(tx, *change(tx), at=found.now(), terms=found.terms)
        )
        return answer(preview)
    return _made(await services(request).write_as(caller, change))


def _made(made: tuple[Decision, Affected]) -> Response:
    decision, affected = made
    metrics.decided(decision.act)
    content = {"decision": shown.decision(decision), "affected": shown.affected(affected)}
    return answer(content, status=201)


def _verified(database: Database) -> dict[str, Any]:
    try:
        count = verifying.verify(database)
    except Wrong as wrong:
        first = wrong.serial
        told = {"valid": False, "entries": max(0, first - 1), "fault": wrong.message}
        return {**told, "first_wrong_serial": first}
    return {"valid": True, "entries": count, "fault": None, "first_wrong_serial": None}


def _is_rehearsal(request: Request) -> bool:
    asked = request.query_params.get("dry_run", "0").lower()
    if asked not in ("0", "1", "false", "true"):
        raise Unprocessable("dry_run is 1 or 0.")
    return asked in ("1", "true")
