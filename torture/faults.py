"""What may break while everybody is at work. Each fault has gone when its function returns."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from random import Random
from urllib.parse import urlsplit

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import OperationalError

from index.settings import Settings
from storage.database import Database
from tests.kit.forms import FORM
from torture.backings import Program
from torture.site import Site

Fault = Callable[[Site, Random], None]

KIB = 1 << 10
HOUR_SECONDS = 3600
LOCK_SECONDS = 2.0
DRIBBLES = 5
DRIBBLE_SECONDS = 2


def node_is_killed(site: Site, chances: Random) -> None:
    """A server dies at once, and is started again."""
    node = chances.choice(site.nodes)
    node.dies()
    time.sleep(chances.uniform(0, 0.3))
    node.starts()


def all_are_killed(site: Site, chances: Random) -> None:
    """The machine loses its power, as far as programs can tell."""
    site.stop()
    time.sleep(chances.uniform(0, 0.2))
    site.start()


def node_sleeps(site: Site, chances: Random) -> None:
    """A server is stopped where it is, for longer than anybody's lease, and goes on."""
    node = chances.choice(site.nodes)
    node.sleeps()
    time.sleep(chances.uniform(0.1, 1.5))
    node.wakes()


def disk_is_full(site: Site, chances: Random) -> None:
    """The disk has no room, or hardly any, and then it has again."""
    with suppress(OSError):  # Others have filled it meanwhile.
        site.disk.is_filled_but(chances.choice((0, 4, 16, 64, 256)) * KIB)
    time.sleep(chances.uniform(0.2, 0.8))
    site.disk.is_emptied()


def disk_is_read_only(site: Site, chances: Random) -> None:
    """The disk comes back read only after the power was lost, and then is mounted anew."""
    site.stop()
    site.disk.is_mounted("ro")
    try:
        site.start()
        time.sleep(chances.uniform(0.2, 0.6))
    finally:
        site.stop()
        site.disk.is_mounted("rw")
        site.start()


def database_is_locked(site: Site, chances: Random) -> None:
    """Somebody else keeps the lock of the database for a while."""
    its = Settings(data=site.folder, **site.backing.settings)
    with closing(Database(its.database_url)) as other:
        other.rehearse_now(lambda _tx: time.sleep(chances.uniform(0.1, LOCK_SECONDS)))


def connections_are_taken(site: Site, chances: Random) -> None:
    """Others take every connection that the database has left."""
    its = Settings(data=site.folder, **site.backing.settings)
    with ExitStack() as taken:
        others = create_engine(its.database_url, poolclass=NullPool)
        with suppress(OperationalError):
            while True:
                taken.enter_context(others.connect())
        time.sleep(chances.uniform(0.1, 1.0))


def database_is_killed(site: Site, chances: Random) -> None:
    """Every process of the database dies at once, and it is started again."""
    assert site.backing.database is not None
    _killed(site.backing.database, chances)


def database_sleeps(site: Site, chances: Random) -> None:
    """The database is stopped where it is, and goes on."""
    assert site.backing.database is not None
    _asleep(site.backing.database, chances)


def store_is_killed(site: Site, chances: Random) -> None:
    """Every process of the object store dies at once, and it is started again."""
    assert site.backing.store is not None
    _killed(site.backing.store, chances)


def store_sleeps(site: Site, chances: Random) -> None:
    """The object store is stopped where it is, and goes on."""
    assert site.backing.store is not None
    _asleep(site.backing.store, chances)


def _killed(program: Program, chances: Random) -> None:
    program.dies()
    time.sleep(chances.uniform(0, 0.5))
    program.starts()


def _asleep(program: Program, chances: Random) -> None:
    program.sleeps()
    try:
        time.sleep(chances.uniform(0.1, 2.0))
    finally:
        program.wakes()


def clock_is_stepped(site: Site, chances: Random) -> None:
    """The clock of every server goes forwards or back by an hour or two, and comes back."""
    site.clock.is_ahead(chances.choice((-2, -1, 1, 2)) * HOUR_SECONDS)
    time.sleep(chances.uniform(0.2, 0.6))
    site.clock.is_ahead(0)


def clients_are_slow(site: Site, chances: Random) -> None:
    """Some send a byte a second."""
    with _uploads_begun(site, chances) as connections:
        for _ in range(DRIBBLE_SECONDS):
            for connection in connections:
                connection.send(b"-")
            time.sleep(1)


def clients_leave(site: Site, chances: Random) -> None:
    """Some send half an upload, and are gone."""
    with _uploads_begun(site, chances) as connections:
        for connection in connections:
            connection.sendall(chances.randbytes(chances.choice((1, 1000, 400_000))))
            time.sleep(0.05)


@contextmanager
def _uploads_begun(site: Site, chances: Random) -> Iterator[list[socket.socket]]:
    head = "".join(f"{name}: {value}\r\n" for name, value in FORM.items())
    token = chances.choice(list(site.owners.values()))
    lines = f"POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n{head}"
    sent = f"{lines}Authorization: Bearer {token}\r\n\r\n".encode()
    opened: list[socket.socket] = []
    try:
        for _ in range(DRIBBLES):
            address = "127.0.0.1", urlsplit(site.any_url(chances)).port or 0
            opened.append(socket.create_connection(address))
            opened[-1].sendall(sent)
        yield opened
    except OSError:  # A server may turn them away.
        pass
    finally:
        for connection in opened:
            connection.close()


FAULTS: Mapping[str, Fault] = {
    each.__name__.replace("_", "-"): each
    for each in (
        node_is_killed,
        all_are_killed,
        node_sleeps,
        disk_is_full,
        disk_is_read_only,
        database_is_locked,
        clock_is_stepped,
        clients_are_slow,
        clients_leave,
    )
}

FAULTS_APART: Mapping[str, Fault] = {
    each.__name__.replace("_", "-"): each
    for each in (
        database_is_killed,
        database_sleeps,
        connections_are_taken,
        store_is_killed,
        store_sleeps,
    )
}
"""What more may break when rows and bytes are somewhere else."""
