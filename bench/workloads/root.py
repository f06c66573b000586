"""The root list of many projects: a hit, and what pages cost while it is made anew."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench.asking import JSON, Connection, Unexpected, get
from bench.corpus import PAGE, part
from bench.growing import grow
from bench.load import CONNECTIONS, wrk
from bench.peers import nginx, ours
from bench.peers.filling import prepared
from bench.place import clone
from bench.servers import Running
from bench.stage import Bench, Workload, contest
from bench.table import OURS, Bound, Row, Target, compared

PROJECTS = 500_000
PROJECTS_QUICK = 20_000
SECONDS_BETWEEN_CHANGES = 0.5
HELD = "crowd-001"

_REST = "at rest"
_HIT = {"nginx": Target(bound=Bound.AT_LEAST, value=0.7)}
_CALM = {_REST: Target(bound=Bound.AT_MOST, value=5)}
_ZIPPED = {**JSON, "Accept-Encoding": "gzip"}


def _root(bench: Bench) -> list[Row]:
    with bench.place.scratch() as scratch:
        source = prepared(bench.place, [part("crowd", quick=bench.place.quick)])
        folder = clone(source, scratch / "many")
        grow(folder, projects=PROJECTS_QUICK if bench.place.quick else PROJECTS, files_each=1)
        with ours.over(folder) as server:
            return [*_hits(bench, server, scratch), *_pages_beside(bench, server)]


def _hits(bench: Bench, server: Running, scratch: Path) -> list[Row]:
    (scratch / "static").mkdir()
    nginx.write(scratch / "static/root", "zipped", "list", get(server, "/simple/", JSON).body)
    with nginx.of_files(scratch / "static/root") as static:
        standing = {"nginx": static, OURS: server}
        figures = contest(standing, partial(_rate, bench))
    return compared("root-500k", figures, unit="/s", targets=_HIT)


def _rate(bench: Bench, name: str, server: Running) -> float:
    path = "/zipped/list" if name == "nginx" else "/simple/"
    answer = get(server, path, _ZIPPED)
    if answer.headers.get("content-encoding") != "gzip":
        raise Unexpected("The answer is not compressed.")
    if answer.seconds * CONNECTIONS > bench.seconds:  # wrk would see too few of these to count.
        return 1 / answer.seconds
    return wrk(server, path, seconds=bench.seconds, headers=_ZIPPED).per_second


def _pages_beside(bench: Bench, server: Running) -> list[Row]:
    def measure(name: str, server: Running) -> float:
        if name == _REST:
            return _p99_ms(bench, server)
        with _changing(server):
            return _p99_ms(bench, server)

    figures = contest({_REST: server, OURS: server}, measure)
    return compared("root-500k, p99 of pages meanwhile", figures, unit="ms", targets=_CALM)


def _p99_ms(bench: Bench, server: Running) -> float:
    measured = wrk(server, server.page(PAGE), seconds=bench.seconds, headers=JSON)
    return measured.p99_seconds * 1000


@contextmanager
def _changing(server: Running) -> Iterator[None]:
    """A project is held and released again and again, and the list is asked for each time."""
    enough = threading.Event()
    thread = threading.Thread(target=_change, args=(server, enough))
    thread.start()
    try:
        yield
    finally:
        enough.set()
        thread.join()


def _change(server: Running, enough: threading.Event) -> None:
    path = "/api/moderation/decisions"
    subject = {"subjects": [f"project:{HELD}"], "reason": "Measured."}
    with Connection(server) as connection:
        while not enough.wait(SECONDS_BETWEEN_CHANGES):
            for act in ("hold", "release"):
                connection.tell("POST", path, {"act": act, **subject}, headers=ours.DECIDES)
                connection.ask("GET", "/simple/", headers=_ZIPPED)


WORKLOADS = (
    Workload(
        name="root-500k",
        sentence=(
            "The JSON list of 500,000 projects, compressed; and the 99th percentile of hits of "
            "a page of 10 files while a project is taken off the list and put back, and the list "
            "asked for, all the time, against the same at rest."
        ),
        run=_root,
    ),
)
