"""Decisions and the record of them, for moderators."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from index import metrics
from index.api import shown
from index.api.bodies import Body, answer, read
from index.api.queries import NUMBER_DIGITS, number
from index.auth.callers import Caller
from index.durations import end, moment
from index.services import services
from moderation import decisions
from moderation.decisions import Affected, Why
from storage import decisions as stored_decisions
from storage import holds, journal, verifying
from storage.database import Database, Transaction
from storage.problems import Conflict, NotFound, Unprocessable
from storage.records import Act, Decision, Effect
from storage.verifying import Wrong

DECISION_BYTES = 32 << 20
"""50,000 subjects of the longest names fit into this."""

LARGEST_NUMBER = (1 << 63) - 1
"""What fits into a row."""

LISTED = 200
"""How many decisions, holds or entries one answer has."""

Number = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)]
"""The number of a hold or a decision."""


class NewDecision(Body, frozen=True):
    """One act on one or many subjects, with a reason."""

    act: Act
    reason: str
    subjects: tuple[str, ...] = ()
    holds: tuple[Number, ...] = ()
    effects: tuple[Effect, ...] = ()
    note: str = ""
    private_note: str = ""
    length: str | None = msgspec.field(name="for", default=None)
    until: str | None = None
    key: str | None = None


class Undo(Body, frozen=True):
    """Why a decision is taken back."""

    reason: str


class UndoMany(Body, frozen=True):
    """Which decisions are taken back, and why."""

    reason: str
    by: str | None = None
    since: str | None = None
    until: str | None = None


async def decide(request: Request, caller: Caller) -> Response:
    """`POST /api/moderation/decisions`: hold or release; with `?dry_run=1` nothing is done."""
    wanted = await read(request, NewDecision, limit_bytes=DECISION_BYTES)
    _check_fields(wanted)
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
    )
    if _is_rehearsal(request):
        made = await found.database.rehearse(_decided, wanted, why, until)
        return answer({"dry_run": True, "affected": shown.affected(made[1])})
    return _made(await found.write_as(caller, _decided, wanted, why, until))


async def undo(request: Request, caller: Caller) -> Response:
    """`POST /api/moderation/decisions/{id}/undo`: take one decision back, exactly."""
    reason = (await read(request, Undo)).reason
    why = Why(by=caller.actor, at=services(request).now(), reason=reason)
    return await _undo(request, caller, decisions.undo, _decision_id(request), why=why)


async def undo_many(request: Request, caller: Caller) -> Response:
    """`POST /api/moderation/undo`: take back what somebody decided in some time."""
    wanted = await read(request, UndoMany)
    if wanted.by is None and wanted.since is None:
        raise Unprocessable("Say whose decisions (by) or from when on (since).")
    now = services(request).now()
    return await _undo(
        request,
        caller,
        decisions.undo_made,
        by=decisions.actors(wanted.by) if wanted.by is not None else (),
        since=moment(wanted.since) if wanted.since is not None else None,
        until=moment(wanted.until) if wanted.until is not None else None,
        why=Why(by=caller.actor, at=now, reason=wanted.reason),
    )


async def list_decisions(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/decisions?before=ID`: the newest first."""
    newest = await services(request).database.read(
        stored_decisions.newest, limit=LISTED, before=number(request, "before")
    )
    return answer({"decisions": [shown.decision(each) for each in newest]})


async def list_holds(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/holds`: the newest of those in force."""
    found = services(request)
    newest = await found.database.read(holds.in_force_at, at=found.now(), limit=LISTED)
    return answer({"holds": [shown.hold(each) for each in newest]})


async def read_journal(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/journal?since=SERIAL`: the entries after it, oldest first."""
    entries = await services(request).database.read(
        journal.since, number(request, "since") or 0, limit=LISTED
    )
    return answer({"entries": [shown.entry(each) for each in entries]})


async def verify_journal(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/journal/verify`: whether the chain is whole, or where it breaks."""
    found = services(request)
    verified = await to_thread.run_sync(_verified, found.database, limiter=found.verifications)
    return answer(verified)


def _decided(
    tx: Transaction, wanted: NewDecision, why: Why, until: datetime | None
) -> tuple[Decision, Affected]:
    if wanted.key and (before := stored_decisions.by_key(tx, by=why.by, key=wanted.key)):
        return _decided_before(tx, *before, why)
    if wanted.act is Act.HOLD:
        made = decisions.hold(tx, wanted.subjects, why=why, effects=wanted.effects, until=until)
    else:
        made = decisions.release(tx, wanted.subjects, why=why, hold_ids=wanted.holds)
    return made, decisions.affected(tx, made)


def _decided_before(
    tx: Transaction, decision_id: int, request: str | None, why: Why
) -> tuple[Decision, Affected]:
    """What was decided with this key, if it was the same and still stands. Raises Conflict."""
    if request != why.key_request:
        raise Conflict(f"Decision {decision_id} was made with this key, and is another one.")
    before = stored_decisions.by_id(tx, decision_id)
    if not before.effective:
        raise Conflict(f"Decision {decision_id} was made with this key, and has been undone since.")
    return before, decisions.affected(tx, before)


def _check_fields(wanted: NewDecision) -> None:
    if wanted.act not in (Act.HOLD, Act.RELEASE):
        raise Unprocessable(f"The act of a decision here is hold or release, not {wanted.act}.")
    if wanted.act is Act.HOLD and wanted.holds:
        raise Unprocessable("A hold is put on subjects; holds are what a release may name.")
    if wanted.act is Act.RELEASE and (wanted.effects or wanted.length or wanted.until):
        raise Unprocessable("A release has no effects and no end: it ends whole holds.")


async def _undo(
    request: Request, caller: Caller, act: Callable[..., Decision], *args: Any, **how: Any
) -> Response:
    def change(tx: Transaction) -> tuple[Decision, Affected]:
        made = act(tx, *args, **how)
        return made, decisions.affected(tx, made)

    if _is_rehearsal(request):
        _, affected = await services(request).database.rehearse(change)
        return answer({"dry_run": True, "affected": shown.affected(affected)})
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


def _decision_id(request: Request) -> int:
    text = request.path_params["id"]
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS):
        raise NotFound(f"There is no decision {text[:50]}.")
    return int(text)


def _is_rehearsal(request: Request) -> bool:
    asked = request.query_params.get("dry_run", "0").lower()
    if asked not in ("0", "1", "false", "true"):
        raise Unprocessable("dry_run is 1 or 0.")
    return asked in ("1", "true")
