"""A running index, a clock moved by hand, and people who use it."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from httpx2 import Response
from sqlalchemy import Table, select
from starlette.testclient import TestClient

from index.app import assemble, compose
from index.auth.credentials import new_token_id
from index.auth.passwords import hashed
from index.services import Services
from index.settings import Settings
from moderation import accounts
from storage import journal, sweeping
from storage.database import Transaction
from storage.records import Account, Entry, Role, Scope
from storage.schema import workers
from tests.kit import pages, placed
from tests.kit.clock import Clock
from tests.kit.makers import Archive
from tests.kit.pages import Page

JSON = "application/vnd.pypi.simple.v1+json"
SITE = "http://index.test"
LONG_AFTER = datetime(9000, 1, 1, tzinfo=UTC)
"""When a sweep spares nothing any more."""

T = TypeVar("T")


@dataclass
class World:
    """The index and its clock. People come from *somebody*."""

    services: Services
    clock: Clock
    client: TestClient

    def somebody(
        self,
        name: str,
        *,
        role: Role = Role.UPLOADER,
        scope: Scope = Scope.UPLOAD,
        password: str | None = None,
        new: bool = False,
        **token: Any,
    ) -> "Person":
        """An account with a token, vouched for unless it is *new*."""
        account = self.services.database.write_now(
            accounts.register,
            name=name,
            email=None,
            role=role,
            password_hash=hashed(password) if password else None,
            by="operator:test",
            at=self.clock(),
            vouch="" if new else "Made for a test.",
        )
        person = Person(world=self, name=name, account=account)
        return replace(person, secret=person.new_secret(scope, **token))

    @property
    def anyone(self) -> "Person":
        """A stranger."""
        return Person(world=self, name="anyone", account=None)

    def asks_rows(self, ask: Callable[..., T], *args: Any, **how: Any) -> T:
        """What a question to the storage finds, past every door."""
        return self.services.database.read_now(ask, *args, **how)

    @property
    def journal(self) -> list[Entry]:
        """Every entry there is."""
        return self.asks_rows(journal.since, 0, limit=10_000)

    def rows(self, *tables: Table) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of these tables, but for what workers note of themselves at any moment."""

        def every(tx: Transaction, table: Table) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in tx.execute(select(table))]

        return {each.name: self.asks_rows(every, each) for each in tables if each is not workers}

    def sweep(self) -> tuple[int, int]:
        """Remove what no row refers to: how many blobs and drafts."""
        return sweeping.sweep(self.services.database, self.services.blobs, at=LONG_AFTER)


