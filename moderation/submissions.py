"""Submissions: a file that somebody wants to add, before and after its contents were checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import NormalizedName

from storage.records import Blob


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file that somebody wants to add, as far as its name tells."""

    project: NormalizedName
    spelled: str
    skeleton: str
    version: str
    filename: str
    filetype: str
    python_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A received file that passed every check of its contents."""

    candidate: Candidate
    blob: Blob
    comment: str
    requires_python: str | None
    core_metadata: Blob | None
    metadata: Mapping[str, Any]
    installs: Mapping[str, str] = field(default_factory=dict)
    """How the files begin that run when it is installed, by their paths."""

    @property
    def runs_setup(self) -> bool:
        """Whether it runs a setup.py when it is installed."""
        return any(path.rpartition("/")[2] == "setup.py" for path in self.installs)
