"""Owners at both doors: each verb says what was answered, and a refusal in its sentences."""

from dataclasses import dataclass
from typing import Protocol

from httpx2 import Response

from storage.problems import Problem
from tests.kit.terminal import Terminal
from tests.kit.world import Person


class Owner(Protocol):
    """Somebody who does what owners do; None is the answer to what was done."""

    def does(self, act: str, subject: str, reason: str = "") -> str | None:
        """yank, unyank, withdraw or restore a release or a file."""

    def says(self, project: str, status: str, reason: str = "") -> str | None:
        """Set the status of a project."""

    def member(self, act: str, project: str, account: str) -> str | None:
        """add or remove a member."""


@dataclass(frozen=True)
class AtTheDoor:
    """An owner with a token."""

    person: Person

    def does(self, act: str, subject: str, reason: str = "") -> str | None:
        """See Owner."""
        verbs = {"yank": "POST", "unyank": "DELETE", "withdraw": "POST", "restore": "DELETE"}
        what = "yank" if "yank" in act else "withdraw"
        kind, _, name = subject.partition(":")
        if kind == "file":
            place = f"{name.partition('-')[0]}/files/{name}"
        else:
            place = "{}/releases/{}".format(*name.split("/"))
        body = {"reason": reason} if reason else {}
        return _said(self.person.asks(verbs[act], f"/api/projects/{place}/{what}", json=body))

    def says(self, project: str, status: str, reason: str = "") -> str | None:
        """See Owner."""
        return _said(self.person.says(project, status, reason))

    def member(self, act: str, project: str, account: str) -> str | None:
        """See Owner."""
        method = {"add": "PUT", "remove": "DELETE"}[act]
        return _said(self.person.asks(method, f"/api/projects/{project}/members/{account}"))


@dataclass(frozen=True)
class AtTheTerminal:
    """Whoever runs the command line."""

    terminal: Terminal

    def does(self, act: str, subject: str, reason: str = "") -> str | None:
        """See Owner."""
        command = "restore-withdrawn" if act == "restore" else act
        return self._run(command, subject, *(["--reason", reason] if reason else []))

    def says(self, project: str, status: str, reason: str = "") -> str | None:
        """See Owner."""
        return self._run("project", "status", project, status, "--reason", reason)

    def member(self, act: str, project: str, account: str) -> str | None:
        """See Owner."""
        return self._run("member", act, project, account)

    def _run(self, *words: str) -> str | None:
        try:
            self.terminal.says(*words)
        except Problem as problem:
            return " ".join(filter(None, [problem.message, problem.hint]))
        return None


def _said(answer: Response) -> str | None:
    return None if answer.status_code in (200, 201) else answer.text
