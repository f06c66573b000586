"""A private PostgreSQL server for the tests of one process, and a database in it for each test."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import OperationalError

from storage.database import Database
from storage.migrations import migrate, revisions
from storage.schema import METADATA

PATIENCE_SECONDS = 30
PLACES = "/usr/lib/postgresql/*/bin"
"""Where Debian keeps what is not in PATH."""

NAME = "bascule"
PASSWORD = "quite-secret"
"""Of which the server makes nothing; but nobody may see it."""

ACCOUNTS = ("postgres", "nobody")
"""As whom it runs where the tests run as root, as which it refuses to run."""

# What is lost when the machine stops is lost with the tests.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "autovacuum": "off",
    "listen_addresses": "127.0.0.1",
}

# It ends when nobody holds the other end of its standard input any more, however that came to be.
UNTIL_CLOSED = """
folder=$1; shift
"$@" >"$folder/log" 2>&1 &
server=$!
read -r _
kill -INT $server
wait $server
rm -rf "$folder"
"""


EMPTY = "".join(f"DELETE FROM {table.name};" for table in METADATA.sorted_tables)
EMPTIED = f"""
BEGIN;
SET LOCAL session_replication_role = replica;
{EMPTY}
UPDATE alembic_version SET version_num = '{revisions()[-1]}';
SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S';
COMMIT
"""
"""A database with rows is one without them twenty times sooner than another is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A server that runs, and the database in it that others are copied from."""

    port: int
    admin: Engine
    free: list[str] = field(default_factory=list)

    def url(self, database: str, *, port: int | None = None) -> str:
        """Where a database is, maybe by another port."""
        its = URL.create("postgresql", NAME, PASSWORD, "127.0.0.1", port or self.port, database)
        return its.render_as_string(hide_password=False)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The name of a database: migrated, and without rows."""
        name = self.free.pop() if self.free else self._another()
        yield name
        self._empty(name)
        self.free.append(name)

    @contextmanager
    def bare(self, how: str = "") -> Iterator[str]:
        """The URL of a database without a table, made in that way."""
        name = f"bare_{secrets.token_hex(6)}"
        self.asks(f"CREATE DATABASE {name} TEMPLATE template0 {how}")
        yield self.url(name)
        self.asks(f"DROP DATABASE {name} WITH (FORCE)")

    def asks(self, sql: str) -> None:
        """Do something as whoever owns everything, outside of every database of the tests."""
        with self.admin.connect() as tx:
            tx.exec_driver_sql(sql)

    def _another(self) -> str:
        name = f"test_{secrets.token_hex(6)}"
        self.asks(f"CREATE DATABASE {name} TEMPLATE {NAME}")
        return name

    def _empty(self, name: str) -> None:
        others = f"FROM pg_stat_activity WHERE datname = '{name}'"
        self.asks(f"SELECT pg_terminate_backend(pid, 5000) {others}")
        own = create_engine(self.admin.url.set(database=name), isolation_level="AUTOCOMMIT")
        with own.connect() as tx:
            tx.exec_driver_sql(EMPTIED)
        own.dispose()


@contextmanager
def a_postgres() -> Iterator[Postgres]:
    """A server. Where there is none here, only CI insists on it."""
    programs = found()
    if programs is None and os.environ.get("CI") != "true":
        pytest.skip("There is no PostgreSQL here; CI has it.")
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="bascule-postgres-"))
    account, port = initialised(programs, folder), free_port()
    with subprocess.Popen(
        ["sh", "-c", UNTIL_CLOSED, "sh", str(folder), *command(programs, folder, port)],
        user=account,
        cwd=folder,
        stdin=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        with process.stdin:
            server = prepared(port, folder)
            yield server
            server.admin.dispose()


def found() -> Path | None:
    """The folder of the programs; None if there is none on this machine."""
    places = [*os.environ["PATH"].split(os.pathsep), *map(str, sorted(Path("/").glob(PLACES[1:])))]
    program = shutil.which("initdb", path=os.pathsep.join(places))
    return Path(program).resolve().parent if program else None


def initialised(programs: Path, folder: Path) -> int | None:
    """As which account a server has to run whose files are made in *folder*; None: as ours."""
    account = _account(folder)
    begin = ["initdb", "--pgdata", f"{folder}/data", "--no-sync", "--auth=trust"]
    subprocess.run(
        [*begin, "--username", NAME, "--encoding=UTF8", "--locale=C"],
        executable=programs / "initdb",
        user=account,
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return account


def command(programs: Path, folder: Path, port: int, **other: str) -> list[str]:
    """What runs that server, with *other* options than those of the tests."""
    its = {**OPTIONS, "port": str(port), "unix_socket_directories": str(folder), **other}
    words = [word for name, value in its.items() for word in ("-c", f"{name}={value}")]
    return [f"{programs}/postgres", "-D", f"{folder}/data", *words]


def _account(folder: Path) -> int | None:
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each.pw_uid for each in pwd.getpwall()}
    account = next(known[name] for name in ACCOUNTS if name in known)
    os.chown(folder, account, -1)
    return account


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def prepared(port: int, folder: Path) -> Postgres:
    """The server that was started there, once it answers, with a migrated database in it."""
    its = URL.create("postgresql+psycopg", NAME, None, "127.0.0.1", port, "postgres")
    admin = create_engine(its, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with admin.connect() as tx:
                tx.exec_driver_sql(f"CREATE DATABASE {NAME}")
            break
        except OperationalError:
            assert time.monotonic() < deadline, (folder / "log").read_text(encoding="utf-8")
            time.sleep(0.02)
    server = Postgres(port=port, admin=admin)
    database = Database(server.url(NAME))
    migrate(database)
    database.close()
    return server
