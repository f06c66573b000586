"""The facts that rules judge by: what is known of one upload when it comes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from moderation.rules.protected import Protected
from storage.subjects import file, project

SHOWN_CHARACTERS = 100
"""How much of an uploader's text a sentence quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that one rule noticed, and why. It is advice, and never acts (law 7)."""

    rule: str
    version: int
    subject: str
    score: int
    """From 1 to 100: how much it should make somebody look."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file, who brings it, and what its project was before."""

    project: str
    """In its normalized spelling."""
    version: str
    filename: str
    filetype: str
    account: str
    account_is_new: bool
    account_age: timedelta
    is_new_project: bool
    files_in_10_minutes: int
    """Of this account, without this one."""
    last_upload_at: datetime | None
    """Of the project, before this one."""
    had_setup: bool
    """Whether an earlier file of the project ran a setup.py when it was installed."""
    at: datetime
    installs: Mapping[str, str] = field(default_factory=dict)
    """How the files begin that run when it is installed, by their paths."""
    urls: tuple[str, ...] = ()
    """Where the metadata says that the project lives."""
    protected: Protected = field(default_factory=Protected)

    def noticed(self, rule: str, version: int, score: int, why: str) -> Signal:
        """A signal about the file."""
        subject = file(self.filename)
        return Signal(rule=rule, version=version, subject=subject, score=score, why=why)

    def named(self, rule: str, version: int, score: int, why: str) -> Signal:
        """A signal about the name of the project."""
        subject = project(self.project)
        return Signal(rule=rule, version=version, subject=subject, score=score, why=why)


Noticed = Iterator[Signal]


def quoted(text: str) -> str:
    """An uploader's text as it may stand in a sentence: cut, and without control characters."""
    return repr(text[:SHOWN_CHARACTERS])
