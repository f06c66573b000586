"""This index, as `bascule serve` runs it, over a folder that was filled below every door."""

import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bench.corpus import Part
from bench.peers.filling import SECRETS, prepared
from bench.place import ROOT, Place, clone
from bench.servers import Running, free_port, running
from index.settings import DECLARATIONS
from storage.records import Scope

FAST_LANE_OFF = {"fast_lane": "off"}
OFFLOAD_TO_NGINX = {"offload": "x-accel-redirect"}
"""Settings that the server may not know yet: then it does not start, and the table says so."""

OFFLOAD_PLACE = "/_blobs/"
"""Where `X-Accel-Redirect` leads to: nginx serves the folder of blobs there, for itself alone."""

# As nginx is measured: without a line of the log for each read. A server that cannot logs them.
_QUIET = {"log_reads": "off"} if "log_reads" in DECLARATIONS else {}

UPLOADS = {"Authorization": f"Bearer {SECRETS[Scope.UPLOAD]}"}
DECIDES = {"Authorization": f"Bearer {SECRETS[Scope.MODERATE]}"}


@contextmanager
def serve(
    place: Place,
    scratch: Path,
    parts: Sequence[Part],
    *,
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """The server over a copy of the prepared folder. Raises Missing if it does not start."""
    folder = clone(prepared(place, parts), scratch / f"ours-{free_port()}")
    with over(folder, workers=workers, settings=settings) as server:
        yield server


@contextmanager
def over(
    folder: Path, *, workers: int = 1, settings: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """The server over a data folder as it is. Raises Missing if it does not start."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BASCULE_")},
        **{
            f"BASCULE_{name.upper()}": value
            for name, value in (_QUIET | dict(settings or {})).items()
        },
    }
    command = [sys.executable, "-m", "index.cli.main", "serve", "--data", str(folder)]
    command += ["--port", str(port), "--workers", str(workers)]
    log = folder.with_name(f"{folder.name}.log")
    with running(
        command, port=port, log=log, ready=b"Bascule is serving", environment=environment, cwd=ROOT
    ) as server:
        yield server


def rows(folder: Path) -> closing[sqlite3.Connection]:
    """The database of a data folder that no server runs over, to write into directly."""
    return closing(sqlite3.connect(folder / "bascule.sqlite"))
