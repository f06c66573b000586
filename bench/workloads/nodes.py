"""Nodes: three servers over one PostgreSQL, behind nginx, against one."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from bench.asking import JSON
from bench.corpus import PAGE, part
from bench.load import wrk
from bench.peers import filling, nginx, ours
from bench.place import Missing
from bench.servers import Running
from bench.stage import Bench, Workload, contest
from bench.table import OURS, Row, compared, limited
from bench.workloads.misses import TRIES, TRIES_QUICK, milliseconds
from bench.workloads.workers import decisions, gone_seconds, held
from tests.kit.postgres import a_postgres, found

NODES = 3
GONE_MS = 600
MISS_MS = 10

_ONE = "1 node"


def _nodes(bench: Bench) -> list[Row]:
    with bench.place.scratch() as scratch, _standing(bench, scratch) as servers:
        with ExitStack() as stack:
            fronts = {
                name: stack.enter_context(nginx.before(behind, scratch / "blobs", scratch))
                for name, behind in ((_ONE, servers[:1]), (OURS, servers))
            }
            rates = contest(fronts, partial(_rate, bench))
        gone = 1000 * gone_seconds(servers, held(bench), count=decisions(bench))
        tries = TRIES_QUICK if bench.place.quick else TRIES
        miss = milliseconds(servers[0], PAGE, tries=tries, changes=True)
    return [
        *compared("nodes, 3 behind nginx", rates, unit="/s", targets={}),
        limited("nodes, gone, p99", gone, unit="ms", at_most=GONE_MS),
        limited("nodes, page miss", miss, unit="ms", at_most=MISS_MS),
    ]


@contextmanager
def _standing(bench: Bench, scratch: Path) -> Iterator[list[Running]]:
    """The nodes. Raises Missing without a PostgreSQL."""
    if found() is None:
        raise Missing("There is no PostgreSQL on this machine.")
    parts = [part("crowd", quick=bench.place.quick)]
    with a_postgres() as database, database.database() as name, ExitStack() as stack:
        blobs = (scratch / "blobs").as_uri()
        settings = {"database_url": database.url(name), "blobs_url": blobs}
        filling.fill(scratch / "node-0", parts, **settings)
        for number in range(1, NODES):
            shutil.copytree(scratch / "node-0", scratch / f"node-{number}")
        yield [
            stack.enter_context(ours.over(scratch / f"node-{number}", settings=settings))
            for number in range(NODES)
        ]


def _rate(bench: Bench, _name: str, server: Running) -> float:
    return wrk(server, server.page(PAGE), seconds=bench.seconds, headers=JSON).per_second


WORKLOADS = (
    Workload(
        name="nodes",
        sentence=(
            "The JSON page through nginx, with 3 nodes over one PostgreSQL behind it against 1: "
            "here nginx, wrk and all nodes share the cores of one machine, so it shows what a "
            "node more costs; then the time from a decision at one node until no node lists the "
            "file, and the page of 10 files after a change, made anew from PostgreSQL."
        ),
        run=_nodes,
    ),
)
