"""Real servers that run one job again and again, and note when they begin and end it."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from starlette.types import ASGIApp

from index import logs
from index.app import assemble, compose
from index.background import Job
from index.services import Services
from index.settings import Settings
from tests.kit.mortal import Mortal, a_mortal

LEASE_SECONDS = 2.0
PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Work:
    """What the servers have noted in a folder, and what holds them up."""

    folder: Path

    @property
    def runs(self) -> list[tuple[str, int]]:
        """`began` or `ended`, and by which process, in order."""
        lines = self._notes.read_text().splitlines() if self._notes.exists() else []
        return [(what, int(pid)) for what, pid in map(str.split, lines)]

    @property
    def began(self) -> list[int]:
        """Which processes began a run, in order."""
        return [pid for what, pid in self.runs if what == "began"]

    @property
    def log(self) -> Path:
        """What all of the servers say."""
        return self.folder / "log"

    def pause(self) -> None:
        """Let no run end until *go_on*."""
        self._brake.touch()

    def go_on(self) -> None:
        """Let runs end."""
        self._brake.unlink()

    def run(self, _services: Services) -> None:
        """The job, in a server."""
        self._note("began")
        until(lambda: not self._brake.exists(), seconds=3 * PATIENCE_SECONDS)
        self._note("ended")

    @contextmanager
    def a_server(
        self,
        data: Path,
        *,
        hours_ahead: float = 0,
        every_seconds: float,
        **its: str,
    ) -> Iterator[Mortal]:
        """A server that does it, whose clock goes wrong by so much."""
        create = partial(_create, work=self, ahead=hours_ahead, every=every_seconds)
        with a_mortal(data, log=self.log, create=create, **its) as server:
            yield server

    def _note(self, what: str) -> None:
        with self._notes.open("a") as notes:  # A line is written at once.
            notes.write(f"{what} {os.getpid()}\n")

    @property
    def _notes(self) -> Path:
        return self.folder / "notes"

    @property
    def _brake(self) -> Path:
        return self.folder / "brake"


def until(come: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Return when it is so; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _create(settings: Settings, *, work: Work, ahead: float, every: float) -> ASGIApp:
    logs.configure(settings.log_format, sys.stderr)
    services = compose(settings)
    right = services.now
    wrong = replace(services, now=lambda: right() + timedelta(hours=ahead))
    job = Job(name="toast", every_seconds=every, run=work.run, lease_seconds=LEASE_SECONDS)
    return assemble(wrong, jobs=(job,))
