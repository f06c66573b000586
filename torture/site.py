"""What is tortured: servers that share rows and bytes, and a folder on a small disk of its own."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from storage.nodes import LEASE_SECONDS
from storage.records import Role, Scope
from tests.kit.disks import SmallDisk, a_small_disk
from tests.kit.mortal import Mortal, a_mortal
from tests.kit.uploaders import tokens_in
from torture.backings import Backing
from torture.clock import Clock

DISK_BYTES = 256 << 20
SETTINGS: dict[str, Any] = {
    "trusted_files_per_day": 1_000_000,
    "trusted_projects_per_day": 1_000_000,
    "signups_per_day": 1_000_000,
}


class Node:
    """One server, which may be dead or asleep; started again it is another process."""

    def __init__(self, folder: Path, log: Path, settings: Mapping[str, Any]) -> None:
        self._folder = folder
        self._log = log
        self._settings = settings
        self._life = ExitStack()
        self._server: Mortal | None = None

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._server is not None
        assert self._server.process.pid is not None
        return self._server.process.pid

    @property
    def url(self) -> str:
        """Where it answers, or did when it was alive."""
        assert self._server is not None, "The node was never started."
        return self._server.url

    def starts(self) -> None:
        """Start it, and wait until it answers."""
        server = a_mortal(self._folder, log=self._log, **SETTINGS, **self._settings)
        self._server = self._life.enter_context(server)

    def dies(self) -> None:
        """Kill it without a warning."""
        self._life.close()

    def sleeps(self) -> None:
        """Stop it where it is, as a machine does that has run out of memory or of time."""
        self._signal(signal.SIGSTOP)

    def wakes(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        os.kill(self.pid, number)


@dataclass(slots=True, kw_only=True)
class Site:
    """All there is, and whose tokens are known."""

    folder: Path
    backing: Backing
    disk: SmallDisk
    nodes: list[Node]
    clock: Clock
    owners: dict[str, str]
    """The tokens of those who publish, by their names."""
    moderator: str
    """The token of who decides."""

    @property
    def late_seconds(self) -> float:
        """How long after an upload another node may not list it yet."""
        return 0.0 if self.backing.database is None else 2 * LEASE_SECONDS

    def any_url(self, chances: Random) -> str:
        """Where one of the servers is."""
        return chances.choice(self.nodes).url

    def start(self) -> None:
        """Start every server."""
        for node in self.nodes:
            node.starts()

    def stop(self) -> None:
        """Kill every server."""
        for node in self.nodes:
            node.dies()


@contextmanager
def a_site(
    scratch: Path, clock: Clock, backing: Backing, *, nodes: int, owners: int
) -> Iterator[Site]:
    """A new site. The disk takes root. Its log, the file `nodes.log` of *scratch*, stays."""
    with a_small_disk(scratch / "disk", size_bytes=DISK_BYTES) as disk:
        folder, its = disk.folder / "index", backing.settings
        names = [f"owner-{number}" for number in range(owners)]
        tokens = tokens_in(folder, *names, **its)
        (moderator,) = tokens_in(
            folder, "moderator", role=Role.MODERATOR, scope=Scope.MODERATE, **its
        )
        log = scratch / "nodes.log"
        site = Site(
            folder=folder,
            backing=backing,
            disk=disk,
            nodes=[Node(folder, log, its) for _ in range(nodes)],
            clock=clock,
            owners=dict(zip(names, tokens, strict=True)),
            moderator=moderator,
        )
        site.start()
        try:
            yield site
        finally:
            site.stop()
