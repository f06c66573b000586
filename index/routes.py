"""Every URL, and whom it answers."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from index import cors, metrics, operations
from index.api import (
    accounts,
    admission,
    appeals,
    cases,
    messages,
    moderation,
    projects,
    proposals,
    public,
    reports,
    standing,
)
from index.feeds import endpoints as feeds
from index.files import endpoints as files
from index.guard import Door, anyone, moderator, reader, signed_in, uploader
from index.openapi import endpoints as openapi
from index.simple import endpoints as simple
from index.upload import endpoints as upload

_RELEASE = "/api/projects/{project}/releases/{version}"
_FILE = "/api/projects/{project}/files/{filename}"
_MEMBER = "/api/projects/{project}/members/{account}"
_MODERATION = "/api/moderation"

DOORS: tuple[Door, ...] = (
    anyone("GET", "/", operations.welcome),
    anyone("GET", "/healthz", operations.is_alive),
    anyone("GET", "/readyz", operations.is_ready),
    anyone("GET", "/metrics", metrics.show),
    anyone("GET", "/openapi.json", openapi.describing(lambda: DOORS)),
    # Reading.
    reader("GET", "/simple/", simple.list_projects),
    reader("GET", "/simple", simple.add_slash),
    reader("GET", "/simple/{project}/", simple.show_project),
    reader("GET", "/simple/{project}", simple.add_slash),
    reader("GET", "/packages/{sha256}/{filename}", files.download),
    reader("GET", "/pypi/{project}/json", feeds.show_project),
    reader("GET", "/pypi/{project}/json/", feeds.show_project),
    reader("GET", "/pypi/{project}/{version}/json", feeds.show_version),
    reader("GET", "/pypi/{project}/{version}/json/", feeds.show_version),
    reader("GET", "/rss/packages.xml", feeds.newest_projects),
    reader("GET", "/rss/updates.xml", feeds.newest_releases),
    reader("GET", "/rss/project/{project}/releases.xml", feeds.releases_of_project),
    reader("GET", "/changes", feeds.list_changes),
    reader("GET", "/api/decisions", public.list_decisions),
    # Uploading.
    uploader("POST", "/legacy/", upload.receive_upload),
    uploader("POST", "/legacy", upload.receive_upload),
    reader("GET", "/legacy/+simple/{project}/", simple.probe_project),
    # Accounts.
    anyone("GET", "/api/admission", admission.show_admission),
    anyone("POST", "/api/accounts", accounts.register),
    anyone("POST", "/api/tokens", accounts.add_token),
    signed_in("DELETE", "/api/tokens/{id}", accounts.revoke_token),
    signed_in("GET", "/api/me", accounts.show_me),
    signed_in("POST", "/api/reports", reports.report),
    signed_in("GET", "/api/reports", reports.list_mine),
    signed_in("POST", "/api/decisions/{id}/appeal", appeals.appeal),
    # Owners.
    uploader("GET", _FILE, admission.show_upload),
    uploader("POST", f"{_RELEASE}/yank", projects.yank),
    uploader("DELETE", f"{_RELEASE}/yank", projects.unyank),
    uploader("POST", f"{_RELEASE}/withdraw", projects.withdraw),
    uploader("DELETE", f"{_RELEASE}/withdraw", projects.restore),
    uploader("POST", f"{_FILE}/yank", projects.yank),
    uploader("DELETE", f"{_FILE}/yank", projects.unyank),
    uploader("POST", f"{_FILE}/withdraw", projects.withdraw),
    uploader("DELETE", f"{_FILE}/withdraw", projects.restore),
    uploader("PUT", "/api/projects/{project}/status", projects.set_status),
    uploader("PUT", _MEMBER, projects.add_member),
    uploader("DELETE", _MEMBER, projects.remove_member),
    # Moderation.
    moderator("POST", f"{_MODERATION}/decisions", moderation.decide),
    moderator("GET", f"{_MODERATION}/decisions", moderation.list_decisions),
    moderator("GET", f"{_MODERATION}/decisions/{{id}}", moderation.show_decision),
    moderator("POST", f"{_MODERATION}/decisions/{{id}}/undo", moderation.undo),
    moderator("POST", f"{_MODERATION}/undo", moderation.undo_many),
    moderator("GET", f"{_MODERATION}/proposals", proposals.list_proposals),
    moderator("POST", f"{_MODERATION}/proposals", proposals.propose),
    moderator("DELETE", f"{_MODERATION}/proposals/{{id}}", proposals.cancel),
    moderator("POST", f"{_MODERATION}/proposals/{{id}}/confirm", proposals.confirm),
    moderator("GET", f"{_MODERATION}/holds", moderation.list_holds),
    moderator("GET", f"{_MODERATION}/journal", moderation.read_journal),
    moderator("GET", f"{_MODERATION}/journal/verify", moderation.verify_journal),
    moderator("GET", f"{_MODERATION}/messages", messages.list_messages),
    moderator("GET", f"{_MODERATION}/queue", cases.list_queue),
    moderator("GET", f"{_MODERATION}/cases/{{id}}", cases.show_case),
    moderator("PUT", f"{_MODERATION}/cases/{{id}}/claim", cases.claim),
    moderator("DELETE", f"{_MODERATION}/cases/{{id}}/claim", cases.give_back),
    moderator("GET", f"{_MODERATION}/accounts/{{account}}", standing.show_account),
)


def routes(doors: Sequence[Door] = DOORS) -> list[Route]:
    """The doors as the router wants them: one route a path, with all its methods."""
    by_path = groupby(sorted(doors, key=attrgetter("path")), key=attrgetter("path"))
    order = {door.path: at for at, door in reversed(list(enumerate(doors)))}
    made = [_route(path, list(its)) for path, its in by_path]
    return sorted(made, key=lambda route: order[route.path])


def _route(path: str, doors: list[Door]) -> Route:
    by_method = {door.method: door.endpoint for door in doors}
    if "GET" in by_method:
        by_method |= {"HEAD": by_method["GET"], "OPTIONS": _preflight}

    async def answer(request: Request) -> Response:
        return await by_method[request.method](request)

    return Route(path, answer, methods=list(by_method))


async def _preflight(_request: Request) -> Response:
    return cors.preflight()
