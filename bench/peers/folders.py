"""The peers that serve a folder of wheels: simple-repository-server and pypiserver."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.corpus import Part, write
from bench.peers import Peer, note_made, unmade
from bench.place import Place
from bench.servers import Running, free_port, running

SIMPLE_REPOSITORY_SERVER = "simple-repository-server"
PYPISERVER = "pypiserver"


@contextmanager
def _simple_repository(place: Place, scratch: Path, parts: Sequence[Part]) -> Iterator[Running]:
    port = free_port()
    program = place.environment(SIMPLE_REPOSITORY_SERVER) / "simple-repository-server"
    command = [program, "--host", "127.0.0.1", "--port", str(port), _wheels(place, parts)]
    log = scratch / f"simple-repository-{port}.log"
    with running(command, port=port, log=log) as server:
        yield server


@contextmanager
def _pypiserver(place: Place, scratch: Path, parts: Sequence[Part]) -> Iterator[Running]:
    port = free_port()
    program = place.environment(PYPISERVER) / "pypi-server"
    command = [program, "run", "--interface", "127.0.0.1", "--port", str(port)]
    command += ["--disable-fallback", _wheels(place, parts)]
    with running(command, port=port, log=scratch / f"pypiserver-{port}.log") as server:
        yield server


def _wheels(place: Place, parts: Sequence[Part]) -> Path:
    folder = place.prepared / "wheels"
    for part in unmade(folder, parts, fingerprint=""):
        write(part, folder)
        note_made(folder, part, fingerprint="")
    return folder


PEERS = tuple(
    Peer(name=name, version=partial(Place.version, project=name), serve=serve)
    for name, serve in (
        (SIMPLE_REPOSITORY_SERVER, _simple_repository),
        (PYPISERVER, _pypiserver),
    )
)
