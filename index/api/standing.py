"""How an account stands: trusted or new, its limits and what of them is used."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index.api import shown
from index.api.bodies import answer
from index.auth.callers import Caller
from index.services import services
from index.timestamps import utc
from moderation import accounts, limits
from moderation import trust as trusting
from moderation.limits import Usage
from moderation.terms import Terms
from storage import holds, overrides, overview, projects, subjects
from storage import trust as stored_trust
from storage.database import Transaction
from storage.records import Account, Decision, Override


async def show_account(request: Request, _caller: Caller) -> Response:
    """`GET /api/moderation/accounts/{account}`: what moderators may know of an account."""
    found = services(request)
    name = request.path_params["account"]
    return answer(await found.database.read(_about, name, found.terms, found.now()))


def account(found: Account) -> dict[str, Any]:
    """An account, to itself and to moderators."""
    return {
        "name": found.name,
        "email": found.email,
        "role": found.role,
        "created_at": utc(found.created_at),
    }


def trust(tx: Transaction, account: Account, *, terms: Terms, at: datetime) -> dict[str, Any]:
    """Whether the account is trusted, what it lacks to be, and what is left of its limits."""
    lacking = trusting.missing(tx, account, at=at, trial=terms.trial)
    return {
        "standing": trusting.standing(tx, account, at=at, trial=terms.trial),
        "missing": [
            {"what": each.what, "until": utc(each.until) if each.until else None}
            for each in lacking
        ],
        "limits": {
            each.counted.name: _usage(each)
            for each in limits.usage(tx, account, terms=terms, at=at)
        },
    }


def _about(tx: Transaction, name: str, terms: Terms, at: datetime) -> dict[str, Any]:
    found = accounts.known(tx, name)
    subject = subjects.account(found.name)
    return {
        "account": account(found),
        **trust(tx, found, terms=terms, at=at),
        "overrides": [_override(each) for each in overrides.in_force(tx, found.id, at=at)],
        "vouches": [_vouch(each) for each in stored_trust.vouches(tx, found.name)],
        "holds": [shown.hold(each) for each in holds.on_subjects(tx, {subject}, at=at)],
        "projects": projects.of_account(tx, found.id),
        "counts": overview.of_account(tx, subject),
    }


def _usage(found: Usage) -> dict[str, Any]:
    return {
        "limit": found.limit,
        "used": found.used,
        "remaining": found.remaining,
        "free_at": utc(found.free_at) if found.free_at else None,
    }


def _override(found: Override) -> dict[str, Any]:
    return {
        "projects_per_day": found.allowance.projects_per_day,
        "files_per_day": found.allowance.files_per_day,
        "files_per_10_minutes": found.allowance.files_per_10_minutes,
        "until": utc(found.until_at) if found.until_at else None,
        "reason": found.reason,
        "decision": found.decision,
    }


def _vouch(made: Decision) -> dict[str, Any]:
    return {"decision": made.id, "by": made.by, "at": utc(made.at), "reason": made.reason}
