"""Uploads: many small ones over one connection, and one large one."""

import os
import subprocess
import time
from functools import partial
from pathlib import Path

from bench.asking import Connection
from bench.corpus import a_large_wheel
from bench.forms import CONTENT_TYPE, form
from bench.peers import devpi, ours
from bench.servers import Running
from bench.stage import Bench, Workload, asked, contest, stage
from bench.table import OURS, Bound, Row, Target, compared, limited
from bench.turns import in_turn
from tests.kit.makers import Archive, a_wheel

UPLOADS = 500
UPLOADS_QUICK = 50
WHEEL_BYTES = 1200
"""What is added to a wheel so that it has 2 KB."""

LARGE_BYTES = 500 << 20
LARGE_BYTES_QUICK = 50 << 20
SERVER_MS = 6

_DEVPI = {"devpi-server": Target(bound=Bound.FASTER, value=20)}
_COPY = "cp, sha256sum, sync"
_COPIED = {_COPY: Target(bound=Bound.AT_MOST, value=2.5)}


def _many(bench: Bench) -> list[Row]:
    count = UPLOADS_QUICK if bench.place.quick else UPLOADS
    each_ms: list[float] = []
    rounds = iter(range(1_000_000))

    def measure(name: str, server: Running) -> float:
        wheels = [_small(next(rounds)) for _ in range(count)]
        taken = _upload(name, server, wheels)
        if name == OURS:
            each_ms.append(sorted(taken)[len(taken) // 2] * 1000)
        return sum(taken)

    with (
        bench.place.scratch() as scratch,
        stage(bench, scratch, ["crowd"], ("devpi-server",)) as standing,
    ):
        figures = contest(standing, measure)
    median = sorted(each_ms)[len(each_ms) // 2] if each_ms else figures[OURS]
    return [
        limited("uploads-500, each", median, unit="ms", at_most=SERVER_MS),
        *compared("uploads-500", figures, unit="s", targets=_DEVPI),
    ]


def _small(number: int) -> Archive:
    noise = {f"little/{number}.bin": os.urandom(WHEEL_BYTES)}
    return a_wheel(f"little-{number // 10}", f"{number % 10}.0", files=noise)


def _upload(name: str, server: Running, wheels: list[Archive]) -> list[float]:
    """How long each upload took, all of them over one connection."""
    with Connection(server) as connection:
        path, its = "/legacy/", ours.UPLOADS
        if name != OURS:
            path, its = devpi.UPLOADS_TO, devpi.credentials(connection)
        bodies = [form(wheel) for wheel in wheels]
        sent = {**its, **CONTENT_TYPE}
        return [connection.ask("POST", path, headers=sent, body=body).seconds for body in bodies]


def upload_one(server: Running, number: int) -> None:
    """Upload another small wheel."""
    _upload(OURS, server, [_small(number)])


def _large(bench: Bench) -> list[Row]:
    size_bytes = LARGE_BYTES_QUICK if bench.place.quick else LARGE_BYTES
    versions = iter(range(1, 1_000))

    def measure(_name: str, server: Running) -> float:
        wheel = a_large_wheel("heavy", f"{next(versions)}.0", size_bytes=size_bytes)
        return sum(_upload(OURS, server, [wheel]))

    with bench.place.scratch() as scratch, stage(bench, scratch, ["crowd"], ()) as standing:
        original = scratch / "original.bin"
        original.write_bytes(os.urandom(size_bytes))
        figures = in_turn({_COPY: partial(_copy, original), **asked(standing, measure)})
    return compared("upload-500m", figures, unit="s", targets=_COPIED)


def _copy(original: Path) -> float:
    """How long it takes to copy a file, to work out its digest, and to have it on the disk."""
    copied = original.with_suffix(".copy")
    began = time.perf_counter()
    for command in (["cp", str(original)], ["sha256sum"], ["sync"]):
        subprocess.run([*command, str(copied)], stdout=subprocess.DEVNULL, check=True)
    taken = time.perf_counter() - began
    copied.unlink()
    return taken


WORKLOADS = (
    Workload(
        name="uploads-500",
        sentence=(
            "500 uploads of a wheel of 2 KB, 10 to a project, one after another over one "
            "connection, each durable when it is answered; beside the sum, the median of one."
        ),
        run=_many,
    ),
    Workload(
        name="upload-500m",
        sentence=(
            "One upload of a wheel of 500 MiB that nothing can compress, from memory, against "
            "`cp`, `sha256sum` and `sync` of a file of that size, one after another."
        ),
        run=_large,
    ),
)
