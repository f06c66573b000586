"""An index through its public door: histories are lived and everything is asked by requests."""

from datetime import datetime
from typing import Any

from httpx2 import Response

from moderation import decisions
from moderation.deciding import Why
from storage import decisions as stored_decisions
from storage import holds
from storage.problems import Conflict, Forbidden
from storage.records import Act, Mode, Role, Scope
from tests.kit.below import force_wait, waits_of
from tests.kit.histories import FILES, MODERATORS, PROJECTS, UPLOADERS, Step
from tests.kit.makers import Archive
from tests.kit.world import JSON, Person, World

PAGES = [
    *(f"/simple/{project}/" for project in PROJECTS),
    *(f"/legacy/+simple/{project}/" for project in PROJECTS),
    *(f"/rss/project/{project}/releases.xml" for project in PROJECTS),
    "/rss/packages.xml",
    "/rss/updates.xml",
]
"""What has to be the same, byte for byte."""

SERIAL = [
    "/simple/",
    *(f"/pypi/{project}/json" for project in PROJECTS),
    *(f"/pypi/toasting/{version}/json" for version in ("1.0", "2.0")),
]
"""JSON that has a serial in it, which only grows."""


class Through:
    """See tests.kit.histories.Index."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.people = {
            name: world.somebody(name, token_id=name, role=role, scope=scope, new=True)
            for names, role, scope in (
                (UPLOADERS, Role.UPLOADER, Scope.UPLOAD),
                (MODERATORS, Role.MODERATOR, Scope.MODERATE),
            )
            for name in names
        }
        for archive in list(FILES.values())[:2]:
            self.people["ann"].uploads(archive)
        self.people["ann"].asks("PUT", "/api/projects/toasting/members/bob")

    def act(self, step: Step, at: datetime) -> int:
        """See Index.act."""
        self.world.clock.now = at
        if step.act == "force wait":
            self.world.services.database.write_now(force_wait, *step.args, at=at)
            return 0
        if step.act.startswith("force"):
            return self._force(step, at)
        answer = _ask(self.people[step.by], step)
        if answer.status_code >= 400:
            raise Conflict(answer.text) if answer.status_code == 409 else Forbidden(answer.text)
        said = answer.json() if answer.text.startswith("{") else {}
        made: int | dict[str, int] = said.get("decision", 0)
        return made if isinstance(made, int) else made["id"]

    def waits(self, file: str) -> list[int]:
        """See Index.waits."""
        return self.world.asks_rows(waits_of, file)

    def opened(self, decision: int) -> dict[str, int]:
        """See Index.opened."""
        made = self.world.asks_rows(stored_decisions.by_id, decision)
        found = self.world.asks_rows(holds.by_ids, made.holds)
        return {hold.subject: hold.id for hold in found}

    def _force(self, step: Step, at: datetime) -> int:
        # No request holds in spite of a freeze; the world without has to.
        what, *how = step.args
        names = [what] if isinstance(what, str) else what
        until = at + how[1] if how and how[1] else None
        return self.world.services.database.write_now(
            decisions.hold,
            names,
            why=Why(by=f"account:{step.by}", at=at, reason=f"{step.by}, because."),
            effects=how[0] if how else (),
            until=until,
            act=Act(step.act.removeprefix("force ")),
        ).id


def _ask(person: Person, step: Step) -> Response:
    what, *how = step.args
    reason = f"{person.name}, because."
    match step.act:
        case "upload":
            return person.uploads(FILES[what])
        case "say":
            return person.says(what, how[0])
        case "yank":
            return person.yanks(_part(what), reason)
        case "unyank":
            return person.unyanks(_part(what))
        case "withdraw":
            return person.withdraws(_part(what), reason=reason)
        case "restore":
            return person.restores(_part(what))
        case "hold":
            until = (person.world.clock() + how[1]).isoformat() if how[1] else None
            return person.decides("hold", *what, effects=how[0], until=until, reason=reason)
        case "mode":
            until = (person.world.clock() + how[0]).isoformat() if how[0] else None
            until = None if what is Mode.OPEN else until
            return person.decides("mode", mode=what, until=until, reason=reason)
        case "vouch":
            return person.decides("vouch", what, reason=reason)
        case "limits":
            until = (person.world.clock() + how[1]).isoformat() if how[1] else None
            numbers = {"files_per_day": how[0]}
            return person.decides("limits", what, limits=numbers, until=until, reason=reason)
        case "release":
            return person.decides("release", *what, reason=reason)
        case "release holds":
            return person.decides("release", holds=what, reason=reason)
        case "undo":
            return person.wants_undone(what, reason)
    return person.undoes_all(reason, by=what, since=how[0].isoformat())


def _part(subject: str) -> Archive | str:
    return FILES.get(subject, subject.removeprefix("release:"))


def observed(index: Through) -> dict[str, Any]:
    """Everything that is answered now, but for serials and for numbers of decisions."""
    anyone, seen = index.world.anyone, {}
    for path in PAGES:
        for accept in (JSON, "text/html"):
            answer = anyone.gets(path, headers={"accept": accept})
            seen[path, accept] = (answer.status_code, answer.content, answer.headers.get("etag"))
    for path in SERIAL:
        answer = anyone.gets(path, headers={"accept": JSON})
        seen[path] = (answer.status_code, _without_numbers(answer))
    for archive in FILES.values():
        for suffix in ("", ".metadata"):
            for method, headers in (("GET", {}), ("GET", {"range": "bytes=3-9"}), ("HEAD", {})):
                url = f"/packages/{archive.sha256}/{archive.filename}{suffix}"
                answer = anyone.asks(method, url, headers=headers)
                seen[url, method, *headers] = (answer.status_code, answer.content)
    for name in UPLOADERS:
        answer = index.people[name].gets("/api/me")
        seen[name] = (answer.status_code, _without_numbers(answer))
    for archive in FILES.values():
        url = f"/api/projects/{archive.name}/files/{archive.filename}"
        answer = index.people["ann"].gets(url)
        seen[url] = (answer.status_code, _without_numbers(answer))
    seen["admission"] = anyone.gets("/api/admission").json()
    seen["holds"] = _without_numbers(index.people["bea"].gets("/api/moderation/holds"))
    return seen


def _without_numbers(answer: Response) -> Any:
    numbers = ("_last-serial", "last_serial", "last_used_at", "id", "decision", "answer")

    def without(value: Any) -> Any:
        if isinstance(value, list):
            return [without(each) for each in value]
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key not in numbers}
        return value

    return without(answer.json()) if answer.status_code == 200 else answer.text
