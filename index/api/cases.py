"""The queue and its cases, for moderators: what is open, who is at it, and all about one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index.api import shown
from index.api.bodies import Body, answer, read
from index.api.numbers import number_in_path, number_in_query
from index.auth.callers import Caller
from index.services import services
from index.timestamps import utc
from moderation import cases, dossier, queue
from moderation.cases import claimant
from moderation.dossier import Dossier
from moderation.queue import Line
from storage import cases as stored_cases
from storage.database import Transaction
from storage.problems import Problem, Unprocessable
from storage.records import Case, Report, Signal, Waiting

LISTED = 200
"""How many cases one answer has at most."""

USUAL = 50
"""How many it has unless told."""


class Claim(Body, frozen=True):
    """Whether a case is taken also from somebody else."""

    take_over: bool = False


async def list_queue(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/queue?limit=50&unclaimed=1`: what is open, the most pressing first."""
    limit = number_in_query(request, "limit")
    if limit == 0:
        raise Unprocessable("The limit is at least 1.")
    found = services(request)
    lines = await found.database.read(
        queue.lines, at=found.now(), only_unclaimed=bool(number_in_query(request, "unclaimed"))
    )
    listed = lines[: min(limit or USUAL, LISTED)]
    return answer({"cases": [_line(line) for line in listed], "open": len(lines)})


async def show_case(request: Request, caller: Caller) -> Response:
    """`GET /api/moderation/cases/{id}`: all about one case; whose claim it is keeps it."""
    found = services(request)
    now = found.now()
    seen = await found.database.read(dossier.of_case, number_in_path(request, "case"), at=now)
    if seen.claimed_by == caller.account.name and request.method == "GET":
        try:
            case = await found.write_as(caller, cases.renew, seen.case.id, caller.account, at=now)
        except Problem:
            case = seen.case  # A full disk stops no reading.
        seen = replace(seen, case=case, claimed_by=claimant(case, at=now))
    return answer(_dossier(seen))


async def claim(request: Request, caller: Caller) -> Response:
    """`PUT /api/moderation/cases/{id}/claim`: take a case, for some minutes."""
    wanted = await read(request, Claim)
    act = cases.take_over if wanted.take_over else cases.claim
    return await _claimed(request, caller, act)


async def give_back(request: Request, caller: Caller) -> Response:
    """`DELETE /api/moderation/cases/{id}/claim`: let somebody else take it."""
    return await _claimed(request, caller, cases.give_back)


async def _claimed(request: Request, caller: Caller, act: Callable[..., Case]) -> Response:
    found = services(request)
    case_id, now = number_in_path(request, "case"), found.now()

    def change(tx: Transaction) -> dict[str, Any]:
        case = act(tx, case_id, caller.account, at=now)
        return {
            "case": case.id,
            "version": stored_cases.version(tx, case.id),
            "claim": _claim(case, claimant(case, at=now)),
        }

    return answer(await found.write_as(caller, change))


def _line(line: Line) -> dict[str, Any]:
    case = line.case
    return {
        "id": case.id,
        "subject": case.subject,
        "words": ", ".join(line.reasons),
        "reasons": list(line.reasons),
        "claim": _claim(case, line.claimed_by),
        "version": line.version,
        "opened_at": utc(case.opened_at),
    }


def _dossier(seen: Dossier) -> dict[str, Any]:
    case, settled = seen.case, seen.settled
    return {
        "id": case.id,
        "subject": case.subject,
        "open": seen.open,
        "settled": {"by": settled.by, "at": utc(settled.at), "decision": settled.decision}
        if settled
        else None,
        "version": seen.version,
        "opened_at": utc(case.opened_at),
        "claim": _claim(case, seen.claimed_by),
        "impact": {
            "files": seen.counts["files"],
            "downloads": seen.downloads,
            "members": seen.counts["members"],
            "created_at": utc(seen.created_at) if seen.created_at else None,
        },
        "counts": seen.counts,
        "reports": [_report(each, seen) for each in seen.reports],
        "signals": [_signal(each) for each in seen.signals],
        "waiting": [_waiting(each) for each in seen.waiting],
        "appeals": [
            {
                "id": each.id,
                "decision": each.decision,
                "account": each.account,
                "message": each.message,
                "at": utc(each.at),
                "status": each.status,
            }
            for each in seen.appeals
        ],
        "decisions": [shown.brief(each) for each in seen.decisions],
        "files": list(seen.files),
        "members": list(seen.members),
        "history": [shown.entry(each) for each in seen.history],
    }


def _claim(case: Case, name: str | None) -> dict[str, Any] | None:
    if name is None or case.claimed_until is None:
        return None
    return {"by": name, "until": utc(case.claimed_until)}


def _report(report: Report, seen: Dossier) -> dict[str, Any]:
    track = seen.tracks[report.reporter_id]
    return {
        "id": report.id,
        "reporter": {
            "name": report.reporter,
            "confirmed": track.confirmed,
            "dismissed": track.dismissed,
        },
        "subject": report.subject,
        "kind": report.kind,
        "summary": report.summary,
        "evidence": list(report.evidence),
        "at": utc(report.at),
        "status": report.outcome,
        "decision": report.ending.decision if report.ending else None,
    }


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "id": signal.id,
        "subject": signal.subject,
        "rule": signal.rule,
        "version": signal.version,
        "score": signal.score,
        "why": signal.why,
        "at": utc(signal.at),
        "open": signal.open,
    }


def _waiting(waiting: Waiting) -> dict[str, Any]:
    return {
        "filename": waiting.filename,
        "uploaded_by": waiting.uploaded_by,
        "uploaded_at": utc(waiting.uploaded_at),
        "decision": waiting.decision,
    }
