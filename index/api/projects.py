"""What the members of a project do with it: yank, withdraw, status, members."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response

from index import metrics
from index.api.bodies import Body, answer, read
from index.auth.callers import Caller
from index.services import services
from moderation import accounts, owners
from moderation.deciding import Why
from moderation.owners import Part
from moderation.permissions import check_member, check_token_covers, known_project
from storage.database import Transaction
from storage.records import Decision, Project, Status


class Reason(Body, frozen=True):
    """Why; for a yank it may stay empty."""

    reason: str = ""


class NewStatus(Body, frozen=True):
    """What the owners say of their project (PEP 792)."""

    status: Status
    reason: str = ""


async def yank(request: Request, caller: Caller) -> Response:
    """`POST …/yank`: yank the release or the file of the path (PEP 592)."""
    reason = (await read(request, Reason)).reason
    now = services(request).now()

    def change(tx: Transaction, part: Part) -> None:
        owners.yank(tx, part, caller.account, reason=reason, at=now)

    part = await _change_part(request, caller, change)
    return answer({"subject": part.subject, "yanked": reason or True})


async def unyank(request: Request, caller: Caller) -> Response:
    """`DELETE …/yank`: take a yank back."""
    now = services(request).now()

    def change(tx: Transaction, part: Part) -> None:
        owners.unyank(tx, part, caller.account, at=now)

    part = await _change_part(request, caller, change)
    return answer({"subject": part.subject, "yanked": False})


async def withdraw(request: Request, caller: Caller) -> Response:
    """`POST …/withdraw`: take the release or the file back; its name stays taken."""
    return await _decide(request, caller, owners.withdraw, "Withdrawn by its owner.")


async def restore(request: Request, caller: Caller) -> Response:
    """`DELETE …/withdraw`: undo a withdrawal, exactly."""
    return await _decide(request, caller, owners.restore, "Restored by its owner.")


async def set_status(request: Request, caller: Caller) -> Response:
    """`PUT /api/projects/{project}/status`: active, archived or deprecated."""
    wanted = await read(request, NewStatus)
    found = services(request)

    def change(tx: Transaction) -> Project:
        project = _own(tx, request, caller)
        owners.set_status(
            tx,
            project,
            caller.account,
            status=wanted.status,
            reason=wanted.reason,
            at=found.now(),
        )
        return project

    project = await found.write_as(caller, change)
    return answer({"project": project.name, "status": wanted.status, "reason": wanted.reason})


async def add_member(request: Request, caller: Caller) -> Response:
    """`PUT /api/projects/{project}/members/{account}`."""
    return await _change_member(request, caller, owners.add_member, member=True)


async def remove_member(request: Request, caller: Caller) -> Response:
    """`DELETE /api/projects/{project}/members/{account}`."""
    return await _change_member(request, caller, owners.remove_member, member=False)


async def _decide(
    request: Request, caller: Caller, act: Callable[..., Decision], usual: str
) -> Response:
    found = services(request)
    reason = (await read(request, Reason)).reason or usual
    made: list[Decision] = []

    def change(tx: Transaction, part: Part) -> None:
        why = Why(by=caller.actor, at=found.now(), reason=reason)
        made.append(act(tx, part, caller.account, why=why))

    part = await _change_part(request, caller, change)
    metrics.decided(made[0].act)
    return answer({"subject": part.subject, "decision": made[0].id}, status=201)


async def _change_part(
    request: Request, caller: Caller, change: Callable[[Transaction, Part], None]
) -> Part:
    """Let *change* act on the release or file of the path, in one transaction."""
    name, version = request.path_params["project"], request.path_params.get("version")

    def write(tx: Transaction) -> Part:
        _own(tx, request, caller)
        if version is not None:
            part = owners.release_part(tx, name, version)
        else:
            part = owners.file_part(tx, name, request.path_params["filename"])
        change(tx, part)
        return part

    return await services(request).write_as(caller, write)


async def _change_member(
    request: Request, caller: Caller, act: Callable[..., None], *, member: bool
) -> Response:
    found = services(request)

    def change(tx: Transaction) -> tuple[str, str]:
        project = _own(tx, request, caller)
        account = accounts.known(tx, request.path_params["account"])
        act(tx, project, caller.account, account, at=found.now())
        return project.name, account.name

    project, account = await found.write_as(caller, change)
    return answer({"project": project, "account": account, "member": member})


def _own(tx: Transaction, request: Request, caller: Caller) -> Project:
    project = known_project(tx, request.path_params["project"])
    check_token_covers(caller.token, project.name)
    # Before anybody looks for a part: whether a hidden release exists is the members' to know.
    check_member(tx, project, caller.account)
    return project
