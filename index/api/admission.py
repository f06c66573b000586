"""The mode of the index, for anyone, and what became of an upload, for whoever made it."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from index.api import shown
from index.api.bodies import answer
from index.auth.callers import Caller
from index.services import services
from moderation import owners, waiting
from moderation.permissions import check_member, check_token_covers, known_project
from storage import holds, modes
from storage.database import Transaction
from storage.records import Effect


async def show_admission(request: Request) -> Response:
    """`GET /api/admission`: the mode in force, why, since when and until when."""
    found = services(request)
    return answer(shown.admission(await found.database.read(modes.admission, at=found.now())))


async def show_upload(request: Request, caller: Caller) -> Response:
    """`GET /api/projects/{project}/files/{filename}`: what became of a file, to its members.

    `status` is `published`, `waiting` (for a moderator) or `held`.
    """
    found = services(request)
    return answer(await found.database.read(_upload, request, caller, found.now()))


def _upload(tx: Transaction, request: Request, caller: Caller, at: datetime) -> dict[str, Any]:
    project = known_project(tx, request.path_params["project"])
    check_token_covers(caller.token, project.name)
    check_member(tx, project, caller.account)
    filename = request.path_params["filename"]
    part = owners.file_part(tx, project.name, filename)
    reason = waiting.reason(tx, filename, at=at)
    on_it = holds.on_subjects(tx, part.subjects, at=at)
    held = [hold for hold in on_it if hold.effects & {Effect.HIDE, Effect.REFUSE}]
    status = "waiting" if reason is not None else "held" if held else "published"
    return {
        "project": project.name,
        "version": part.version,
        "filename": filename,
        "status": status,
        "reason": reason if reason is not None else held[0].reason if held else None,
        "holds": [shown.hold(hold) for hold in on_it],
    }
