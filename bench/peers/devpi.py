"""The peer devpi-server, with one index that everything was uploaded to."""

import base64
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.asking import Connection
from bench.corpus import Part
from bench.forms import CONTENT_TYPE, form
from bench.peers import Peer, note_made, unmade
from bench.place import Missing, Place, clone
from bench.servers import Running, free_port, running

PROJECT = "devpi-server"
UPLOADS_TO = "/root/main/"
PATIENCE_SECONDS = 600
"""How long a part of the corpus may take that is uploaded to it."""

_INIT_SECONDS = 120


@contextmanager
def serve(place: Place, scratch: Path, parts: Sequence[Part]) -> Iterator[Running]:
    """The server over a copy of the prepared folder. Raises Missing."""
    folder = clone(_prepared(place, parts, scratch), scratch / f"devpi-{free_port()}")
    with _over(place, folder, scratch) as server:
        yield server


def credentials(connection: Connection) -> dict[str, str]:
    """The headers of the account that may upload."""
    said = connection.tell("POST", "/+login", {"user": "root", "password": ""}, headers={})
    password = json.loads(said.body)["result"]["password"]
    return {"X-Devpi-Auth": base64.b64encode(f"root:{password}".encode()).decode()}


def _prepared(place: Place, parts: Sequence[Part], scratch: Path) -> Path:
    folder = place.prepared / "devpi"
    if not (folder / "whole").exists():
        shutil.rmtree(folder, ignore_errors=True)
        init = [f"{place.environment(PROJECT)}/devpi-init", "--no-root-pypi", "--serverdir"]
        subprocess.run([*init, str(folder)], capture_output=True, timeout=_INIT_SECONDS, check=True)
        with _over(place, folder, scratch) as server, Connection(server) as connection:
            its = credentials(connection)
            connection.tell("PUT", UPLOADS_TO.rstrip("/"), {"type": "stage"}, headers=its)
        (folder / "whole").touch()
    if missing := unmade(folder, parts, fingerprint=""):
        with _over(place, folder, scratch) as server, Connection(server) as connection:
            its = credentials(connection)
            for part in missing:
                until = time.monotonic() + PATIENCE_SECONDS
                if gave_up := _upload(connection, part, its, until=until):
                    (folder / f"{part.name}.gave-up").write_text(gave_up)
                note_made(folder, part, fingerprint="")
    for part in parts:
        if (said := folder / f"{part.name}.gave-up").exists():
            raise Missing(said.read_text())
    return folder


def _upload(
    connection: Connection, part: Part, its: Mapping[str, str], *, until: float
) -> str | None:
    """Upload every file; or as many as there is time for, and the sentence that says so."""
    print(f"Uploading {part.name} to devpi, once; this takes long.", file=sys.stderr)
    for number, archive in enumerate(part.archives()):
        if time.monotonic() > until:
            return f"It took in {number:,} files of {part.name} in {PATIENCE_SECONDS} seconds."
        sent = {**its, **CONTENT_TYPE}
        connection.ask("POST", UPLOADS_TO, headers=sent, body=form(archive))
    return None


@contextmanager
def _over(place: Place, folder: Path, scratch: Path) -> Iterator[Running]:
    port = free_port()
    command = [place.environment(PROJECT) / "devpi-server", "--serverdir", folder]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    command += ["--offline-mode", "--enable-core-metadata"]
    log = scratch / f"devpi-{port}.log"
    with running(command, port=port, log=log, simple="/root/main/+simple/") as server:
        yield server


DEVPI = Peer(name=PROJECT, version=partial(Place.version, project=PROJECT), serve=serve)