@dataclass(frozen=True)
class Person:
    """Somebody at the public door: every verb is a request."""

    world: World
    name: str
    account: Account | None
    secret: str | None = field(default=None, repr=False)

    def new_secret(self, scope: Scope, **token: Any) -> str:
        """Another token of the account."""
        assert self.account is not None
        token_id = token.pop("token_id", None) or new_token_id()
        secret = f"bascule_{token_id}-of-{self.name}"
        self.world.services.database.write_now(
            accounts.add_token,
            self.account,
            token_id=token_id,
            secret=secret,
            scope=scope,
            by="operator:test",
            at=self.world.clock(),
            **{"project": None, "expires_at": None, **token},
        )
        return secret

    def with_token(self, scope: Scope, **token: Any) -> "Person":
        """The same person with another token."""
        return replace(self, secret=self.new_secret(scope, **token))

    def asks(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **how: Any
    ) -> Response:
        """One request, with the person's token. No answer may be a 500."""
        sent = dict(headers or {})
        if self.secret is not None:
            sent.setdefault("authorization", f"Bearer {self.secret}")
        response = self.world.client.request(method, path, headers=sent, **how)
        assert response.status_code != 500, response.text
        return response

    def gets(self, path: str, **how: Any) -> Response:
        """GET, as a client without a care."""
        return self.asks("GET", path, **how)

    def uploads(self, archive: Archive, **lies: Any) -> Response:
        """Publish a file, as twine does; *lies* replace form fields (None: leave it out)."""
        form: dict[str, list[str]] = {}
        for key, value in archive.fields(**lies):
            form.setdefault(key, []).append(value)
        files = {"content": (archive.filename, archive.content, "application/octet-stream")}
        return self.asks("POST", "/legacy/", data=form, files=files)

    def sees(self, project: str) -> list[str]:
        """The file names on the project's page, in JSON and in HTML alike."""
        page = self.gets(f"/simple/{project}/", headers={"accept": JSON})
        if page.status_code == 404:
            return []
        assert page.status_code == 200, page.text
        names = [file["filename"] for file in page.json()["files"]]
        assert [link.text for link in self.reads(project).links] == names
        return names

    def reads(self, project: str) -> Page:
        """The project's page in HTML, parsed."""
        return pages.read(self.gets(f"/simple/{project}/").text)

    def downloads(self, archive: Archive, suffix: str = "", **how: Any) -> Response:
        """The file's own URL."""
        return self.gets(f"/packages/{archive.sha256}/{archive.filename}{suffix}", **how)

    def decides(self, act: str, *subjects: str, reason: str = "Because.", **more: Any) -> Response:
        """POST a decision."""
        body = {"act": act, "subjects": list(subjects), "reason": reason, **more}
        return self.asks("POST", "/api/moderation/decisions", json=body)

    def holds(self, *subjects: str, **more: Any) -> int:
        """Hold subjects; the number of the decision."""
        return _decision(self.decides("hold", *subjects, **more))

    def releases(self, *subjects: str, **more: Any) -> int:
        """Release subjects; the number of the decision."""
        return _decision(self.decides("release", *subjects, **more))

    def sets_mode(self, step: str, reason: str = "Because.", **more: Any) -> int:
        """Put the index into a mode; the number of the decision."""
        return _decision(self.decides("mode", mode=step, reason=reason, **more))

    def undoes(self, decision: int, reason: str = "A mistake.") -> int:
        """Undo a decision; the number of the new one."""
        return _decision(self.wants_undone(decision, reason))

    def wants_undone(self, decision: int, reason: str = "A mistake.") -> Response:
        """POST an undo."""
        path = f"/api/moderation/decisions/{decision}/undo"
        return self.asks("POST", path, json={"reason": reason})

    def undoes_all(self, reason: str = "All wrong.", **window: Any) -> Response:
        """POST an undo of what somebody (*by*) decided in some time (*since*, *until*)."""
        return self.asks("POST", "/api/moderation/undo", json={"reason": reason, **window})

    def yanks(self, part: Archive | str, reason: str = "") -> Response:
        """Yank a file, or a release by PROJECT/VERSION."""
        return self.asks("POST", f"{_place(part)}/yank", json={"reason": reason})

    def unyanks(self, part: Archive | str) -> Response:
        """Take a yank back."""
        return self.asks("DELETE", f"{_place(part)}/yank")

    def withdraws(self, part: Archive | str, **why: str) -> Response:
        """Withdraw a file, or a release by PROJECT/VERSION."""
        return self.asks("POST", f"{_place(part)}/withdraw", json=why)

    def restores(self, part: Archive | str) -> Response:
        """Undo a withdrawal."""
        return self.asks("DELETE", f"{_place(part)}/withdraw")

    def says(self, project: str, status: str, reason: str = "") -> Response:
        """Set the status of a project."""
        body = {"status": status, "reason": reason}
        return self.asks("PUT", f"/api/projects/{project}/status", json=body)


@contextmanager
def a_world(folder: Path, template: Path, **settings: Any) -> Iterator[World]:
    """A new, empty index in *folder*: on a copy of the *template*, without a *database_url*."""
    folder.mkdir(parents=True, exist_ok=True)
    if url := settings.get("database_url"):
        placed.note(folder, url)
    else:
        shutil.copy(template, folder / "bascule.sqlite")
    clock = Clock()
    services = replace(compose(Settings(data=folder, **settings)), now=clock)
    with TestClient(assemble(services), base_url=SITE, follow_redirects=False) as client:
        yield World(services=services, clock=clock, client=client)


def _place(part: Archive | str) -> str:
    if isinstance(part, Archive):
        return f"/api/projects/{part.name}/files/{part.filename}"
    project, _, version = part.partition("/")
    return f"/api/projects/{project}/releases/{version}"


def _decision(response: Response) -> int:
    assert response.status_code == 201, response.text
    number: int = response.json()["decision"]["id"]
    return number
