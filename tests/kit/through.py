"""An index through its public door: histories are lived and everything is asked by requests."""

from collections.abc import Callable
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from httpx2 import Response

from storage import decisions as stored_decisions
from storage import holds
from storage.problems import Conflict, Forbidden
from storage.records import Mode, Role, Scope
from tests.kit import casework, forcing
from tests.kit.appealing import appeals
from tests.kit.forcing import case_number, reason
from tests.kit.histories import FILES, FIRST, MODERATORS, PROJECTS, UPLOADERS, Met, Step
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


_CLAIMS = ("claim", "take over", "give back")


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
        for file in FIRST:
            self.people["ann"].uploads(FILES[file])
        self.people["ann"].asks("PUT", "/api/projects/toasting/members/bob")

    def act(self, step: Step, at: datetime) -> int:
        """See Index.act."""
        self.world.clock.now = at
        subject = step.args[0] if step.act in _CLAIMS else step.case
        case = self.world.asks_rows(case_number, subject) if subject else None
        answer = _ask(self.people[step.by], step, case)
        if answer.status_code >= 400:
            raise Conflict(answer.text) if answer.status_code == 409 else Forbidden(answer.text)
        said = answer.json() if answer.text.startswith("{") else {}
        made: int | dict[str, int] = said.get("decision", 0)
        return made if isinstance(made, int) else made["id"]

    def force(self, step: Step, at: datetime) -> int:
        """See Index.force."""
        return self.world.services.database.write_now(forcing.force, step, at)

    def met(self, file: str) -> Met:
        """See Index.met."""
        return self.world.asks_rows(forcing.met, file)

    def opened(self, decision: int) -> dict[str, int]:
        """See Index.opened."""
        made = self.world.asks_rows(stored_decisions.by_id, decision)
        found = self.world.asks_rows(holds.by_ids, made.holds)
        return {hold.subject: hold.id for hold in found}


def _ask(person: Person, step: Step, case: int | None) -> Response:
    ask = _DECIDED.get(step.act)
    if ask is not None:
        why: dict[str, Any] = {"reason": reason(step)}
        return ask(person, *step.args, **why, **({"case": case} if case else {}))
    if case is not None:
        if step.act == "give back":
            return casework.gives_back(person, case)
        return casework.claims(person, case, take_over=step.act == "take over")
    return _own(person, step.act, reason(step), *step.args)


def _own(person: Person, act: str, because: str, what: Any, *how: Any) -> Response:
    match act:
        case "upload":
            return person.uploads(FILES[what])
        case "say":
            return person.says(what, *how)
        case "yank":
            return person.yanks(_part(what), because)
        case "unyank":
            return person.unyanks(_part(what))
        case "withdraw":
            return person.withdraws(_part(what), reason=because)
        case "restore":
            return person.restores(_part(what))
        case "report":
            return casework.tries_to_report(person, what, kind=how[0], summary=because)
        case "appeal":
            return appeals(person, what, because)
    raise AssertionError(act)


def _hold(person: Person, names: list[str], effects: Any, length: Any, **why: Any) -> Response:
    return person.decides("hold", *names, effects=effects, until=_end(person, length), **why)


def _mode(person: Person, mode: Mode, length: Any, **why: Any) -> Response:
    until = None if mode is Mode.OPEN else _end(person, length)
    return person.decides("mode", mode=mode, until=until, **why)


def _limits(person: Person, whom: str, files: int, length: Any, **why: Any) -> Response:
    numbers = {"files_per_day": files}
    return person.decides("limits", whom, limits=numbers, until=_end(person, length), **why)


def _undo_all(person: Person, whose: str, since: datetime, **why: Any) -> Response:
    return person.undoes_all(why.pop("reason"), by=whose, since=since.isoformat(), **why)


def _end(person: Person, length: timedelta | None) -> str | None:
    return (person.world.clock() + length).isoformat() if length else None


_DECIDED: dict[str, Callable[..., Response]] = {
    "hold": _hold,
    "mode": _mode,
    "limits": _limits,
    "vouch": lambda person, whom, **why: person.decides("vouch", whom, **why),
    "release": lambda person, names, **why: person.decides("release", *names, **why),
    "release holds": lambda person, ids, **why: person.decides("release", holds=ids, **why),
    "dismiss": lambda person, **why: person.decides("dismiss", **why),
    "undo": lambda person, number, **why: person.wants_undone(number, **why),
    "undo all": _undo_all,
}


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
        me = _without_numbers(index.people[name].gets("/api/me"))
        # An appeal is not taken back with what it was against, which is then overturned.
        me["appeals"] = [each for each in me["appeals"] if each["status"] != "overturned"]
        seen[name] = me
        seen[name, "reports"] = _without_numbers(index.people[name].gets("/api/reports"))
    for archive in FILES.values():
        url = f"/api/projects/{archive.name}/files/{archive.filename}"
        answer = index.people["ann"].gets(url)
        seen[url] = (answer.status_code, _without_numbers(answer))
    seen["admission"] = anyone.gets("/api/admission").json()
    seen["holds"] = _without_numbers(index.people["bea"].gets("/api/moderation/holds"))
    queue = _without_numbers(index.people["bea"].gets("/api/moderation/queue"))
    # Which case was the first to be there, an undone decision may have settled.
    seen["queue"] = sorted(queue["cases"], key=itemgetter("subject"))
    return seen


def _without_numbers(answer: Response) -> Any:
    numbers = ("_last-serial", "last_serial", "last_used_at", "id", "decision", "answer")
    numbers += ("case", "version")

    def without(value: Any) -> Any:
        if isinstance(value, list):
            return [without(each) for each in value]
        if isinstance(value, dict):
            return {key: without(each) for key, each in value.items() if key not in numbers}
        return value

    return without(answer.json()) if answer.status_code == 200 else answer.text
