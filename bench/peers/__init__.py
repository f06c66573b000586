"""The peers: what else serves the same files, and how each is brought to do so."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from bench.corpus import Part
from bench.place import Place
from bench.servers import Running

Serve = Callable[[Place, Path, Sequence[Part]], AbstractContextManager[Running]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A server to compare with. Both functions raise Missing if it cannot be had."""

    name: str
    version: Callable[[Place], str]
    serve: Serve
    """With these parts of the corpus, and a folder for what it needs while it runs."""


def unmade(folder: Path, parts: Sequence[Part], *, fingerprint: str) -> list[Part]:
    """The parts that a prepared folder does not have yet: all of them under another fingerprint."""
    noted = _noted(folder)
    return [each for each in parts if [each.name, fingerprint] not in noted]


def note_made(folder: Path, part: Part, *, fingerprint: str) -> None:
    """Remember that a prepared folder has the part."""
    _file(folder).write_text(json.dumps([*_noted(folder), [part.name, fingerprint]]))


def _noted(folder: Path) -> list[list[str]]:
    file = _file(folder)
    return list(json.loads(file.read_text())) if file.exists() else []


def _file(folder: Path) -> Path:
    return folder / ".made.json"
