"""Where rows and bytes are: beside the servers, or in PostgreSQL and an object store."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx2
import obstore
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from bench.servers import family
from tests.kit import objects, postgres
from tests.kit.objects import ObjectStore
from tests.kit.postgres import NAME, Postgres

PATIENCE_SECONDS = 60
DAEMONS = ("rgw", "osd", "mon")
"""What the object store is made of, as its tool names them."""


class Program:
    """Something that runs beside the servers, and may die or be stopped where it is."""

    def pids(self) -> list[int]:
        """Its processes."""
        raise NotImplementedError

    def starts(self) -> None:
        """Start it, and wait until it answers."""
        raise NotImplementedError

    def dies(self) -> None:
        """Kill it without a warning."""
        gone = self._signal(signal.SIGKILL)
        until = time.monotonic() + PATIENCE_SECONDS
        while any(_is_alive(pid) for pid in gone) and time.monotonic() < until:
            time.sleep(0.01)

    def sleeps(self) -> None:
        """Stop it where it is."""
        self._signal(signal.SIGSTOP)

    def wakes(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> list[int]:
        found = self.pids()
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        return found


class DatabaseServer(Program):
    """A PostgreSQL that keeps what it has committed when it is killed."""

    def __init__(self) -> None:
        programs = postgres.found()
        assert programs is not None, "There is no PostgreSQL on this machine."
        self._folder = folder = Path(mkdtemp(prefix="torture-postgres-"))
        self._account = postgres.initialised(programs, folder)
        self.port = postgres.free_port()
        # The machine stays up, so nothing has to be flushed; but what is committed is written.
        its = {"synchronous_commit": "on", "max_connections": "60"}
        self._command = postgres.command(programs, folder, self.port, **its)
        self._process: subprocess.Popen[bytes] | None = None

    def pids(self) -> list[int]:
        """Its processes."""
        return family(self._process.pid) if self._process is not None else []

    def starts(self) -> None:
        """Start it, and wait until it answers."""
        with (self._folder / "said").open("ab") as said:
            self._process = subprocess.Popen(
                self._command, user=self._account, cwd=self._folder, stdout=said, stderr=said
            )
        url = f"postgresql+psycopg://{NAME}@127.0.0.1:{self.port}/postgres"
        asking, until = create_engine(url), time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                asking.connect().close()
            except OperationalError:
                assert time.monotonic() < until, "PostgreSQL does not start again."
                time.sleep(0.05)
            else:
                asking.dispose()
                return

    def dies(self) -> None:
        """Kill it without a warning."""
        super().dies()
        if self._process is not None:
            self._process.wait()

    def prepared(self) -> Postgres:
        """The server, with a database that others are copied from."""
        return postgres.prepared(self.port, self._folder)

    def wipe(self) -> None:
        """Stop it, and leave nothing."""
        self.dies()
        shutil.rmtree(self._folder)


class StoreServer(Program):
    """An S3 server that keeps on the disk what it has answered."""

    def __init__(self, folder: Path) -> None:
        self._run = folder / "run"
        self._environ = {
            **os.environ,
            "S3_DATA": str(folder),
            "S3_STORE": "bluestore",
            "S3_PORT": str(objects.free_ports()),
        }
        self.store: ObjectStore | None = None

    def pids(self) -> list[int]:
        """Its processes."""
        files = [self._run / f"{name}.pid" for name in DAEMONS]
        return [int(file.read_text().split()[0]) for file in files if file.exists()]

    def starts(self) -> None:
        """Start it, and wait until it answers."""
        self.store = objects.started(self._environ)

    def prepared(self) -> ObjectStore:
        """The server, with a bucket."""
        assert self.store is not None
        made = httpx2.put(obstore.sign(self.store.bucket, "PUT", "", timedelta(seconds=60)))
        assert made.status_code == 200, made.text
        return self.store

    def wipe(self) -> None:
        """Stop it, and leave nothing."""
        objects.wipe(self._environ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """What the servers of a site are told of it, and what of it can die."""

    settings: dict[str, Any] = field(default_factory=dict)
    database: Program | None = None
    store: Program | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backings:
    """A new and empty backing for each site."""

    database: DatabaseServer | None = None
    rows: Postgres | None = None
    store: StoreServer | None = None
    bytes: ObjectStore | None = None

    @contextmanager
    def one(self) -> Iterator[Backing]:
        """An empty one."""
        if self.rows is None or self.bytes is None:
            yield Backing()
            return
        with self.rows.database() as name:
            settings = {**self.bytes.a_place().settings, "database_url": self.rows.url(name)}
            yield Backing(settings=settings, database=self.database, store=self.store)


@contextmanager
def apart(scratch: Path) -> Iterator[Backings]:
    """A PostgreSQL and an object store of our own."""
    database, store = DatabaseServer(), StoreServer(scratch / "s3")
    try:
        database.starts()
        store.starts()
        rows, its = database.prepared(), store.prepared()
        yield Backings(database=database, rows=rows, store=store, bytes=its)
        rows.admin.dispose()
    finally:
        database.wipe()
        store.wipe()


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
